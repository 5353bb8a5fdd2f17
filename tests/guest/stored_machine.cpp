// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/stored_machine.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

namespace test_stored_machine {

using namespace unitee;

namespace {

constexpr failure io(int number) { return {errc::io_error, static_cast<std::uint64_t>(number)}; }

// store answers as the test says and writes down what it was asked.
struct store {
  std::vector<result<int>> loads;
  result<void> saves{};
  std::string& asked;

  [[nodiscard]] result<int> load() const {
    asked += "load ";
    const auto n = static_cast<std::size_t>(std::count(asked.begin(), asked.end(), 'l')) - 1;
    return loads.at(n);
  }
  [[nodiscard]] result<void> save(int machine) const {
    asked += "save" + std::to_string(machine) + " ";
    return saves;
  }
};

// got is the machine, or the failure, and what it took to get it.
struct got {
  result<int> machine;
  std::string asked;
};

got look(const std::vector<result<int>>& loads, const result<void>& saves = {}, const result<int>& made = 2) {
  std::string asked;
  const auto machine = guest::detail::stored_machine(store{loads, saves, asked}, [&] {
    asked += "make ";
    return made;
  });
  return {machine, asked};
}

}  // namespace

TEST_CASE("a machine that is there is the one, and none is made", "[guest][store]") {
  const auto found = look({1});
  CHECK(*found.machine == 1);
  CHECK(found.asked == "load ");
}

TEST_CASE("where there is none, one is made and saved", "[guest][store]") {
  const auto found = look({io(ENOENT)});
  CHECK(*found.machine == 2);
  CHECK(found.asked == "load make save2 ");
}

TEST_CASE("of several that are made at once, the one that was saved is everybody's", "[guest][store]") {
  const auto found = look({io(ENOENT), 3}, io(EEXIST));
  CHECK(*found.machine == 3);
  CHECK(found.asked == "load make save2 load ");
  CHECK(look({io(ENOENT), io(EACCES)}, io(EEXIST)).machine.error() == io(EACCES));
}

TEST_CASE("a machine that cannot be read is not replaced", "[guest][store]") {
  for (const failure why : {io(EPERM), io(EACCES), failure{errc::truncated, 5}, failure{errc::bad_value}}) {
    const auto found = look({why});
    CHECK(found.machine.error() == why);
    CHECK(found.asked == "load ");
  }
}

TEST_CASE("a machine that cannot be made or saved is no machine", "[guest][store]") {
  const auto not_made = look({io(ENOENT)}, {}, failure{errc::crypto_error});
  CHECK(not_made.machine.error() == failure{errc::crypto_error});
  CHECK(not_made.asked == "load make ");
  CHECK(look({io(ENOENT)}, io(ENOSPC)).machine.error() == io(ENOSPC));
}

}  // namespace test_stored_machine
