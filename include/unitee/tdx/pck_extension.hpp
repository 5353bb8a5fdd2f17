// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/pck_extension.hpp: what a PCK certificate says about its platform.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/der.hpp>
#include <unitee/tdx/fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::tdx {

// pck_extension_oid is the SGX extension of a PCK certificate.
inline constexpr const char* pck_extension_oid = "1.2.840.113741.1.13.1";

using ppid = fixed_bytes<16, struct ppid_tag>;
using pce_id = fixed_bytes<2, struct pce_id_tag>;
using fmspc = fixed_bytes<6, struct fmspc_tag>;
using platform_instance_id = fixed_bytes<16, struct platform_instance_id_tag>;

// sgx_type is how the platform protects memory.
enum class sgx_type : std::uint8_t {
  standard = 0,
  scalable = 1,
  scalable_with_integrity = 2
};

// name is the type as Intel's platform registration spells it.
constexpr const char* name(sgx_type type) noexcept {
  switch (type) {
    case sgx_type::standard: return "Standard";
    case sgx_type::scalable: return "Scalable";
    case sgx_type::scalable_with_integrity: return "ScalableWithIntegrity";
  }
  return "unknown";
}

namespace detail {

inline constexpr std::uint8_t pck_oid[] = {0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01};

// for_each_pair calls read(arc, cursor) for every SEQUENCE {OID, value} of a sequence, where the OID is the
// extension's, then `parent` if there is one, then an arc from 1 to `last`. It is a bit mask of the arcs that were
// there.
template <class Read>
constexpr result<std::uint32_t> for_each_pair(const der_element& sequence, std::optional<std::uint8_t> parent,
                                              unsigned last, const Read& read) noexcept {
  std::uint32_t seen = 0;
  for (der_cursor pairs(sequence); !pairs.at_end();) {
    const auto pair = pairs.next(der_tag::sequence);
    if (!pair) return pair.error();
    der_cursor at(*pair);
    const auto id = at.next(der_tag::object_identifier);
    if (!id) return id.error();
    const std::size_t prefix = sizeof pck_oid + (parent ? 1 : 0);
    const bool ours = id->content.size() == prefix + 1 && equal(id->content.first(sizeof pck_oid), pck_oid) &&
                      (!parent || id->content[sizeof pck_oid] == *parent);
    const unsigned arc = ours ? id->content.back() : 0;
    if (arc < 1 || arc > last) return id->fail(errc::unsupported_format);
    if ((seen >> arc & 1) != 0) return id->fail(errc::duplicate);
    seen |= std::uint32_t{1} << arc;
    if (const result<void> done = read(arc, at); !done) return done.error();
    if (const auto end = at.finish(); !end) return end.error();
  }
  return seen;
}

}  // namespace detail

// platform_configuration is what a multi-package platform says of itself.
struct platform_configuration {
  bool dynamic_platform = false;
  bool cached_keys = false;
  bool smt_enabled = false;

  friend constexpr bool operator==(const platform_configuration&, const platform_configuration&) = default;
};

// pck_extension is the SGX extension (PCK certificate profile, section 1.3.5) as values; all byte strings are in the
// order of the certificate. Nothing in it is believed before the certificate is.
class pck_extension {
 public:
  tdx::ppid ppid;
  std::array<std::uint8_t, 16> tcb_components{};  // SGX TCB component SVN 1 to 16, which TCB levels are compared with
  std::uint16_t pcesvn = 0;
  cpu_svn cpusvn;
  tdx::pce_id pceid;
  tdx::fmspc fmspc;
  tdx::sgx_type sgx_type = tdx::sgx_type::standard;
  std::optional<tdx::platform_instance_id> platform_instance_id;  // these two in certificates by the Platform CA only
  std::optional<platform_configuration> configuration;

  // parse reads the octets of the extension's value, which must be DER and nothing more. The members may come in any
  // order: one that is there twice is errc::duplicate at the second, and one that every PCK certificate has and this
  // one lacks is errc::missing at the sequence it is missing from. An object identifier that is not of the profile is
  // errc::unsupported_format, a value of another size errc::bad_length, a number outside of its range errc::bad_value,
  // and what is no DER errc::bad_encoding, errc::truncated or errc::trailing_data. Offsets count in `octets`.
  static constexpr result<pck_extension> parse(byte_view octets) noexcept {
    detail::der_cursor whole(octets);
    const auto members = whole.next(detail::der_tag::sequence);
    if (!members) return members.error();
    if (const auto end = whole.finish(); !end) return end.error();
    pck_extension out;
    const auto read = [&out](unsigned arc, detail::der_cursor& at) { return out.read_member(arc, at); };
    const auto seen = detail::for_each_pair(*members, {}, 7, read);
    if (!seen) return seen.error();
    if ((*seen & 0b0111110) != 0b0111110) return members->fail(errc::missing);
    return out;
  }

  friend constexpr bool operator==(const pck_extension&, const pck_extension&) = default;

 private:
  template <class Fixed>
  static constexpr result<void> read_octets(detail::der_cursor& at, Fixed& to) noexcept {
    const auto value = at.next(detail::der_tag::octet_string);
    if (!value) return value.error();
    if (value->content.size() != to.size()) return value->fail(errc::bad_length);
    unitee::detail::copy_bytes(value->content, to.value);
    return {};
  }

  template <class Integer>
  static constexpr result<void> read_number(detail::der_cursor& at, detail::der_tag tag, std::uint16_t max,
                                            Integer& to) noexcept {
    const auto value = at.next(tag);
    if (!value) return value.error();
    const auto number = detail::der_unsigned(*value);
    if (!number) return number.error();
    if (*number > max) return value->fail(errc::bad_value);
    to = static_cast<Integer>(*number);
    return {};
  }

  static constexpr result<void> read_flag(detail::der_cursor& at, bool& to) noexcept {
    const auto value = at.next(detail::der_tag::boolean);
    if (!value) return value.error();
    if (value->content.size() != 1) return value->fail(errc::bad_encoding);
    if (value->content[0] != 0 && value->content[0] != 0xFF) return value->fail(errc::bad_encoding);
    to = value->content[0] != 0;
    return {};
  }

  constexpr result<void> read_member(unsigned arc, detail::der_cursor& at) noexcept {
    switch (arc) {
      case 1: return read_octets(at, ppid);
      case 2: return read_tcb(at);
      case 3: return read_octets(at, pceid);
      case 4: return read_octets(at, fmspc);
      case 5: return read_number(at, detail::der_tag::enumerated, 2, sgx_type);
      case 6: return read_octets(at, platform_instance_id.emplace());
      default: return read_configuration(at);
    }
  }

  constexpr result<void> read_tcb(detail::der_cursor& at) noexcept {
    const auto tcb = at.next(detail::der_tag::sequence);
    if (!tcb) return tcb.error();
    const auto seen =
        detail::for_each_pair(*tcb, 2, 18, [this](unsigned arc, detail::der_cursor& value) -> result<void> {
          if (arc == 18) return read_octets(value, cpusvn);
          if (arc == 17) return read_number(value, detail::der_tag::integer, 0xFFFF, pcesvn);
          return read_number(value, detail::der_tag::integer, 0xFF, tcb_components[arc - 1]);
        });
    if (!seen) return seen.error();
    if (*seen != 0x7FFFE) return tcb->fail(errc::missing);
    return {};
  }

  constexpr result<void> read_configuration(detail::der_cursor& at) noexcept {
    const auto members = at.next(detail::der_tag::sequence);
    if (!members) return members.error();
    platform_configuration& out = configuration.emplace();
    const auto seen = detail::for_each_pair(*members, 7, 3, [&out](unsigned arc, detail::der_cursor& value) {
      return read_flag(value, arc == 1 ? out.dynamic_platform : arc == 2 ? out.cached_keys : out.smt_enabled);
    });
    if (!seen) return seen.error();
    if (*seen != 0b1110) return members->fail(errc::missing);
    return {};
  }
};

}  // namespace unitee::inline v0::tdx
