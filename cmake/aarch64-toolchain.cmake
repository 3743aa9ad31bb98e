# Cross build for 64-bit ARM on Debian or Ubuntu (package g++-aarch64-linux-gnu); tests run under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64;-L;/usr/aarch64-linux-gnu")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# The host's header-only libraries are the same on every architecture, but its include folder as a whole is not:
# link just the folders that are wanted.
set(header_only_dir ${CMAKE_BINARY_DIR}/header-only)
file(MAKE_DIRECTORY ${header_only_dir})
foreach(library fmt nlohmann)
  if(NOT EXISTS ${header_only_dir}/${library})
    file(CREATE_LINK /usr/include/${library} ${header_only_dir}/${library} SYMBOLIC)
  endif()
endforeach()
