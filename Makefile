# The front door. `make demo` sets everything up and runs the main job; `make test` sets everything up and runs all tests.
# Both install what is missing (and say so) with tools/setup.sh; a second run does only what is needed.

jobs ?= $(shell nproc)
release := build/release
binary := $(release)/jetson-nlp
launcher := -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
# A clone in another folder finds what was compiled in this one.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

# The program as a whole is left to `make asan`: it takes as long to compile as all libraries.
libraries := ^(base|formats|tokenize|kernels|ops|generate|generation|models|backends|llama|net|http|hub|tasks|report|serve|server|device|evaluate|fuzz)\.

# Of a fuzz run: for how long each target runs, and which of them; none named: all.
seconds ?= 60
targets ?=

.PHONY: help demo test build lint tidy asan tsan fuzz fuzz-merge clean

help:
	@echo "make demo    install what is needed, build, fetch the base model, evaluate all tasks"
	@echo "make test    install what is needed, build, run all tests and checks"
	@echo "make build   build $(binary)"
	@echo "make lint    formatting, folder layering"
	@echo "make tidy    clang-tidy over src/ without src/train (minutes)"
	@echo "make asan    all tests under AddressSanitizer and UndefinedBehaviorSanitizer"
	@echo "make tsan    the threaded parts under ThreadSanitizer"
	@echo "make fuzz    libFuzzer on what reads the network, \`seconds=60\` for each of \`targets=\`"
	@echo "make clean   remove build/"

demo:
	tools/setup.sh build model
	cmake --preset release $(launcher) -DJNLP_TESTS=OFF -DJNLP_TRAIN=OFF -B build/demo
	cmake --build build/demo -j $(jobs)
	build/demo/jetson-nlp evaluate --task all

build:
	tools/setup.sh build
	cmake --preset release $(launcher) -DJNLP_TESTS=OFF
	cmake --build $(release) -j $(jobs)

test:
	tools/setup.sh build train test model llama llm
	$(MAKE) lint
	tools/run_tests.sh release
	tools/run_tests.sh aarch64
	tools/run_tests.sh asan '$(libraries)'
	$(MAKE) tsan

asan:
	tools/run_tests.sh asan

lint:
	tools/check_format.sh
	tools/check_layers.py

# Without training: clang-tidy 14 cannot parse libtorch's headers. One source file is made by the build.
tidy:
	cmake --preset dev $(launcher) -DJNLP_TRAIN=OFF -B build/tidy
	cmake --build build/tidy --target jnlp_build_info
	run-clang-tidy-14 -quiet -p build/tidy -j $(jobs) -extra-arg=-Wno-unknown-warning-option 'src/.*\.cpp$$'

tsan:
	tools/run_tests.sh tsan '^(base|ops|models|backends|http|serve|server|device|hub)\.'

fuzz:
	tools/setup.sh build fuzz
	tools/fuzz.sh run $(seconds) $(targets)

# What the runs found and the stored corpus does not cover comes into fuzz/corpus/, to be looked at and committed.
fuzz-merge:
	tools/fuzz.sh merge $(targets)

clean:
	rm -rf build
