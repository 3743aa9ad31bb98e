#pragma once

#include <string_view>
#include <vector>

namespace jnlp {

/// One file of the web page. cmake/EmbedFiles.cmake puts what src/server/page/ holds into the
/// program.
struct PageFile {
  std::string_view path;  ///< of the URL: "/" or "/page/app.js"
  std::string_view type;  ///< for Content-Type
  std::string_view hash;  ///< of the body, in hex
  std::string_view body;
};

const std::vector<PageFile>& page_files();

}  // namespace jnlp
