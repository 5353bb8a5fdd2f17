// SPDX-License-Identifier: Apache-2.0
//
// A certificate that parses as a VEK is what its kind and product say: the length of the chip's id, a provider with a
// name, no patch level outside of its product's TCB; and it reads the same again.
#include <unitee/verify/vek.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const auto from = certificate::from_der({data, size});
  if (!from) return 0;
  const auto parsed = snp::vek::parse(*from);
  if (!parsed) return parsed.error().in != part::vek || parsed.error().offset != 0 ? (__builtin_trap(), 0) : 0;
  const snp::product& product = snp::product_of(parsed->product_id());
  const bool vlek = parsed->kind() == snp::signing_key_kind::vlek;
  if (!product.verifiable || !snp::reserved_are_zero(parsed->tcb(), product.layout)) __builtin_trap();
  if ((parsed->as_vlek() != nullptr) != vlek || (parsed->as_vcek() != nullptr) == vlek) __builtin_trap();
  if (*from->subject_common_name() != parsed->names().vek) __builtin_trap();
  if (*from->issuer_common_name() != parsed->names().intermediate) __builtin_trap();
  // What is read lies in the certificate that the VEK keeps.
  const auto inside = [&](const void* at, std::size_t length) {
    const auto octets = parsed->cert().extension(vlek ? "1.3.6.1.4.1.3704.1.5" : "1.3.6.1.4.1.3704.1.4");
    const auto* begin = static_cast<const std::uint8_t*>(at);
    return octets && begin >= octets->data() && begin + length == octets->data() + octets->size();
  };
  if (const auto* one = parsed->as_vcek()) {
    if (one->hwid().size() != product.chip_id_size) __builtin_trap();
    if (!inside(one->hwid().data(), one->hwid().size())) __builtin_trap();
  }
  if (const auto* one = parsed->as_vlek()) {
    if (one->csp_id().empty() || one->csp_id().size() > 125) __builtin_trap();
    if (!inside(one->csp_id().data(), one->csp_id().size())) __builtin_trap();
  }
  const auto again = snp::vek::parse(parsed->cert());
  if (!again || again->tcb() != parsed->tcb() || again->product_id() != parsed->product_id()) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
