# llama.cpp: sets JNLP_LLAMA_FOUND to where it is and makes the target jnlp_llama_cpp. What tools/setup.sh llama built
# for this CPU comes first, then one that the system has. Nothing is kept in CMake's cache, as the folder changes with
# the CPU.

include(CheckCXXSourceCompiles)

function(jnlp_take_llama where include_dir)
  add_library(jnlp_llama_cpp INTERFACE)
  target_include_directories(jnlp_llama_cpp SYSTEM INTERFACE ${include_dir})
  target_link_libraries(jnlp_llama_cpp INTERFACE ${ARGN} Threads::Threads ${CMAKE_DL_LIBS})
  set(JNLP_LLAMA_FOUND ${where} PARENT_SCOPE)
endfunction()

function(jnlp_find_system_llama)
  find_path(include_dir llama.h NO_CACHE)
  set(libraries)
  foreach(name llama ggml ggml-cpu ggml-base)
    find_library(library ${name} NO_CACHE)
    list(APPEND libraries ${library})
    unset(library)
  endforeach()
  if(NOT include_dir OR libraries MATCHES "NOTFOUND")
    return()
  endif()
  # Its interface changes: the newest that we use.
  set(CMAKE_REQUIRED_INCLUDES ${include_dir})
  set(CMAKE_REQUIRED_LIBRARIES ${libraries} Threads::Threads ${CMAKE_DL_LIBS})
  unset(JNLP_SYSTEM_LLAMA_FITS CACHE)
  check_cxx_source_compiles("
    #include <llama.h>
    int main() {
      llama_memory_clear(nullptr, llama_memory_seq_rm(nullptr, 0, 0, -1));
      return llama_sampler_init_penalties(0, 64, 1, 0, 0) == nullptr && ggml_cpu_has_amx_int8() != 0;
    }" JNLP_SYSTEM_LLAMA_FITS)
  if(JNLP_SYSTEM_LLAMA_FITS)
    jnlp_take_llama(${include_dir}/llama.h ${include_dir} ${libraries})
    set(JNLP_LLAMA_FOUND ${JNLP_LLAMA_FOUND} PARENT_SCOPE)
  endif()
endfunction()

function(jnlp_find_llama)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env CXX=${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR}/tools/llama/prefix.sh
                  OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(prefix AND EXISTS ${prefix}/lib/libllama.a)
    set(cuda)
    if(EXISTS ${prefix}/lib/libggml-cuda.a)
      find_package(CUDAToolkit REQUIRED)
      set(cuda ${prefix}/lib/libggml-cuda.a)
    endif()
    jnlp_take_llama(${prefix} ${prefix}/include ${prefix}/lib/libllama.a ${prefix}/lib/libggml.a
                    ${prefix}/lib/libggml-cpu.a ${cuda} ${prefix}/lib/libggml-base.a)
    if(cuda)
      target_link_libraries(jnlp_llama_cpp INTERFACE CUDA::cudart CUDA::cublas CUDA::cuda_driver)
    endif()
  else()
    jnlp_find_system_llama()
  endif()
  set(JNLP_LLAMA_FOUND ${JNLP_LLAMA_FOUND} PARENT_SCOPE)
endfunction()

set(JNLP_LLAMA_FOUND OFF)
jnlp_find_llama()
