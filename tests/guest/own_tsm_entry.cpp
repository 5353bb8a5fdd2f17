// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/own_tsm_entry.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <set>
#include <string>

#include <unistd.h>

namespace test_own_tsm_entry {

using namespace unitee;
using guest::detail::in_own_entry;
using guest::detail::lost_write;
using guest::detail::tsm_entry;
using guest::detail::tsm_names;

namespace {

constexpr time_limit enough{60'000};
constexpr failure raced{errc::raced, 1, part::tsm_report};

}  // namespace

TEST_CASE("names say of which process they are, and no two draws share one", "[guest][own_tsm_entry]") {
  std::set<std::string> seen;
  for (int draw = 0; draw < 100; ++draw) {
    const auto names = tsm_names::draw();
    REQUIRE(names);
    for (int i = 0; i < tsm_names::tries; ++i) {
      CHECK((*names)[i].starts_with("unitee-" + std::to_string(::getpid()) + "-"));
      CHECK(seen.insert((*names)[i]).second);
    }
  }
}

TEST_CASE("a conversation has an entry, which is gone afterwards, whatever it says", "[guest][own_tsm_entry]") {
  const test::folder here;
  for (const auto& said : {result<int>(7), result<int>(failure{errc::no_quote, 0, part::tsm_report})}) {
    std::size_t entries = 0;
    const auto got = in_own_entry(here.path().string(), enough, [&](const tsm_entry&) {
      entries = here.names().size();
      return said;
    });
    CHECK(entries == 1);
    CHECK(here.names().empty());
    REQUIRE(got.has_value() == said.has_value());
    if (got) CHECK(*got == 7);
    if (!got) CHECK(got.error() == said.error());
  }
}

TEST_CASE("after a race or a lost write another entry is tried, and not without end", "[guest][own_tsm_entry]") {
  const test::folder here;
  for (const failure& why : {raced, lost_write}) {
    for (const int bad : {1, 7, 8, 100}) {
      int asked = 0;
      std::set<std::string> names;
      const auto got = in_own_entry(here.path().string(), enough, [&](const tsm_entry&) -> result<int> {
        for (const auto& name : here.names()) names.insert(name);
        return ++asked <= bad ? result<int>(why) : result<int>(asked);
      });
      CHECK(asked == std::min(bad + 1, tsm_names::tries));
      CHECK(names.size() == static_cast<std::size_t>(asked));
      CHECK(got.has_value() == (bad < tsm_names::tries));
      if (!got && why == raced) CHECK(got.error() == failure{errc::raced, 8, part::tsm_report});
      if (!got && why == lost_write) CHECK(got.error() == lost_write);
      CHECK(here.names().empty());
    }
  }
}

TEST_CASE("without a folder to make entries in there is no conversation", "[guest][own_tsm_entry]") {
  const test::folder here;
  bool asked = false;
  const auto got =
      in_own_entry(here / "none", enough, [&](const tsm_entry&) -> result<int> { return asked = true, 1; });
  REQUIRE_FALSE(got);
  CHECK(got.error() == failure{errc::interface_absent, ENOENT, part::tsm_report});
  CHECK_FALSE(asked);
}

}  // namespace test_own_tsm_entry
