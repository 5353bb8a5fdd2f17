// SPDX-License-Identifier: Apache-2.0
//
// inspect_extensions.cpp: the extensions by which AMD and Intel say which chip a certificate belongs to.

#include "inspect_x509.hpp"

#include <unitee/tdx/pck_extension.hpp>
#include <unitee/verify/vek.hpp>

namespace command::inspection {

namespace tdx = unitee::tdx;

namespace {

// amd_extension is one of AMD's extensions, 1.3.6.1.4.1.3704.1.<suffix>.
struct amd_extension {
  const char* suffix;
  const char* name;
  enum class kind {
    number,
    text,
    hwid
  } is;
};

constexpr amd_extension amd_extensions[] = {{"1", "struct_version", amd_extension::kind::number},
                                            {"2", "product_name", amd_extension::kind::text},
                                            {"3.1", "bl_spl", amd_extension::kind::number},
                                            {"3.2", "tee_spl", amd_extension::kind::number},
                                            {"3.3", "snp_spl", amd_extension::kind::number},
                                            {"3.4", "spl_4", amd_extension::kind::number},
                                            {"3.5", "spl_5", amd_extension::kind::number},
                                            {"3.6", "spl_6", amd_extension::kind::number},
                                            {"3.7", "spl_7", amd_extension::kind::number},
                                            {"3.8", "ucode_spl", amd_extension::kind::number},
                                            {"3.9", "fmc_spl", amd_extension::kind::number},
                                            {"4", "hwid", amd_extension::kind::hwid},
                                            {"5", "csp_id", amd_extension::kind::text}};

cell amd_value(const amd_extension& which, unitee::byte_view octets) {
  namespace amd = unitee::snp::detail;
  switch (which.is) {
    case amd_extension::kind::number:
      if (const auto number = amd::der_octet(octets)) return std::uint64_t{*number};
      break;
    case amd_extension::kind::text:
      if (const auto text = amd::der_ia5(octets)) return std::string(*text);
      break;
    case amd_extension::kind::hwid:
      if (const auto id = amd::hw_id(octets)) return bytes_of(*id);
      break;
  }
  return {};
}

const char* name_of(tdx::sgx_type type) {
  switch (type) {
    case tdx::sgx_type::standard: return "standard";
    case tdx::sgx_type::scalable: return "scalable";
    case tdx::sgx_type::scalable_with_integrity: return "scalable with integrity";
  }
  return "unknown";
}

}  // namespace

void put_amd(sheet& to, const unitee::certificate& from) {
  sheet out("extensions 1.3.6.1.4.1.3704.1");
  bool any = false;
  for (const amd_extension& each : amd_extensions) {
    const std::string oid = std::string("1.3.6.1.4.1.3704.1.") + each.suffix;
    const auto octets = from.extension(oid.c_str());
    any = any || octets || octets.error().code != unitee::errc::missing;
    const cell value = octets ? amd_value(each, *octets) : cell();
    out.put(each.name, value, {}, value.index() == 0 && octets ? "- (does not decode: " + hex(*octets) + ")" : "");
  }
  if (!any) return;
  if (const auto vek = unitee::snp::vek::parse(from)) {
    out.put("product", std::string(unitee::snp::product_of(vek->product_id()).name));
    out.put("tcb", bytes_of(vek->tcb().value), {}, hex(vek->tcb().view()));
  }
  to.put_section("amd", std::move(out));
}

void put_sgx(sheet& to, const unitee::certificate& from) {
  const auto octets = from.extension(tdx::pck_extension_oid);
  if (!octets) return;
  sheet out(fmt::format("extension {}", tdx::pck_extension_oid));
  const auto sgx = tdx::pck_extension::parse(*octets);
  if (!sgx) {
    put_error(out, sgx.error());
    to.put_section("sgx", std::move(out));
    return;
  }
  out.put("ppid", bytes_of(sgx->ppid.value));
  out.put("tcb_components", json_text{fmt::format("[{}]", fmt::join(sgx->tcb_components, ","))}, {},
          fmt::format("{}", fmt::join(sgx->tcb_components, " ")));
  out.put("pcesvn", std::uint64_t{sgx->pcesvn});
  out.put("cpusvn", bytes_of(sgx->cpusvn.value));
  out.put("pceid", bytes_of(sgx->pceid.value));
  out.put("fmspc", bytes_of(sgx->fmspc.value));
  const auto type = static_cast<unsigned>(sgx->sgx_type);
  out.put("sgx_type", std::uint64_t{type}, {}, fmt::format("{} ({})", type, name_of(sgx->sgx_type)));
  const char* const lacks = "- (in certificates by the Platform CA only)";
  out.put("platform_instance_id", sgx->platform_instance_id ? bytes_of(sgx->platform_instance_id->value) : cell(), {},
          sgx->platform_instance_id ? "" : lacks);
  if (const auto& configuration = sgx->configuration) {
    out.put_cells("configuration", {{"dynamic_platform", configuration->dynamic_platform},
                                    {"cached_keys", configuration->cached_keys},
                                    {"smt_enabled", configuration->smt_enabled}});
  } else {
    out.put("configuration", {}, {}, lacks);
  }
  to.put_section("sgx", std::move(out));
}

}  // namespace command::inspection
