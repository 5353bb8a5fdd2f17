// SPDX-License-Identifier: Apache-2.0
#include <unitee/launch/launch_measurement.hpp>

#include "support/catch.hpp"
#include "support/evidence.hpp"
#include "support/launch.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace test_launch_measurement {

using namespace unitee;

TEST_CASE("every launch of the vectors is measured, or refused for its reason", "[launch][measurement]") {
  std::size_t measured = 0;
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("launch")) {
    if (vector.at("kind") != "launch_measurement") continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto firmware = test::image_of(vector);
    const auto answer = test::described(vector.at("launch")).measured(firmware);
    const std::string expected = vector.at("expect");
    REQUIRE((answer ? "ok" : name(answer.error().code)) == expected);
    if (answer) {
      ++measured;
      CHECK(test::hex_of(answer->value) == vector.at("measurement").get<std::string>());
      continue;
    }
    ++refused;
    CHECK(answer.error().offset == vector.at("offset").get<std::uint64_t>());
    CHECK(answer.error().in == (vector.at("part") == "launch" ? part::launch : part::firmware_image));
  }
  CHECK(measured > 30);
  CHECK(refused > 10);
}

TEST_CASE("what an image refuses, its launch refuses", "[launch][measurement]") {
  for (const auto& vector : test::vectors("launch")) {
    if (vector.at("kind") != "launch_ovmf" || vector.at("expect") == "ok") continue;
    const auto firmware = test::image_of(vector);
    snp::launch_description of;
    of.firmware = firmware;
    of.cpu = {0x00A00F11};
    REQUIRE(snp::expected_measurement(of).error() == snp::ovmf::parse(firmware).error());
  }
}

TEST_CASE("the digest of the image's pages may stand for them", "[launch][measurement]") {
  const auto& firmware = test::launch_images().at("image_of_three_pages");
  auto pages = snp::launch_digest::create();
  REQUIRE(pages);
  REQUIRE(pages->normal(0xFFFFD000, firmware));
  snp::launch_description of;
  of.firmware = firmware;
  of.cpu = {0x00A00F11};
  const auto whole = snp::expected_measurement(of);
  of.start = pages->value();
  CHECK(*snp::expected_measurement(of) == *whole);
}

TEST_CASE("every bit of an image and every part of a launch is measured", "[launch][measurement]") {
  auto firmware = test::launch_images().at("image_of_one_page");
  const auto measure = [&](const char* launch) {
    const auto answer = test::described(nlohmann::json::parse(launch)).measured(firmware);
    REQUIRE(answer);
    return test::hex_of(answer->value);
  };
  std::set<std::string> seen;
  for (const char* launch : {R"({})", R"({"vcpus": 2})", R"({"vcpus": 3})", R"({"cpu_signature": 1})",
                             R"({"guest_features": 3})", R"({"vmm": "ec2"})", R"({"kernel": ""})", R"({"kernel": "k"})",
                             R"({"kernel": "", "initrd": "k"})", R"({"kernel": "", "append": "k"})"}) {
    CHECK(seen.insert(measure(launch)).second);
  }
  // The first page up to the metadata is code: no bit of it changes what the launch is, and each changes the digest.
  for (std::size_t bit = 0; bit < 8 * 512; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    firmware[bit / 8] ^= mask;
    REQUIRE(seen.insert(measure("{}")).second);
    firmware[bit / 8] ^= mask;
  }
}

TEST_CASE("every known launch digest is reproduced", "[launch][measurement][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t measured = 0;
  const auto manifest = test::evidence_manifest("snp");
  for (const auto& known : manifest.at("measurement").at("vectors")) {
    const std::string id = known.at("id");
    CAPTURE(id);
    auto launch = known;
    for (const char* key : {"cpu_signature", "guest_features"}) {
      launch[key] = std::stoull(known.at(key).get<std::string>(), nullptr, 16);
    }
    for (const char* key : {"kernel", "initrd"}) {
      if (known.at(key) == "empty file") launch[key] = "";
    }
    const auto firmware = test::evidence_file("snp/" + known.at("ovmf").get<std::string>());
    const auto answer = test::described(launch).measured(firmware);
    REQUIRE(answer);
    CHECK(test::hex_of(answer->value) == known.at("launch_digest").get<std::string>());
    ++measured;
  }
  CHECK(measured >= 8);
}

}  // namespace test_launch_measurement
