// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/signed_document.hpp>

#include "support/forged_intel.hpp"

#include <algorithm>
#include <string>
#include <type_traits>

namespace test_signed_document {

using namespace unitee;
using namespace unitee::test;

// Nobody but a reader of texts makes a document.
static_assert(!std::is_default_constructible_v<tdx::tcb_info_document>);
static_assert(!std::is_constructible_v<tdx::tcb_info_document, tdx::tcb_info>);
static_assert(std::is_nothrow_copy_constructible_v<tdx::tcb_info_document>);

TEST_CASE("a document is its text and its signature, and what the text says", "[verify][signed_document]") {
  const std::string text = info_text();
  const auto one = signed_info(text);
  CHECK(std::ranges::equal(one.text(), guest::detail::bytes_of(text)));
  CHECK((*one).tcb_evaluation_data_number == 20);
  CHECK(one->next_update == simulated_tdx_issued + 30 * day);
  const auto key = need(simulated_tdx_platform().get().tcb_signing.ec_key<p256>());
  CHECK(key.verify(one.text(), one.signature().value));
}

TEST_CASE("documents are the same when text and signature are", "[verify][signed_document]") {
  const std::string text = info_text();
  const auto one = signed_info(text);
  const auto copy = one;
  CHECK(copy == one);
  CHECK(copy.text().data() == one.text().data());
  const std::string delivered = "{\"tcbInfo\":" + text + ",\"signature\":\"" + hex_of(one.signature().value) + "\"}";
  const auto again = need(tdx::parse_tcb_info(guest::detail::bytes_of(delivered)));
  CHECK(again.text().data() != one.text().data());
  CHECK(again == one);
  CHECK_FALSE(signed_info(text) == one);  // signed again: ECDSA draws a number
  const std::string other =
      "{\"tcbInfo\":" + replaced(text, ":20,", ":21,") + ",\"signature\":\"" + hex_of(one.signature().value) + "\"}";
  CHECK_FALSE(need(tdx::parse_tcb_info(guest::detail::bytes_of(other))) == one);
}

}  // namespace test_signed_document
