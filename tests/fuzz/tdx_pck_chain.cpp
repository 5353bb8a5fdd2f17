// SPDX-License-Identifier: Apache-2.0
//
// Certification data and certificates beside them are refused, or make chains of the three roles, which come out the
// same whatever order the certificates stand in; and none of them is Intel's unless its root is. The input is a type,
// two bytes of size, certification data of that size, and the certificates.
#include <unitee/json/collateral.hpp>
#include <unitee/verify/pck_chain.hpp>
#include <unitee/verify/verified_pck.hpp>

#include "reached.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace unitee;

constexpr std::size_t offset = 1000;  // of the certification data in a quote
constexpr utc_time now{1772323200};   // 2026-03-01

void require(bool so) {
  if (!so) __builtin_trap();
}

bool same(const tdx::pck_chain& a, const tdx::pck_chain& b) {
  return a.pck.cert() == b.pck.cert() && a.pck.extension() == b.pck.extension() && a.intermediate == b.intermediate &&
         a.root == b.root;
}

void check_order(const tdx::pck_chain& chain) {
  std::vector<std::uint8_t> der;
  for (const certificate* each : {&chain.root, &chain.pck.cert(), &chain.intermediate}) {
    const auto one = each->der();
    require(one.has_value());
    der.insert(der.end(), one->begin(), one->end());
  }
  const auto again =
      tdx::pck_chains({tdx::certification_data_type::pck_certificate_chain, der}, endorsements(), trust_anchors());
  require(again && again->size() == 1 && same(again->front(), chain));
}

void check_trust(const tdx::pck_chain& chain) {
  const trust_anchors nobody;
  const bool is_intels = nobody.origin_of(chain.root, tdx::intel_root_pin).has_value();
  const auto without = tdx::verify_pck_chain(chain, now, nobody);
  require(is_intels || !without);
  trust_anchors anchors;
  anchors.add(chain.root);
  const auto with = tdx::verify_pck_chain(chain, now, anchors);
  require(!without || with);
  if (with) {
    require(with->not_before <= now && now <= with->not_after && chain.pck.cert().is_issued_by(chain.intermediate));
    require(chain.intermediate.is_issued_by(chain.root) && chain.root.is_issued_by(chain.root));
  } else {
    const part in = with.error().in;
    require(in == part::pck || in == part::intermediate || in == part::root);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const byte_view rest = byte_view(data, size).subspan(3);
  const byte_view bytes = rest.first(std::min<std::size_t>(data[1] + data[2] * 256UL, rest.size()));
  endorsements given;
  (void)add_endorsements(given, rest.subspan(bytes.size()));
  const tdx::certification_data from(static_cast<tdx::certification_data_type>(1 + (data[0] + 4) % 5), bytes, offset);
  const bool is_whole = from.type() == tdx::certification_data_type::pck_certificate_chain;

  const auto chains = tdx::pck_chains(from, given, {});
  if (chains) {
    require(!chains->empty() && chains->size() <= (is_whole ? 1 : tdx::chain_attempts_max));
    for (const tdx::pck_chain& each : *chains) {
      require(tdx::is_named(each.pck.cert(), tdx::pck_name) && tdx::is_pck_ca(each.intermediate) &&
              tdx::is_named(each.root, tdx::root_name));
      const auto wanted = from.pck_id();
      require(!wanted || each.pck.matches(*wanted));
      check_order(each);
      check_trust(each);
    }
    unitee::fuzz::reached();
  } else {
    const failure why = chains.error();
    const bool in_quote = why.in == part::quote && why.offset >= offset && why.offset <= offset + bytes.size();
    require(in_quote || why.in == part::pck || why.in == part::intermediate || why.in == part::root);
  }
  require(ERR_peek_error() == 0);
  return 0;
}
