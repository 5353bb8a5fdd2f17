// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/openssl.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <type_traits>
#include <utility>

namespace test_openssl {

namespace {

struct counter {
  int references = 1;
};

int freed = 0;
void free_counter(counter* object) { ++freed, delete object; }
int up_ref(counter* object) { return ++object->references; }
void down_ref(counter* object) {
  if (--object->references == 0) free_counter(object);
}

using owner = unitee::detail::handle<counter, free_counter>;
using shared = unitee::detail::counted<counter, up_ref, down_ref>;

static_assert(!std::is_copy_constructible_v<owner> && !std::is_copy_assignable_v<owner>);
static_assert(std::is_nothrow_move_constructible_v<owner> && std::is_nothrow_move_assignable_v<owner>);
static_assert(std::is_nothrow_copy_constructible_v<shared> && std::is_nothrow_copy_assignable_v<shared>);
static_assert(sizeof(owner) == sizeof(void*) && sizeof(shared) == sizeof(void*));

}  // namespace

TEST_CASE("a handle frees its object once, wherever it was moved", "[crypto][openssl]") {
  freed = 0;
  {
    owner a(new counter);
    owner b(std::move(a));
    CHECK_FALSE(a);
    CHECK(b);
    owner c(new counter);
    c = std::move(b);
    CHECK(freed == 1);
    CHECK_FALSE(b);
    owner& itself = c;
    c = std::move(itself);
    CHECK(c);
  }
  CHECK(freed == 2);
  freed = 0;
  {
    owner a(new counter);
    delete a.release();
    CHECK_FALSE(a);
    const owner none;
  }
  CHECK(freed == 0);
}

TEST_CASE("a counted object lives as long as its last copy, and is never absent", "[crypto][openssl]") {
  freed = 0;
  {
    shared a(new counter);
    shared b(a);
    shared c(std::move(a));
    CHECK(a.get() == c.get());
    CHECK(c.get()->references == 3);
    shared other(new counter);
    other = b;
    CHECK(freed == 1);
    CHECK(c.get()->references == 4);
    shared& itself = b;
    b = itself;
    CHECK(c.get()->references == 4);
  }
  CHECK(freed == 2);
}

TEST_CASE("an error mark takes back what was added while it lived, and nothing older", "[crypto][openssl]") {
  CHECK(unitee::test::keeps_error_queue([] {
    const unitee::detail::error_mark outer;
    ERR_raise(ERR_LIB_USER, 1);
    {
      const unitee::detail::error_mark inner;
      ERR_raise(ERR_LIB_USER, 2);
    }
    CHECK(ERR_GET_REASON(ERR_peek_last_error()) == 1);
  }));
}

}  // namespace test_openssl
