// SPDX-License-Identifier: Apache-2.0
//
// unitee/vtpm/tpm_quote.hpp: what a TPM signs when it quotes its PCRs.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/reader.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::vtpm {

namespace detail {

// be is the next big-endian unsigned integer.
template <class T>
constexpr result<T> be(reader& from) noexcept {
  const auto bytes = from.take(sizeof(T));
  if (!bytes) return bytes.error();
  return load_be<T>(bytes->template first<sizeof(T)>());
}

}  // namespace detail

// pcr_hash is the TCG's number of the hash that a bank of PCRs is kept with (TCG Algorithm Registry, TPM_ALG_ID).
enum class pcr_hash : std::uint16_t {
  sha1 = 0x0004,
  sha256 = 0x000B,
  sha384 = 0x000C,
  sha512 = 0x000D
};

// name is the hash in the spelling of pcr_hash, or nullptr for a number that this library does not know.
constexpr const char* name(pcr_hash hash) noexcept {
  switch (hash) {
    case pcr_hash::sha1: return "sha1";
    case pcr_hash::sha256: return "sha256";
    case pcr_hash::sha384: return "sha384";
    case pcr_hash::sha512: return "sha512";
  }
  return nullptr;
}

// pcr_selection says which PCRs of one bank a quote covers (TPMS_PCR_SELECTION; TPM 2.0 Library, Part 2, 10.6.2).
struct pcr_selection {
  std::size_t offset;  // where it begins in the quote
  pcr_hash hash;
  byte_view select;  // 3 or 4 bytes: PCR n is bit n % 8, from the lowest, of byte n / 8

  [[nodiscard]] constexpr bool has(std::size_t pcr) const noexcept {
    return pcr / 8 < select.size() && (select[pcr / 8] >> pcr % 8 & 1) != 0;
  }
};

// tpm_quote refers to a TPMS_ATTEST of type TPM_ST_ATTEST_QUOTE (Part 2, 10.12), which the caller keeps alive. Whether
// a TPM made it, its signature says: check_quote.
class tpm_quote {
 public:
  static constexpr std::size_t max_banks = 8;

  // parse accepts exactly one quote of banks with SHA-1, SHA-256, SHA-384 or SHA-512, each named once. Failures are in
  // part::tpm_quote: errc::truncated, errc::trailing_data; errc::bad_value at another magic number, a `safe` other than
  // 0 and 1, or more than 8 banks; errc::unsupported_format at the type of another statement;
  // errc::unsupported_algorithm or errc::duplicate at a bank's hash; errc::bad_length at a length that TPMs do not
  // have: a name or extra data above 66 bytes, a selection that is not of 3 or 4 bytes, a digest of no known hash.
  static constexpr result<tpm_quote> parse(byte_view bytes) noexcept {
    reader from(bytes, part::tpm_quote);
    tpm_quote out(bytes);
    const auto magic = detail::be<std::uint32_t>(from);
    if (!magic) return magic.error();
    if (*magic != tpm_generated) return at(errc::bad_value, 0);
    const auto type = detail::be<std::uint16_t>(from);
    if (!type) return type.error();
    if (*type != attest_quote) return at(errc::unsupported_format, sizeof *magic);
    if (const auto done = sized(from, out.qualified_signer_, fits_name); !done) return done.error();
    if (const auto done = sized(from, out.extra_data_, fits_name); !done) return done.error();

    const auto clock_info = from.take(clock_info_size);
    if (!clock_info) return clock_info.error();
    out.clock_info_ = *clock_info;
    if (out.clock_info_[16] > 1) return at(errc::bad_value, out.clock_offset() + 16);

    const std::size_t count_offset = from.offset();
    const auto count = detail::be<std::uint32_t>(from);
    if (!count) return count.error();
    if (*count > max_banks) return at(errc::bad_value, count_offset);
    out.banks_offset_ = from.offset();
    for (; out.banks_ < *count; ++out.banks_) {
      const std::size_t start = from.offset();
      const auto bank = selection(from);
      if (!bank) return bank.error();
      if (out.bank(bank->hash)) return at(errc::duplicate, start);
    }
    if (const auto done = sized(from, out.pcr_digest_, fits_digest); !done) return done.error();
    if (const auto end = from.finish(); !end) return end.error();
    return out;
  }

  // bytes gives back what parse was given: what the signature is over.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr std::uint32_t magic() const noexcept { return tpm_generated; }
  [[nodiscard]] constexpr std::uint16_t type() const noexcept { return attest_quote; }

  // qualified_signer is a name of the signing key and of what is above it: the number of a hash, then a digest.
  [[nodiscard]] constexpr byte_view qualified_signer() const noexcept { return qualified_signer_; }

  // extra_data is what the requester gave: a nonce, where freshness is wanted.
  [[nodiscard]] constexpr byte_view extra_data() const noexcept { return extra_data_; }

  // clock is in milliseconds, since the TPM was last cleared, while it had power.
  [[nodiscard]] constexpr std::uint64_t clock() const noexcept {
    return load_be<std::uint64_t>(clock_info_.subspan<0, 8>());
  }
  [[nodiscard]] constexpr std::uint32_t reset_count() const noexcept {
    return load_be<std::uint32_t>(clock_info_.subspan<8, 4>());
  }
  [[nodiscard]] constexpr std::uint32_t restart_count() const noexcept {
    return load_be<std::uint32_t>(clock_info_.subspan<12, 4>());
  }
  // safe says that the TPM has never reported a higher clock since it was last cleared.
  [[nodiscard]] constexpr bool safe() const noexcept { return clock_info_[16] == 1; }
  [[nodiscard]] constexpr std::uint64_t firmware_version() const noexcept {
    return load_be<std::uint64_t>(clock_info_.subspan<17, 8>());
  }

  // bank is what is selected of the bank with that hash, or nothing where the quote does not name it.
  [[nodiscard]] constexpr std::optional<pcr_selection> bank(pcr_hash hash) const noexcept {
    reader from(bytes_.subspan(banks_offset_), part::tpm_quote, banks_offset_);
    for (std::size_t i = 0; i < banks_; ++i) {
      const pcr_selection each = *selection(from);
      if (each.hash == hash) return each;
    }
    return std::nullopt;
  }

  // for_each_bank calls f(pcr_selection) in the order in which the PCRs are hashed. A bank may select no PCR.
  template <class F>
  constexpr void for_each_bank(F&& f) const {
    reader from(bytes_.subspan(banks_offset_), part::tpm_quote, banks_offset_);
    for (std::size_t i = 0; i < banks_; ++i) f(*selection(from));
  }

  // pcr_digest is over the selected PCRs, one behind the other, by the hash of the signature scheme.
  [[nodiscard]] constexpr byte_view pcr_digest() const noexcept { return pcr_digest_; }

  // offset_of is where a view that this quote gave stands in it.
  [[nodiscard]] constexpr std::size_t offset_of(byte_view part_of_it) const noexcept {
    return static_cast<std::size_t>(part_of_it.data() - bytes_.data());
  }
  // clock_offset is where the clock stands: reset_count 8 bytes behind it, restart_count 12, safe 16, firmware_version
  // 17.
  [[nodiscard]] constexpr std::size_t clock_offset() const noexcept { return offset_of(clock_info_); }

 private:
  static constexpr std::uint32_t tpm_generated = 0xFF544347;
  static constexpr std::uint16_t attest_quote = 0x8018;
  static constexpr std::size_t clock_info_size = 25;  // TPMS_CLOCK_INFO, and the firmware version

  constexpr explicit tpm_quote(byte_view bytes) noexcept : bytes_(bytes) {}

  static constexpr failure at(errc code, std::size_t offset) noexcept { return {code, offset, part::tpm_quote}; }

  // fits_name is what a name and extra data may be long: a hash's number and a digest at most (TPMT_HA).
  static constexpr bool fits_name(std::size_t size) noexcept { return size <= 66; }
  static constexpr bool fits_digest(std::size_t size) noexcept {
    return size == 20 || size == 32 || size == 48 || size == 64;
  }

  // sized reads a length of 16 bits and as many bytes.
  static constexpr result<void> sized(reader& from, byte_view& out, bool (*fits)(std::size_t)) noexcept {
    const std::size_t start = from.offset();
    const auto size = detail::be<std::uint16_t>(from);
    if (!size) return size.error();
    if (!fits(*size)) return at(errc::bad_length, start);
    const auto bytes = from.take(*size);
    if (!bytes) return bytes.error();
    out = *bytes;
    return {};
  }

  static constexpr result<pcr_selection> selection(reader& from) noexcept {
    const std::size_t start = from.offset();
    const auto number = detail::be<std::uint16_t>(from);
    if (!number) return number.error();
    const pcr_hash hash{*number};
    if (name(hash) == nullptr) return at(errc::unsupported_algorithm, start);
    const auto size = detail::be<std::uint8_t>(from);
    if (!size) return size.error();
    if (*size != 3 && *size != 4) return at(errc::bad_length, start + sizeof *number);
    const auto select = from.take(*size);
    if (!select) return select.error();
    return pcr_selection{start, hash, *select};
  }

  byte_view bytes_;
  byte_view qualified_signer_;
  byte_view extra_data_;
  byte_view clock_info_;
  byte_view pcr_digest_;
  std::size_t banks_offset_ = 0;
  std::size_t banks_ = 0;
};

}  // namespace unitee::inline v0::vtpm
