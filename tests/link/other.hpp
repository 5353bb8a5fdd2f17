// SPDX-License-Identifier: Apache-2.0
//
// tests/link/other.hpp: what other.cpp, compiled without exceptions and RTTI and with NDEBUG, offers to main.cpp.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <string_view>

namespace other {

unitee::result<unitee::utc_time> parse_time(std::string_view text) noexcept;
bool holds_missing(const unitee::result<unitee::utc_time>& answer) noexcept;
std::size_t size_of_result() noexcept;

}  // namespace other
