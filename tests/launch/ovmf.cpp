// SPDX-License-Identifier: Apache-2.0
#include <unitee/launch/ovmf.hpp>

#include "support/catch.hpp"
#include "support/evidence.hpp"
#include "support/launch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace test_ovmf {

using namespace unitee;
using snp::ovmf;

namespace {

static_assert(ovmf::parse({}).error() == failure{errc::truncated, 0, part::firmware_image});
constexpr std::array<std::uint8_t, 4096> zeros{};
static_assert(ovmf::parse(zeros).error() == failure{errc::unrecognized, 0xFD0, part::firmware_image});

}  // namespace

TEST_CASE("an image says what its launch needs", "[launch][ovmf]") {
  const auto& bytes = test::launch_images().at("image_of_three_pages");
  const auto image = ovmf::parse(bytes);
  REQUIRE(image);
  CHECK(image->bytes().data() == bytes.data());
  CHECK(image->gpa() == 0xFFFFD000);
  CHECK(image->ap_reset_eip() == 0x0080B004U);
  REQUIRE(image->hash_table());
  CHECK(image->hash_table()->address == 0x806C00);
  CHECK(image->hash_table()->size == 0x400);
  CHECK(image->metadata_offset() == 3 * 4096 - 0x600);
  REQUIRE(image->item_count() == 6);
  const std::array<std::array<std::uint32_t, 3>, 6> items{{{0x800000, 0x3000, 1},
                                                           {0x803000, 0x1000, 2},
                                                           {0x804000, 0x1000, 3},
                                                           {0x805000, 0x1000, 4},
                                                           {0x806000, 0x1000, 0x10},
                                                           {0x807000, 0x2000, 1}}};
  for (std::size_t i = 0; i < 6; ++i) {
    const snp::metadata_item item = image->item(i);
    CHECK(std::array{item.address, item.size, static_cast<std::uint32_t>(item.type)} == items[i]);
    CHECK(item.offset == image->metadata_offset() + 16 + 12 * i);
  }
  const auto bare = ovmf::parse(test::launch_images().at("image_without_ap_entry"));
  REQUIRE(bare);
  CHECK_FALSE(bare->ap_reset_eip());
  const auto without = ovmf::parse(test::launch_images().at("image_without_hash_table"));
  REQUIRE(without);
  CHECK_FALSE(without->hash_table());
}

TEST_CASE("every image of the vectors parses or is refused for its reason", "[launch][ovmf]") {
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("launch")) {
    if (vector.at("kind") != "launch_ovmf") continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto bytes = test::image_of(vector);
    const auto image = ovmf::parse(bytes);
    const std::string expected = vector.at("expect");
    REQUIRE((image ? "ok" : name(image.error().code)) == expected);
    if (image) continue;
    ++refused;
    CHECK(image.error().offset == vector.at("offset").get<std::uint64_t>());
    CHECK(image.error().in == part::firmware_image);
  }
  CHECK(refused > 80);
}

TEST_CASE("an image of every number of pages up to the limit is read from its end", "[launch][ovmf]") {
  const auto& page = test::launch_images().at("image_of_one_page");
  for (std::size_t pages = 1; pages <= ovmf::max_size / 4096; pages = pages < 8 ? pages + 1 : 2 * pages) {
    std::vector<std::uint8_t> bytes(pages * 4096);
    std::copy(page.begin(), page.end(), bytes.end() - 4096);
    const auto image = ovmf::parse(bytes);
    CAPTURE(pages);
    REQUIRE(image);
    CHECK(image->gpa() + bytes.size() == 0x100000000);
    CHECK(image->metadata_offset() == bytes.size() - 0x600);
  }
}

TEST_CASE("no changed byte of table or metadata makes an image point outside of itself", "[launch][ovmf]") {
  auto bytes = test::launch_images().at("image_of_one_page");
  for (std::size_t at = 4096 - 0x600; at < bytes.size(); ++at) {
    const std::uint8_t was = bytes[at];
    for (unsigned value = 0; value < 256; ++value) {
      bytes[at] = static_cast<std::uint8_t>(value);
      const auto image = ovmf::parse(bytes);
      if (!image) {
        REQUIRE(image.error().offset < bytes.size());
        continue;
      }
      REQUIRE(image->metadata_offset() + 16 + 12 * image->item_count() <= bytes.size());
      for (std::size_t i = 0; i < image->item_count(); ++i) {
        const auto item = image->item(i);
        REQUIRE((item.address % 4096 == 0 && item.size != 0 && item.size % 4096 == 0));
        REQUIRE(std::uint64_t{item.address} + item.size <= image->gpa());
      }
    }
    bytes[at] = was;
  }
}

TEST_CASE("the recorded images are read", "[launch][ovmf][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto bytes = test::evidence_file("snp/measurement/ovmf_AmdSev_suffix.bin");
  const auto image = ovmf::parse(bytes);
  REQUIRE(image);
  CHECK(image->item_count() == 7);
  CHECK(image->ap_reset_eip() == 0x0080B004U);
  CHECK(image->hash_table()->address == 0x810C00);
  CHECK(image->hash_table()->size == 0x400);
  const auto other = test::evidence_file("snp/measurement/ovmf_OvmfX64_suffix.bin");
  const auto without = ovmf::parse(other);
  REQUIRE(without);
  CHECK(without->item_count() == 6);
  CHECK(without->hash_table()->size == 0);
}

}  // namespace test_ovmf
