// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/certificate_table.hpp: the certificates that a host hands out beside a report.
#pragma once

#include <unitee/bytes/guid.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::snp {

// table_guid names the entries of a certificate table that AMD or a cloud provider has published.
namespace table_guid {
inline constexpr guid vcek = unitee::detail::known_guid("63da758d-e664-4564-adc5-f4b93be8accd");
inline constexpr guid vlek = unitee::detail::known_guid("a8074bc2-a25a-483e-aae6-39c045a0b8a1");
inline constexpr guid ask =
    unitee::detail::known_guid("4ab7b379-bbac-4fe4-a02f-05aef327c782");  // or ASVK, beside a VLEK
inline constexpr guid ark = unitee::detail::known_guid("c0b406a4-a803-4952-9743-3fb6014cd0ae");
inline constexpr guid crl = unitee::detail::known_guid("92f81bc3-5811-4d3d-97ff-d19f88dc67ea");
inline constexpr guid google_cpuid = unitee::detail::known_guid("ecae0c0f-9502-43b1-afa2-0ae2e0d565b6");
inline constexpr guid google_firmware_endorsement = unitee::detail::known_guid("9f4116cd-c503-4f5a-8f6f-fb68882f4ce2");

struct named {
  guid id;
  const char* name;
};

inline constexpr std::array all{named{vcek, "VCEK"},
                                named{vlek, "VLEK"},
                                named{ask, "ASK"},
                                named{ark, "ARK"},
                                named{crl, "CRL"},
                                named{google_cpuid, "Google CPUID"},
                                named{google_firmware_endorsement, "GCE firmware endorsement"}};

// name_of is the entry's name, or nullptr for a GUID that this library does not know.
constexpr const char* name_of(const guid& id) noexcept {
  for (const named& known : all) {
    if (known.id == id) return known.name;
  }
  return nullptr;
}
}  // namespace table_guid

// certificate_table refers to a table (GHCB specification, SNP Extended Guest Request) that the caller keeps alive. All
// of it comes from the untrusted host: certificates in it are candidates, and an ARK in it is never a trust anchor.
class certificate_table {
 public:
  // entry is one certificate, DER or PEM; the GUID is in text order, whichever order the host used.
  struct entry {
    guid id;
    std::size_t offset;
    byte_view data;
  };

  static constexpr std::size_t max_entries = 64;

  // parse accepts a list of at most max_entries entries that a zero GUID ends, whose data lie inside `bytes` and behind
  // the list. Two entries with one GUID are errc::duplicate. What follows the data is padding and is not looked at.
  static constexpr result<certificate_table> parse(byte_view bytes) noexcept {
    certificate_table out(bytes);
    for (;; ++out.count_) {
      const std::size_t at = out.count_ * entry_size;
      if (bytes.size() - at < entry_size) return failure{errc::truncated, bytes.size(), part::certificate_table};
      if (all_zero(bytes.subspan(at, 16))) break;
      if (out.count_ == max_entries) return failure{errc::bad_length, at, part::certificate_table};
    }
    const std::uint64_t list_end = (out.count_ + 1) * entry_size;
    for (std::size_t i = 0; i < out.count_; ++i) {
      const std::size_t at = i * entry_size;
      const std::uint64_t offset = row::offset::read(bytes.subspan(at));
      const std::uint64_t length = row::length::read(bytes.subspan(at));
      if (offset < list_end || offset > bytes.size())
        return failure{errc::bad_length, at + 16, part::certificate_table};
      if (length > bytes.size() - offset) return failure{errc::bad_length, at + 20, part::certificate_table};
      const guid id = out[i].id;
      for (std::size_t k = 0; k < i; ++k) {
        if (out[k].id == id) return failure{errc::duplicate, at, part::certificate_table};
      }
    }
    return out;
  }

  // begins says whether the first GUID is one of a table's, in either byte order. A table without entries, and one
  // whose first entry is of a kind that this library does not know, does not show.
  static constexpr bool begins(byte_view bytes) noexcept {
    if (bytes.size() < guid::size()) return false;
    const guid first = *guid::from(bytes.first(guid::size()));
    return table_guid::name_of(text_order(first)) != nullptr;
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr std::size_t size() const noexcept { return count_; }

  // operator[] is an entry below size(); any other index stops the program.
  constexpr entry operator[](std::size_t i) const noexcept {
    if (i >= count_) unitee::detail::stop();
    const byte_view at = bytes_.subspan(i * entry_size);
    const std::size_t offset = row::offset::read(at);
    return {text_order(row::id::read(at)), offset, bytes_.subspan(offset, row::length::read(at))};
  }

  // find is the data of the entry with this GUID, or errc::missing.
  [[nodiscard]] constexpr result<byte_view> find(const guid& id) const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      if (const entry e = (*this)[i]; e.id == id) return e.data;
    }
    return failure{errc::missing, 0, part::certificate_table};
  }

 private:
  static constexpr std::size_t entry_size = 24;

  struct row {
    using id = layout::raw<"guid", 0, 16, guid_tag>;
    using offset = layout::le<"offset", 16, std::uint32_t>;
    using length = layout::le<"length", 20, std::uint32_t>;
    using all = layout::table<entry_size, id, offset, length>;
  };

  constexpr explicit certificate_table(byte_view bytes) noexcept : bytes_(bytes) {}

  // text_order turns a known GUID that the host wrote in mixed-endian order; an unknown one stays as it is.
  static constexpr guid text_order(const guid& id) noexcept {
    const guid other = swapped(id);
    return table_guid::name_of(id) == nullptr && table_guid::name_of(other) != nullptr ? other : id;
  }

  byte_view bytes_;
  std::size_t count_ = 0;
};

}  // namespace unitee::inline v0::snp
