# llama.cpp: sets JNLP_LLAMA_FOUND to where it is and makes the target jnlp_llama_cpp. What tools/setup.sh llama built
# for this CPU comes first, then one that the system has. Nothing is kept in CMake's cache, as the folder changes with
# the CPU.

set(JNLP_LLAMA_FOUND OFF)
execute_process(COMMAND ${CMAKE_COMMAND} -E env CXX=${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR}/tools/llama/prefix.sh
                OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
add_library(jnlp_llama_cpp INTERFACE)
if(EXISTS ${prefix}/lib/libllama.a)
  target_include_directories(jnlp_llama_cpp SYSTEM INTERFACE ${prefix}/include)
  target_link_libraries(jnlp_llama_cpp INTERFACE
    ${prefix}/lib/libllama.a ${prefix}/lib/libggml.a ${prefix}/lib/libggml-cpu.a ${prefix}/lib/libggml-base.a
    Threads::Threads ${CMAKE_DL_LIBS})
  set(JNLP_LLAMA_FOUND ${prefix})
else()
  find_path(include_dir llama.h NO_CACHE)
  find_library(llama llama NO_CACHE)
  find_library(ggml ggml NO_CACHE)
  find_library(ggml_base ggml-base NO_CACHE)
  find_library(ggml_cpu ggml-cpu NO_CACHE)
  if(include_dir AND llama AND ggml AND ggml_base AND ggml_cpu)
    target_include_directories(jnlp_llama_cpp SYSTEM INTERFACE ${include_dir})
    target_link_libraries(jnlp_llama_cpp INTERFACE ${llama} ${ggml} ${ggml_cpu} ${ggml_base} Threads::Threads)
    set(JNLP_LLAMA_FOUND ${llama})
  endif()
endif()
