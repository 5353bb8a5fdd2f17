// SPDX-License-Identifier: Apache-2.0
//
// inspect_sealed.cpp: what a sealed file says without a key.

#include "inspect.hpp"

#include "command.hpp"

#include <unitee/bytes/source.hpp>
#include <unitee/seal/public_metadata.hpp>
#include <unitee/seal/sealed_metadata.hpp>

#include <fmt/format.h>

#include <optional>

namespace command::inspection {

namespace {

std::string name_of(unitee::metadata_form form) {
  switch (form) {
    case unitee::metadata_form::none: return "none";
    case unitee::metadata_form::is_public: return "public";
    case unitee::metadata_form::encrypted: return "encrypted";
  }
  return "unknown";
}

// described is the file as a source, as far as a description reads it.
struct described {
  const sealed_bytes& read;
  std::uint64_t length;
  [[nodiscard]] std::uint64_t size() const noexcept { return length; }
  unitee::result<void> read_at(std::uint64_t offset, unitee::byte_span out) const noexcept { return read(offset, out); }
};

void put_metadata(sheet& to, const unitee::sealed_header& header, const sealed_bytes& read) {
  const auto metadata = unitee::public_metadata::read(described{read, header.geometry().file_size()}, header);
  if (!metadata) return put_error(to, metadata.error());
  const unitee::sealed_metadata& items = metadata->items();
  sheet out;
  if (!items.content_type().empty()) out.put("content_type", std::string(items.content_type()));
  if (const auto& index = items.tensors()) {
    out.put("index_offset", index->index_offset());
    out.put("index_size", index->index_size());
    out.put("data_offset", index->data_offset());
    out.put("data_size", index->data_size());
    out.put("alignment", std::uint64_t{index->alignment()});
    std::vector<sheet::line> tensors;
    for (std::size_t i = 0; i < index->count(); ++i) {
      const auto [offset, size] = index->tensor(i);
      tensors.push_back({{{"offset", offset}, {"size", size}}, fmt::format("{:#x}: {} bytes", offset, size)});
    }
    out.put_lines("tensors", std::move(tensors));
  }
  to.put_section("metadata", std::move(out));
}

void put_segments(sheet& to, const unitee::sealed_geometry& geometry) {
  constexpr std::uint64_t most = 1 << 20;
  if (geometry.segments() > most) {
    throw usage_error{fmt::format("--segments: there are {}, and at most {} are listed", geometry.segments(), most)};
  }
  std::vector<sheet::line> out;
  for (std::uint64_t i = 0; i < geometry.segments(); ++i) {
    const std::uint64_t begin = geometry.begin_of(i);
    const std::uint64_t size = geometry.size_of(i);
    out.push_back({{{"plaintext_offset", begin},
                    {"size", size},
                    {"offset", geometry.place_of(i)},
                    {"tag_offset", geometry.tag_offset(i)}},
                   fmt::format("{}: plaintext {:#x}, {} bytes at {:#x}, tag at {:#x}", i, begin, size,
                               geometry.place_of(i), geometry.tag_offset(i))});
  }
  to.put_lines("segment_map", std::move(out));
}

// describe_header leaves out whether the file is settled where that is not known.
sheet describe_header(const unitee::sealed_header& header, std::optional<bool> settled) {
  const unitee::sealed_geometry geometry = header.geometry();
  sheet out("sealed file, version 1 (nothing here is authentic without a key)", "sealed");
  header.for_each_field([&](auto row, const auto& value) { out.put_field(row, value); });
  const bool is_public = header.protection() == unitee::protection::integrity_only;
  out.put("payload_is", is_public ? "public" : "encrypted");
  out.put("metadata_is", name_of(header.metadata_form()));
  if (settled) {
    constexpr const char* no =
        "no: a change of the slots was interrupted, or is going on; `unitee slots --settle` ends it";
    out.put("settled", *settled, {}, *settled ? "yes" : no);
  }
  out.put("segments", geometry.segments());
  out.put("tag_table_offset", geometry.tag_table_offset());
  out.put("tag_table_size", geometry.tag_table_size());
  out.put("file_size", geometry.file_size());
  std::vector<sheet> slots;
  for (std::size_t i = 0; i < header.slot_count(); ++i) slots.push_back(describe_slot(header.slot(i)));
  out.put_list("slots", std::move(slots));
  return out;
}

}  // namespace

sheet describe_sealed_header(const unitee::sealed_header& header) { return describe_header(header, std::nullopt); }

sheet describe_sealed(const unitee::header_copies& copies, sealed_bytes read, bool segments) {
  const unitee::sealed_header& header = copies.header();
  sheet out = describe_header(header, copies.is_settled());
  if (header.metadata_form() == unitee::metadata_form::is_public) put_metadata(out, header, read);
  if (segments) put_segments(out, header.geometry());
  return out;
}

}  // namespace command::inspection
