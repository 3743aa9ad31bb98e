# Runs at build time: writes OUT, C++ that holds the files which LIST names, one "URL path|type|file" a line. The page's
# files are small; GCC 11 and 12 have no #embed.
file(STRINGS ${LIST} lines)
set(arrays)
set(entries)
set(index 0)
foreach(line IN LISTS lines)
  string(REPLACE "|" ";" parts "${line}")
  list(GET parts 0 url)
  list(GET parts 1 type)
  list(GET parts 2 file)
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 20 hash)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char kFile${index}[] = {${bytes}};\n")
  # Not ";" in a type: it would end an item of CMake's list.
  string(REPLACE " charset" "; charset" type "${type}")
  string(APPEND entries "      {\"${url}\", \"${type}\", \"${hash}\", {kFile${index}, sizeof kFile${index}}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT} "// Made by cmake/EmbedFiles.cmake.
#include \"server/page_files.h\"

namespace jnlp {
namespace {

${arrays}
}  // namespace

const std::vector<PageFile>& page_files() {
  static const std::vector<PageFile> files = {
${entries}  };
  return files;
}

}  // namespace jnlp
")
