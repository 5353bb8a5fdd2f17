// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/recipient_binding.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/vectors.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>

namespace test_recipient_binding {

using namespace unitee;
using unitee::test::bytes_of_hex;
using unitee::test::hex_of;
using unitee::test::need;

namespace {

using octets = std::vector<std::uint8_t>;

const octets nonce(16, 0x4E), spki(91, 0x4B), model(48, 0x4D);

failure refused(const recipient_binding& binding, byte_view key = spki) { return binding.report_data_of(key).error(); }

}  // namespace

TEST_CASE("a binding's report data are those of the transcript vector with the same parts", "[seal][recipient]") {
  std::size_t found = 0;
  for (const auto& vector : test::vectors("transcript")) {
    if (vector.at("name") != "everything") continue;
    ++found;
    const std::string label = vector.at("label");
    const auto data = [&](std::size_t i) { return bytes_of_hex(vector.at("parts").at(i).at(1)); };
    const octets fresh = data(0), key = data(1), digest = data(2);
    const recipient_binding binding{.label = label, .nonce = fresh, .model_digest = digest};
    CHECK(hex_of(need(binding.report_data_of(key)).value) == vector.at("report_data").get<std::string>());
  }
  CHECK(found == 1);
}

TEST_CASE("a binding's parts stand in the order of their names in the header", "[seal][recipient]") {
  const std::array others{binding_part{"region", model}, binding_part{"tenant", {}}};
  const recipient_binding binding{.label = "test", .nonce = nonce, .model_digest = model, .others = others};
  auto all = report_data_transcript::begin("test");
  all.nonce(nonce).public_key(spki).model_digest(model).add("region", model).add("tenant", {});
  CHECK(need(binding.report_data_of(spki)) == need(all.finish()));
  const recipient_binding least{.label = "test", .nonce = nonce};
  CHECK(need(least.report_data_of(spki)) ==
        need(report_data_transcript::begin("test").nonce(nonce).public_key(spki).finish()));
}

TEST_CASE("a binding with another label, nonce, key, model or part has other report data", "[seal][recipient]") {
  const octets other(16, 0x4F);
  const std::array parts{binding_part{"region", other}}, others{binding_part{"tenant", other}};
  std::set<std::string> distinct;
  const auto add = [&](const recipient_binding& binding, byte_view key = spki) {
    distinct.insert(hex_of(need(binding.report_data_of(key)).value));
  };
  add({.label = "test", .nonce = nonce});
  add({.label = "test 2", .nonce = nonce});
  add({.label = "test", .nonce = other});
  add({.label = "test", .nonce = nonce}, other);
  add({.label = "test", .nonce = nonce, .model_digest = model});
  add({.label = "test", .nonce = nonce, .model_digest = other});
  add({.label = "test", .nonce = nonce, .others = parts});
  add({.label = "test", .nonce = nonce, .others = others});
  CHECK(distinct.size() == 8);
}

TEST_CASE("a binding without a nonce, a label or a key, or with a part that has its own place, is refused",
          "[seal][recipient]") {
  CHECK(refused({.label = "test", .nonce = {}}) == failure{errc::bad_value, 1});
  CHECK(refused({.label = "", .nonce = nonce}) == failure{errc::bad_value, 0});
  CHECK(refused({.label = "test", .nonce = nonce}, {}) == failure{errc::bad_value, 2});
  for (const std::string_view again : {"label", "nonce", "public key"}) {
    const std::array others{binding_part{again, model}};
    CHECK(refused({.label = "test", .nonce = nonce, .others = others}) == failure{errc::duplicate, 3});
  }
  const std::array others{binding_part{"", model}};
  CHECK(refused({.label = "test", .nonce = nonce, .model_digest = model, .others = others}) ==
        failure{errc::bad_value, 4});
}

}  // namespace test_recipient_binding
