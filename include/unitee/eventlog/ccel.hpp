// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/ccel.hpp: the event log of a confidential guest's firmware and boot loader.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/reader.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::eventlog {

// first_event_row has one type for each row of the first event (TCG_PCClientPCREvent with a TCG_EfiSpecIDEvent) before
// the list of algorithms, with offsets in the log.
namespace first_event_row {
using register_index = layout::le<"register_index", 0, std::uint32_t>;
using event_type = layout::le<"event_type", 4, std::uint32_t>;
using digest = layout::zero<8, 20>;
using event_size = layout::le<"event_size", 28, std::uint32_t>;
using signature = layout::raw<"signature", 32, 16>;
using platform_class = layout::le<"platform_class", 48, std::uint32_t>;
using spec_version_minor = layout::le<"spec_version_minor", 52, std::uint8_t>;
using spec_version_major = layout::le<"spec_version_major", 53, std::uint8_t>;
using spec_errata = layout::le<"spec_errata", 54, std::uint8_t>;
using uintn_size = layout::le<"uintn_size", 55, std::uint8_t>;
using number_of_algorithms = layout::le<"number_of_algorithms", 56, std::uint32_t>;

using all = layout::table<60, register_index, event_type, digest, event_size, signature, platform_class,
                          spec_version_minor, spec_version_major, spec_errata, uintn_size, number_of_algorithms>;
}  // namespace first_event_row

// log_end says what comes behind the last event.
enum class log_end : std::uint8_t {
  ones,    // a register index and type of 0xFFFFFFFF, and filler
  zeros,   // register index, type and digest count 0, and filler
  buffer,  // nothing
};

// event_log refers to a log (TCG crypto-agile format, with confidential-computing register indexes) that the caller
// keeps alive. It comes from memory that nobody protects: only replaying it against a quote's registers says what is
// true.
class event_log {
 public:
  static constexpr std::size_t max_algorithms = 8;

  // parse walks through all events. In the first event it refuses: errc::bad_value at a type other than 3, another
  // signature than "Spec ID Event03", no algorithm, more than 8, and a digest size that is not the algorithm's;
  // errc::reserved_not_zero; errc::unsupported_version at a specification other than 2.x; errc::unsupported_algorithm
  // at an algorithm other than SHA-1, SHA-256, SHA-384 and SHA-512; errc::duplicate; errc::bad_length at a size that
  // contradicts the list. In the others: errc::bad_value at a digest count that is 0 or above the list's,
  // errc::unsupported_algorithm at a digest that is not of the list, and errc::duplicate. Where the bytes end too early
  // it is errc::truncated, and never the end of the log. Offsets count in `bytes`, in part::event_log.
  static constexpr result<event_log> parse(byte_view bytes) noexcept {
    namespace row = first_event_row;
    if (bytes.size() < row::all::size) return failure{errc::truncated, bytes.size(), part::event_log};
    if (row::event_type::read(bytes) != 3) return failure{errc::bad_value, row::event_type::offset, part::event_log};
    if (const auto clean = row::all::check(bytes, part::event_log); !clean) return clean.error();
    if (!equal(row::signature::view(bytes), signature))
      return failure{errc::bad_value, row::signature::offset, part::event_log};
    if (row::spec_version_major::read(bytes) != 2) {
      return failure{errc::unsupported_version, row::spec_version_major::offset, part::event_log};
    }
    event_log out(bytes);
    if (const auto listed = out.read_algorithms(); !listed) return listed.error();
    std::size_t at = out.first_;
    for (;; ++out.count_) {
      const auto found = out.event_at(at);
      if (!found) return found.error();
      if (!*found) break;
      at += (*found)->size;
    }
    out.end_offset_ = at;
    const std::size_t left = bytes.size() - at;
    out.end_ = left == 0 ? log_end::buffer : bytes[at] == 0 ? log_end::zeros : log_end::ones;
    return out;
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

  // size is the number of events behind the first one, and end_offset where they end.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return count_; }
  [[nodiscard]] constexpr std::size_t end_offset() const noexcept { return end_offset_; }
  [[nodiscard]] constexpr log_end end() const noexcept { return end_; }

  [[nodiscard]] constexpr byte_view vendor_info() const noexcept { return vendor_info_; }

  // lists says whether events may have a digest of that algorithm.
  [[nodiscard]] constexpr bool lists(digest_algorithm algorithm) const noexcept {
    return position(algorithm) < algorithms_;
  }

  // for_each_field calls f(Row{}, value) for every row of the first event before its list of algorithms, in order.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    first_event_row::all::visit(bytes_, f);
  }

  // for_each_algorithm calls f(algorithm, size of its digests in bytes) in the order of the list.
  template <class F>
  constexpr void for_each_algorithm(F&& f) const {
    for (std::size_t i = 0; i < algorithms_; ++i) f(algorithm(i), *digest_size(algorithm(i)));
  }

  // for_each_event calls f(event) for every event behind the first one, in order.
  template <class F>
  constexpr void for_each_event(F&& f) const {
    std::size_t at = first_;
    for (std::size_t i = 0; i < count_; ++i) {
      const event found = **event_at(at);
      f(found);
      at += found.size;
    }
  }

 private:
  static constexpr std::array<std::uint8_t, 16> signature{'S', 'p', 'e', 'c', ' ', 'I', 'D', ' ',
                                                          'E', 'v', 'e', 'n', 't', '0', '3', 0};
  static constexpr std::size_t algorithm_size = 4;  // number and digest size, 16 bits each

  constexpr explicit event_log(byte_view bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr std::size_t algorithm_offset(std::size_t i) const noexcept {
    return first_event_row::all::size + i * algorithm_size;
  }
  [[nodiscard]] constexpr digest_algorithm algorithm(std::size_t i) const noexcept {
    return digest_algorithm{load_le<std::uint16_t>(bytes_.subspan(algorithm_offset(i)).first<2>())};
  }
  // position is where the list has the algorithm, or algorithms_.
  [[nodiscard]] constexpr std::size_t position(digest_algorithm wanted) const noexcept {
    std::size_t i = 0;
    while (i < algorithms_ && algorithm(i) != wanted) ++i;
    return i;
  }

  // read_algorithms reads the end of the first event: the list, and the vendor's bytes.
  constexpr result<void> read_algorithms() noexcept {
    namespace row = first_event_row;
    const std::uint32_t count = row::number_of_algorithms::read(bytes_);
    if (count == 0 || count > max_algorithms)
      return failure{errc::bad_value, row::number_of_algorithms::offset, part::event_log};
    if (bytes_.size() < algorithm_offset(count) + 1) return failure{errc::truncated, bytes_.size(), part::event_log};
    for (; algorithms_ < count; ++algorithms_) {
      const std::size_t at = algorithm_offset(algorithms_);
      const auto size = digest_size(algorithm(algorithms_));
      if (!size) return failure{errc::unsupported_algorithm, at, part::event_log};
      if (load_le<std::uint16_t>(bytes_.subspan(at + 2).first<2>()) != *size)
        return failure{errc::bad_value, at + 2, part::event_log};
      if (lists(algorithm(algorithms_))) return failure{errc::duplicate, at, part::event_log};
    }
    const std::size_t vendor = algorithm_offset(count);
    first_ = vendor + 1 + bytes_[vendor];
    if (row::event_size::read(bytes_) != first_ - row::signature::offset) {
      return failure{errc::bad_length, row::event_size::offset, part::event_log};
    }
    if (bytes_.size() < first_) return failure{errc::truncated, bytes_.size(), part::event_log};
    vendor_info_ = bytes_.subspan(vendor + 1, bytes_[vendor]);
    return {};
  }

  // event_at is the event at an offset, or nothing where the log ends.
  [[nodiscard]] constexpr result<std::optional<event>> event_at(std::size_t offset) const noexcept {
    reader from(bytes_.subspan(offset), part::event_log, offset);
    if (from.at_end()) return std::optional<event>();
    const auto index = from.le<std::uint32_t>();
    if (!index) return index.error();
    const auto type = from.le<std::uint32_t>();
    if (!type) return type.error();
    if (*index == 0xFFFFFFFF && *type == 0xFFFFFFFF) return std::optional<event>();
    const std::size_t count_offset = from.offset();
    const auto count = from.le<std::uint32_t>();
    if (!count) return count.error();
    if (*index == 0 && *type == 0 && *count == 0) return std::optional<event>();
    if (*count == 0 || *count > algorithms_) return failure{errc::bad_value, count_offset, part::event_log};

    event out{offset, *index, event_type{*type}, *count, {}, {}, 0};
    const std::size_t digests = from.offset();
    std::uint32_t seen = 0;
    for (std::uint32_t i = 0; i < *count; ++i) {
      const std::size_t at = from.offset();
      const auto number = from.le<std::uint16_t>();
      if (!number) return number.error();
      const std::size_t listed = position(digest_algorithm{*number});
      if (listed == algorithms_) return failure{errc::unsupported_algorithm, at, part::event_log};
      if ((seen >> listed & 1) != 0) return failure{errc::duplicate, at, part::event_log};
      seen |= std::uint32_t{1} << listed;
      if (const auto digest = from.take(*digest_size(digest_algorithm{*number})); !digest) return digest.error();
    }
    out.digests = bytes_.subspan(digests, from.offset() - digests);
    const auto size = from.le<std::uint32_t>();
    if (!size) return size.error();
    const auto data = from.take(*size);
    if (!data) return data.error();
    out.data = *data;
    out.size = from.offset() - offset;
    return std::optional(out);
  }

  byte_view bytes_;
  byte_view vendor_info_;
  std::size_t algorithms_ = 0;
  std::size_t first_ = 0;  // where the second event begins
  std::size_t count_ = 0;
  std::size_t end_offset_ = 0;
  log_end end_ = log_end::buffer;
};

}  // namespace unitee::inline v0::eventlog
