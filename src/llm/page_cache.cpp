#include "llm/page_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace jnlp {
namespace {

// Whether no page of the open file is in memory.
bool is_out(int descriptor, size_t size) {
  void* pages = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (pages == MAP_FAILED) return false;
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident((size + page - 1) / page);
  const bool known = ::mincore(pages, size, resident.data()) == 0;
  ::munmap(pages, size);
  return known && std::none_of(resident.begin(), resident.end(),
                               [](unsigned char state) { return (state & 1) != 0; });
}

}  // namespace

bool drop_from_page_cache(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  struct stat status {};
  bool out = false;
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    ::fdatasync(descriptor);  // pages that still have to be written stay
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    out = is_out(descriptor, static_cast<size_t>(status.st_size));
  }
  ::close(descriptor);
  return out;
}

}  // namespace jnlp
