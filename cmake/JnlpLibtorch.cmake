# libtorch: sets TORCH_FOUND, TORCH_VERSION, TORCH_INCLUDE_DIRS, TORCH_LIBRARIES.
#
# Where somebody says where a libtorch is (Torch_DIR, Torch_ROOT, CMAKE_PREFIX_PATH), it is taken as it configures
# itself. Else a distribution's package is found by its files, as the configuration of Ubuntu 22.04's names some that are
# not there.

set(TORCH_FOUND OFF)
if(Torch_DIR OR Torch_ROOT OR DEFINED ENV{Torch_DIR} OR DEFINED ENV{Torch_ROOT} OR CMAKE_PREFIX_PATH)
  # Not in the distribution's folder, where the broken one is.
  find_package(Torch QUIET CONFIG NO_CMAKE_SYSTEM_PATH)
  set(TORCH_FOUND ${Torch_FOUND})
  set(TORCH_VERSION ${Torch_VERSION})
endif()
if(NOT TORCH_FOUND)
  find_path(JNLP_TORCH_INCLUDE_DIR torch/csrc/api/include/torch/version.h)
  find_library(JNLP_TORCH_LIBRARY torch)
  find_library(JNLP_TORCH_CPU_LIBRARY torch_cpu)
  find_library(JNLP_TORCH_C10_LIBRARY c10)
  mark_as_advanced(JNLP_TORCH_INCLUDE_DIR JNLP_TORCH_LIBRARY JNLP_TORCH_CPU_LIBRARY JNLP_TORCH_C10_LIBRARY)
  if(JNLP_TORCH_INCLUDE_DIR AND JNLP_TORCH_LIBRARY AND JNLP_TORCH_CPU_LIBRARY AND JNLP_TORCH_C10_LIBRARY)
    set(api ${JNLP_TORCH_INCLUDE_DIR}/torch/csrc/api/include)
    file(STRINGS ${api}/torch/version.h numbers REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    string(REGEX REPLACE "[^0-9]+" "." numbers "${numbers}")
    string(REGEX REPLACE "^\\.|\\.$" "" TORCH_VERSION "${numbers}")
    set(TORCH_INCLUDE_DIRS ${JNLP_TORCH_INCLUDE_DIR} ${api})
    set(TORCH_LIBRARIES ${JNLP_TORCH_LIBRARY} ${JNLP_TORCH_CPU_LIBRARY} ${JNLP_TORCH_C10_LIBRARY})
    set(TORCH_FOUND ON)
  endif()
endif()
if(TORCH_FOUND AND TORCH_VERSION VERSION_LESS 1.8)
  message(STATUS "libtorch ${TORCH_VERSION} is older than 1.8, which training needs")
  set(TORCH_FOUND OFF)
endif()
