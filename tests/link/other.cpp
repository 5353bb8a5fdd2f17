// SPDX-License-Identifier: Apache-2.0
#include "other.hpp"

#include "everything.hpp"

namespace other {

unitee::result<unitee::utc_time> parse_time(std::string_view text) noexcept { return unitee::parse_time(text); }

bool holds_missing(const unitee::result<unitee::utc_time>& answer) noexcept {
  return !answer && answer.error().code == unitee::errc::missing;
}

std::size_t size_of_result() noexcept { return sizeof(unitee::result<unitee::utc_time>); }

}  // namespace other
