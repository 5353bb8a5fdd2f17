// SPDX-License-Identifier: Apache-2.0
#include <unitee/transcript.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"
#include "support/vectors.hpp"

#include <unitee/snp/report.hpp>

#include <array>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_transcript {

using namespace unitee;
using namespace unitee::test;

namespace {

using octets = std::vector<std::uint8_t>;
using named = std::pair<std::string, octets>;

// data_of is the report data of a label and parts, each added under its name.
report_data data_of(std::string_view label, const std::vector<named>& parts) {
  auto all = report_data_transcript::begin(label);
  for (const auto& [name, data] : parts) all.add(name, data);
  return need(all.finish());
}

failure refused(report_data_transcript all) { return all.finish().error(); }

octets text(std::string_view of) { return {of.begin(), of.end()}; }

// The type of a transcript that a caller has named is that of one in passing.
static_assert(std::is_nothrow_move_constructible_v<report_data_transcript>);
static_assert(!std::is_copy_constructible_v<report_data_transcript>);
static_assert(!std::is_same_v<report_data, snp::report_data> && !std::is_same_v<report_data, sha512_digest>);

}  // namespace

TEST_CASE("report data are those of the vectors", "[transcript]") {
  const auto all = vectors("transcript");
  CHECK(all.size() == 10);
  std::set<std::string> distinct;
  for (const auto& vector : all) {
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const std::string label = vector.at("label");
    const auto& listed = vector.at("parts");
    std::vector<named> parts;
    for (const auto& each : listed) {
      octets data;
      if (each.at(1).is_string()) data = bytes_of_hex(each.at(1));
      if (each.at(1).is_number()) {  // so many bytes 0 to 250, again and again
        data.resize(each.at(1).get<std::size_t>());
        for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i % 251);
      }
      parts.emplace_back(each.at(0).get<std::string>(), data);
    }
    const std::string hex = hex_of(data_of(label, parts).value);
    CHECK(hex == vector.at("report_data").get<std::string>());
    distinct.insert(hex);
  }
  CHECK(distinct.size() == all.size());
}

TEST_CASE("the parts with fixed names are parts of that name", "[transcript]") {
  const octets fresh = pattern(32), spki = pattern(91), digest = pattern(48);
  CHECK(need(report_data_transcript::begin("label").nonce(fresh).public_key(spki).model_digest(digest).finish()) ==
        data_of("label", {{"nonce", fresh}, {"public key", spki}, {"model digest", digest}}));
}

TEST_CASE("a transcript that was moved goes on where it stood", "[transcript]") {
  auto one = report_data_transcript::begin("label");
  one.nonce(pattern(16));
  auto two = std::move(one);
  CHECK(two.nonce(pattern(16)).finish().error() == failure{errc::duplicate, 2});
  auto three = report_data_transcript::begin("label");
  three.nonce(pattern(16));
  auto four = std::move(three);
  CHECK(need(four.add("more", {}).finish()) == data_of("label", {{"nonce", pattern(16)}, {"more", {}}}));
}

TEST_CASE("no two transcripts of few parts are alike: moved, split, joined, swapped, renamed, left out",
          "[transcript]") {
  std::vector<named> each;
  for (const char* name : {"a", "b", "ab"}) {
    for (const char* data : {"", "a", "b", "ab"}) each.emplace_back(name, text(data));
  }
  std::set<std::string> seen;
  std::size_t tried = 0;
  const auto take = [&](std::string_view label, const std::vector<named>& parts) {
    seen.insert(hex_of(data_of(label, parts).value));
    ++tried;
  };
  for (const char* label : {"a", "b", "ab"}) {
    take(label, {});
    for (const named& one : each) {
      take(label, {one});
      for (const named& two : each) {
        take(label, {one, two});
        for (const named& three : each) take(label, {one, two, three});
      }
    }
  }
  CHECK(tried == 3 * (1 + 12 + 144 + 1728));
  CHECK(seen.size() == tried);
}

TEST_CASE("a byte that moves from a part to the next, a cut and a join change the report data", "[transcript]") {
  const octets whole = pattern(64);
  const auto piece = [&](std::size_t from, std::size_t to) {
    return octets(whole.begin() + static_cast<int>(from), whole.begin() + static_cast<int>(to));
  };
  std::set<std::string> seen{hex_of(data_of("label", {{"one", whole}}).value)};
  std::size_t tried = 1;
  for (std::size_t cut = 0; cut <= 64; ++cut, tried += 2) {
    seen.insert(hex_of(data_of("label", {{"one", piece(0, cut)}, {"two", piece(cut, 64)}}).value));
    seen.insert(hex_of(data_of("label", {{"one", piece(0, cut)}, {"one", piece(cut, 64)}}).value));
  }
  CHECK(seen.size() == tried);
}

TEST_CASE("parts of every length up to 300 bytes, and every bit of one, count", "[transcript]") {
  std::set<std::string> seen;
  std::size_t tried = 0;
  const auto take = [&](const octets& data) {
    seen.insert(hex_of(data_of("label", {{"part", data}}).value));
    ++tried;
  };
  for (std::size_t n = 0; n <= 300; ++n) {
    take(octets(n, 0));
    if (n > 0) take(pattern(n));
  }
  octets data = pattern(300);
  for (std::size_t bit = 0; bit < 8 * data.size(); ++bit) {
    data[bit / 8] = static_cast<std::uint8_t>(data[bit / 8] ^ 1u << bit % 8);
    take(data);
    data[bit / 8] = static_cast<std::uint8_t>(data[bit / 8] ^ 1u << bit % 8);
  }
  CHECK(seen.size() == tried);
}

TEST_CASE("a name has 1 to 64 bytes, and so has a label", "[transcript]") {
  for (std::size_t n = 0; n <= 300; ++n) {
    const std::string name(n, 'n');
    auto all = report_data_transcript::begin("label").add(name, pattern(3)).finish();
    CHECK(all.has_value() == (n >= 1 && n <= report_data_transcript::name_max));
    if (!all) CHECK(all.error() == failure{errc::bad_value, 1});
    all = report_data_transcript::begin(name).finish();
    CHECK(all.has_value() == (n >= 1 && n <= report_data_transcript::name_max));
    if (!all) CHECK(all.error() == failure{errc::bad_value, 0});
  }
}

TEST_CASE("nonce, public key and model digest come once and are not empty", "[transcript]") {
  const octets some = pattern(16);
  for (const char* name : {"nonce", "public key", "model digest"}) {
    CAPTURE(name);
    const auto begun = [] { return report_data_transcript::begin("label"); };
    CHECK(refused(std::move(begun().add(name, {}))) == failure{errc::bad_value, 1});
    CHECK(refused(std::move(begun().add(name, some).add(name, some))) == failure{errc::duplicate, 2});
    CHECK(refused(std::move(begun().add(name, some).add("more", {}).add(name, {}))) == failure{errc::duplicate, 3});
  }
  CHECK(refused(std::move(report_data_transcript::begin("label").nonce({}))) == failure{errc::bad_value, 1});
  CHECK(refused(std::move(report_data_transcript::begin("label").add("label", some))) == failure{errc::duplicate, 1});
  CHECK(report_data_transcript::begin("label").add("Nonce", {}).add("more", {}).add("more", {}).finish());
}

TEST_CASE("the first failure is kept, whatever comes after it", "[transcript]") {
  const octets some = pattern(16);
  auto all = report_data_transcript::begin("label");
  all.add("one", some).add("", some).nonce({}).nonce(some).nonce(some).add("two", some);
  CHECK(all.finish().error() == failure{errc::bad_value, 2});
  CHECK(all.finish().error() == failure{errc::bad_value, 2});
  CHECK(report_data_transcript::begin("").nonce({}).finish().error() == failure{errc::bad_value, 0});
  CHECK(report_data_transcript::begin(std::string(65, 'l')).add("", {}).finish().error() ==
        failure{errc::bad_value, 0});
}

TEST_CASE("a transcript ends once", "[transcript]") {
  auto all = report_data_transcript::begin("label");
  CHECK(all.finish());
  CHECK(all.finish().error() == failure{errc::crypto_error});
  auto more = report_data_transcript::begin("label");
  CHECK(more.finish());
  CHECK(more.add("part", pattern(1)).finish().error() == failure{errc::crypto_error});
}

TEST_CASE("a transcript leaves the error queue as it was", "[transcript]") {
  CHECK(keeps_error_queue([] {
    auto all = report_data_transcript::begin("label");
    CHECK(all.nonce(pattern(16)).finish());
    CHECK_FALSE(all.finish());
  }));
}

}  // namespace test_transcript
