#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "base/error.h"

namespace jnlp::test {

/// The error that `action` throws, for its code and its words.
inline std::optional<Error> error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

#define EXPECT_ERROR(action, expected_code, words)                                         \
  do {                                                                                     \
    const auto error = ::jnlp::test::error_of([&] { action; });                            \
    ASSERT_TRUE(error.has_value()) << "no Error was thrown";                               \
    EXPECT_EQ(to_string(error->code()), to_string(expected_code)) << error->what();        \
    EXPECT_NE(std::string(error->what()).find(words), std::string::npos) << error->what(); \
  } while (false)

}  // namespace jnlp::test
