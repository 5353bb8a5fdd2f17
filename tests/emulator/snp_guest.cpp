// SPDX-License-Identifier: Apache-2.0

#include "snp_guest.hpp"

#include "stored.hpp"

#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/guest/simulated_authority.hpp>
#include <unitee/guest/simulated_image.hpp>
#include <unitee/guest/simulated_store.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/certificate_table.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator {

namespace {

using unitee::guest::insecure_simulated_platform;
using unitee::guest::simulated_store;
namespace snp = unitee::snp;

constexpr snp::tcb_parts levels{.boot_loader = 4, .snp = 24, .microcode = 219};

// vlek_certificate is AMD's form of a VLEK, for the platform's TCB (KDS specification, VLEK extensions).
unitee::result<unitee::certificate> vlek_certificate(const insecure_simulated_platform& of,
                                                     const unitee::signing_key& key) {
  using namespace unitee::guest::detail;  // what AMD's certificates look like
  const auto& own = of.get();
  const snp::product& p = of.product();
  const auto der_of = [&](snp::tcb_component which) { return der_integer(spl(own.tcb, which, p.layout).value_or(0)); };
  const std::pair<const char*, octets> values[] = {{"1.3.6.1.4.1.3704.1.1", der_integer(p.struct_version)},
                                                   {"1.3.6.1.4.1.3704.1.2", der_text(p.name)},
                                                   {"1.3.6.1.4.1.3704.1.3.1", der_of(snp::tcb_component::boot_loader)},
                                                   {"1.3.6.1.4.1.3704.1.3.2", der_of(snp::tcb_component::tee)},
                                                   {"1.3.6.1.4.1.3704.1.3.3", der_of(snp::tcb_component::snp)},
                                                   {"1.3.6.1.4.1.3704.1.3.4", der_integer(0)},
                                                   {"1.3.6.1.4.1.3704.1.3.5", der_integer(0)},
                                                   {"1.3.6.1.4.1.3704.1.3.6", der_integer(0)},
                                                   {"1.3.6.1.4.1.3704.1.3.7", der_integer(0)},
                                                   {"1.3.6.1.4.1.3704.1.3.8", der_of(snp::tcb_component::microcode)},
                                                   {"1.3.6.1.4.1.3704.1.5", der_text("CN=emulated.example")}};
  std::vector<unitee::raw_extension> extensions;
  for (const auto& [oid, value] : values) extensions.push_back({oid, value});
  const simulated_name subject("SEV-VLEK");
  const simulated_name issuer("SEV-VLEK-", p.name);
  const auto subject_parts = subject.parts();
  const auto issuer_parts = issuer.parts();
  const std::array<std::uint8_t, 1> serial{0};
  const std::int64_t begin = now().seconds - 86400;
  unitee::certificate_request request{
      .subject = subject_parts, .serial = serial, .not_before = {begin}, .not_after = {begin + simulated_year}};
  request.extensions = extensions;
  return unitee::issue_certificate(request, key, {.name = issuer_parts, .key = own.ask_key});
}

// at_tcb is the chip with other firmware, and with a VCEK for that.
unitee::result<insecure_simulated_platform> at_tcb(const insecure_simulated_platform& chip,
                                                   const snp::tcb_version& tcb) {
  const auto& own = chip.get();
  auto key = unitee::signing_key::generate_p384();
  if (!key) return key.error();
  const auto vcek = unitee::guest::detail::simulated_vcek(chip.product(), own.chip_id, tcb, *key, own.ask_key, now());
  if (!vcek) return vcek.error();
  auto secret = unitee::secret<32>::made_by(
      [&](unitee::byte_span out) { std::ranges::copy(own.chip_secret.expose(), out.begin()); });
  return insecure_simulated_platform::restore(
      {own.product, tcb, own.chip_id, std::move(secret), own.ark_key, own.ask_key, *key, own.ark, own.ask, *vcek});
}

}  // namespace

std::unique_ptr<snp_guest> snp_guest::start(const stage& as, const std::string& state_directory) {
  auto platform = stored<simulated_store>(state_directory, [](unitee::utc_time at) {
    return insecure_simulated_platform::create(snp::generation::milan, levels, at);
  });
  if (platform && as.chip != 0) {
    const auto& first = *platform;
    auto other = stored<simulated_store>(state_directory + "/chip-" + std::to_string(as.chip),
                                         [&](unitee::utc_time at) { return first.another_chip(levels, at); });
    platform = std::move(other);
  }
  if (platform && as.tcb) platform = at_tcb(*platform, *as.tcb);
  if (!platform) return nullptr;

  std::unique_ptr<snp_guest> out(new snp_guest(std::move(*platform)));
  unitee::guest::simulated_launch launch = as.snp;
  if (as.default_measurement) {
    constexpr std::string_view image = "unitee emulator";
    const auto digest = unitee::sha384({reinterpret_cast<const std::uint8_t*>(image.data()), image.size()});
    if (!digest) return nullptr;
    const auto measured = unitee::guest::simulated_measurement(*digest);
    if (!measured) return nullptr;
    launch.measurement = *measured;
  }
  auto guest = unitee::guest::insecure_simulated_snp::launch(out->platform_, launch);
  if (!guest) return nullptr;
  out->guest_.emplace(std::move(*guest));
  if (as.vlek && !out->load_vlek()) return nullptr;
  return out->make_certificates(as.hands_out) ? std::move(out) : nullptr;
}

std::uint32_t snp_guest::report(const snp::report_data& data, std::uint32_t vmpl, std::uint32_t key_select, octets& out,
                                bool for_svsm) {
  if (vmpl > 3 || (vmpl < guest_->vmpl() && !for_svsm) || key_select > 2) return invalid_parameter;
  if (key_select == 2 && !vlek_) return invalid_key;
  const bool by_vlek = vlek_ && key_select != 1;
  const std::lock_guard lock(mutex_);
  const auto made = guest_->attest(data);
  if (!made) return invalid_parameter;
  out.assign(made->bytes().begin(), made->bytes().end());
  if (!by_vlek && vmpl == guest_->vmpl()) return success;
  snp::row::vmpl::write(out, vmpl);
  return sign(out, by_vlek) ? success : invalid_parameter;
}

std::uint32_t snp_guest::derive(std::span<const std::uint8_t, 32> request, std::optional<unitee::secret<32>>& out,
                                bool& reserved) {
  const auto parsed = snp::key_request::parse_any_binding(request);
  if (!parsed) {
    reserved = parsed.error().code == unitee::errc::reserved_not_zero;
    return invalid_parameter;
  }
  const std::lock_guard lock(mutex_);
  auto key = guest_->derive_key(*parsed);
  if (!key) {
    return key.error().code == unitee::errc::key_denied ? static_cast<std::uint32_t>(key.error().offset)
                                                        : invalid_parameter;
  }
  out.emplace(std::move(*key));
  return success;
}

bool snp_guest::load_vlek() {
  using unitee::guest::detail::simulated_name;
  const auto& own = platform_.get();
  auto key = unitee::signing_key::generate_p384();
  if (!key) return false;
  const std::string_view product = platform_.product().name;
  const simulated_name root("ARK-", product);
  const auto asvk = unitee::guest::detail::simulated_ca(simulated_name("SEV-VLEK-", product), own.ask_key, root,
                                                        own.ark_key, 3, 0, now());
  if (!asvk) return false;
  const auto vlek = vlek_certificate(platform_, *key);
  if (!vlek) return false;
  vlek_.emplace(loaded_vlek{std::move(*key), *vlek, *asvk});
  return true;
}

bool snp_guest::make_certificates(host_certificates which) {
  if (which == host_certificates::none) return true;
  const auto& own = platform_.get();
  struct row {
    unitee::guid id;
    const unitee::certificate* of;
  };
  std::vector<row> rows{vlek_ ? row{snp::table_guid::vlek, &vlek_->vlek} : row{snp::table_guid::vcek, &own.vcek}};
  if (which == host_certificates::full) {
    rows.push_back({snp::table_guid::ask, vlek_ ? &vlek_->asvk : &own.ask});
    rows.push_back({snp::table_guid::ark, &own.ark});
  }
  octets out((rows.size() + 1) * 24);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto der = rows[i].of->der();
    if (!der) return false;
    unitee::writer(unitee::byte_span(out).subspan(i * 24, 24))
        .bytes(rows[i].id.value)
        .le(static_cast<std::uint32_t>(out.size()))
        .le(static_cast<std::uint32_t>(der->size()));
    out.insert(out.end(), der->begin(), der->end());
  }
  out.resize((out.size() + 4095) / 4096 * 4096);
  certificates_ = std::move(out);
  return true;
}

unitee::result<void> snp_guest::sign(octets& report, bool by_vlek) const {
  namespace row = snp::row;
  if (by_vlek) {
    row::chip_id::write(report, snp::chip_id{});
    constexpr auto vlek = static_cast<std::uint32_t>(snp::signing_key_kind::vlek);
    row::key_info::write(report, row::key_info::read(report) | vlek << snp::key_info::signing_key.low);
  }
  const unitee::signing_key& key = by_vlek ? vlek_->key : platform_.get().vcek_key;
  const auto rs = key.sign_p384(unitee::byte_view(report).first(snp::report::signed_size));
  if (!rs) return rs.error();
  snp::signature_number number;  // little-endian, where rs is big-endian
  std::ranges::reverse_copy(std::span(rs->value).first<48>(), number.value.begin());
  row::signature_r::write(report, number);
  std::ranges::reverse_copy(std::span(rs->value).last<48>(), number.value.begin());
  row::signature_s::write(report, number);
  return {};
}

}  // namespace emulator
