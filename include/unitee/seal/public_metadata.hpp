// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/public_metadata.hpp: what a sealed file says about its payload before a key is there.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/metadata_area.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/sealed_metadata.hpp>

#include <utility>

namespace unitee::inline v0 {

// public_metadata is the metadata that the owner of a file lets everybody read, so that memory can be planned for while
// the key is still on its way. Nothing of it is authentic: whoever can write to the file can have written it. What
// sealed_reader::metadata says later is.
class public_metadata {
 public:
  // read needs the source and a header that header_copies::read found there. A file whose metadata are none or
  // encrypted is errc::bad_value at metadata_form in part::sealed_header; bytes behind the items that are not zero are
  // errc::reserved_not_zero in part::sealed_metadata at the byte in the file; the rest is as sealed_metadata::parse and
  // the source have it, and errc::io_error with ENOMEM.
  template <byte_source Source>
  static result<public_metadata> read(const Source& source, const sealed_header& header) noexcept {
    const sealed_geometry geometry = header.geometry();
    if (header.metadata_form() != metadata_form::is_public) return failure{errc::bad_value, 40, part::sealed_header};
    auto area = detail::metadata_area(source, geometry);
    if (!area) return area.error();
    const auto items = area->first(detail::metadata_items_size(geometry));
    const auto parsed = sealed_metadata::parse(items, geometry.payload_size());
    if (!parsed) return parsed.error();
    return public_metadata(std::move(*area), *parsed);
  }

  public_metadata(public_metadata&&) noexcept = default;
  public_metadata& operator=(public_metadata&&) = delete;  // what items() gave out stays what it was

  [[nodiscard]] const sealed_metadata& items() const& noexcept { return items_; }
  const sealed_metadata& items() const&& = delete;

 private:
  public_metadata(wiped_buffer&& bytes, const sealed_metadata& items) noexcept
      : bytes_(std::move(bytes)), items_(items) {}

  wiped_buffer bytes_;
  sealed_metadata items_;
};

}  // namespace unitee::inline v0
