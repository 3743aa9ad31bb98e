#pragma once

namespace jnlp {

// Defined in a source that the build writes anew when the commit changes
// (cmake/WriteBuildInfo.cmake).
extern const char* const kBuildVersion;
extern const char* const kBuildCommit;  ///< "unknown" outside git; "-dirty" with local changes
extern const char* const kBuildCompiler;
extern const char* const kBuildType;

}  // namespace jnlp
