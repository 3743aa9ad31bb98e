# How our own targets are made: one static library per folder of src/, one test program per folder of tests/.

find_package(Threads REQUIRED)

add_library(jnlp_options INTERFACE)
target_include_directories(jnlp_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(jnlp_options INTERFACE Threads::Threads)
# Contraction is off so that the compiler never decides where an FMA is used: the bits of a result depend on the
# source alone. Kernels ask for FMA by name.
target_compile_options(jnlp_options INTERFACE -Wall -Wextra -Wpedantic -ffp-contract=off)
# GCC 12 sees overlapping copies in std::string's own insert and operator+ (GCC bug 105651).
target_compile_options(jnlp_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(JNLP_WERROR)
  target_compile_options(jnlp_options INTERFACE -Werror)
endif()
if(JNLP_SANITIZE)
  target_compile_options(jnlp_options INTERFACE -fsanitize=${JNLP_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all)
  target_link_options(jnlp_options INTERFACE -fsanitize=${JNLP_SANITIZE})
endif()

if(JNLP_FUZZ)
  target_compile_options(jnlp_options INTERFACE -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(jnlp_options INTERFACE -fprofile-instr-generate)
endif()

# jnlp_library(NAME SOURCES file... [DEPS target...]): the folder's library, linked as jnlp::NAME.
function(jnlp_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(jnlp_${name} STATIC ${ARG_SOURCES})
  add_library(jnlp::${name} ALIAS jnlp_${name})
  target_link_libraries(jnlp_${name} PUBLIC jnlp_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# jnlp_test(NAME SOURCES file... [DEPS target...] [TIMEOUT seconds]): a GoogleTest program, each test known to ctest.
function(jnlp_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE jnlp_options ${ARG_DEPS} jnlp_test_support GTest::gtest_main)
  # Tests are compiled more often than they run.
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 120
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS ${name})
endfunction()
