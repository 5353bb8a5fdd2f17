// SPDX-License-Identifier: Apache-2.0
#include <unitee/model/tensor_index.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace test_tensor_index {

using namespace unitee;

static_assert(!std::is_copy_constructible_v<tensor_list> && std::is_nothrow_move_constructible_v<tensor_index>);

TEST_CASE("a list of tensors has the size that it was made with, and moves", "[model][tensor_index]") {
  for (const std::size_t size : {0U, 1U, 1000U}) {
    auto list = tensor_list::create(size);
    REQUIRE(list);
    REQUIRE(list->all().size() == size);
    for (const tensor_extent& each : list->all()) CHECK(each == tensor_extent{0, 0});
    if (size != 0) list->all().back() = {7, 9};
    tensor_list moved = *std::move(list);
    CHECK(list->all().empty());
    auto other = tensor_list::create(3);
    *other = std::move(moved);
    REQUIRE(other->all().size() == size);
    if (size != 0) CHECK(other->all().back() == tensor_extent{7, 9});
    CHECK(moved.all().size() == 3);
  }
}

}  // namespace test_tensor_index
