// SPDX-License-Identifier: Apache-2.0
//
// inspect_tdx.cpp: what Intel knows: quotes and TD reports.

#include "inspect.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/td_report.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace command::inspection {

namespace tdx = unitee::tdx;

namespace {

// put_td_field adds a row of a TD report or of a quote's body; the two layouts have their own rows of the same names.
template <class Row>
void put_td_field(sheet& to, Row row, const auto& value, std::size_t base) {
  using namespace tdx;
  if constexpr (std::is_same_v<Row, td_body_row::tdattributes> || std::is_same_v<Row, td_report_row::tdattributes>) {
    to.put_mask(row, td_attributes{value}, base);
  } else if constexpr (std::is_same_v<Row, td_body_row::xfam> || std::is_same_v<Row, td_report_row::xfam>) {
    to.put_mask(row, td_xfam{value}, base);
  } else if constexpr (std::is_same_v<Row, td_report_row::valid>) {
    to.put(Row::name, std::uint64_t{value}, base + Row::offset, sheet::hexadecimal(value));
  } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, tcb_svn>) {
    to.put(Row::name, bytes(value.value.begin(), value.value.end()), base + Row::offset, hex(value.view()));
    to.put_cells(std::string(Row::name) + "_parts", {{"module_svn", std::uint64_t{value.value[0]}},
                                                     {"module_version", std::uint64_t{value.value[1]}},
                                                     {"microcode_svn", std::uint64_t{value.value[2]}}});
  } else {
    to.put_field(row, value, base);
  }
}

// put_missing adds null for the rows of a longer version of a structure that this one does not have.
template <class Table>
void put_missing(sheet& to, unitee::byte_view longest, std::size_t size) {
  Table::visit(longest, [&](auto row, const auto&) {
    if (row.offset >= size) to.put(row.name, {}, {}, "- (this version does not say)");
  });
}

sheet enclave_sheet(const tdx::enclave_report& report, std::size_t base) {
  sheet out("SGX enclave report");
  report.for_each_field([&]<class Row>(Row row, const auto& value) {
    out.put_field(row, value, base);
    if constexpr (std::is_same_v<Row, tdx::enclave_row::attributes>) out.put_bits("attributes_flags", report.flags());
  });
  return out;
}

sheet td_body_sheet(const tdx::td_report_body& body, std::size_t base) {
  sheet out(body.is_1_5_extended() ? "TD report 1.5 extended" : body.is_1_5() ? "TD report 1.5" : "TD report 1.0");
  body.for_each_field([&](auto row, const auto& value) { put_td_field(out, row, value, base); });
  constexpr std::array<std::uint8_t, tdx::td_report_body::size_max> none{};
  put_missing<tdx::td_body_row::version_1_5_extended>(out, none, body.bytes().size());
  return out;
}

sheet header_sheet(const tdx::quote& quote) {
  sheet out;
  const bool v3 = quote.version() == tdx::quote_version::v3;
  const auto put = [&]<class Row>(Row row, const auto& value) {
    if constexpr (std::is_same_v<Row, tdx::quote_header_row::tee_type>) {
      out.put(Row::name, std::uint64_t{value}, Row::offset, value == 0 ? "0 (SGX)" : "0x81 (TDX)");
    } else {
      out.put_field(row, value);
    }
  };
  if (v3) {
    tdx::quote_header_row::version_3::visit(quote.bytes(), put);
  } else {
    tdx::quote_header_row::version_4::visit(quote.bytes(), put);
    out.put(tdx::quote_header_row::qe_svn::name, {}, {}, "- (in version 3 only)");
    out.put(tdx::quote_header_row::pce_svn::name, {}, {}, "- (in version 3 only)");
  }
  return out;
}

const char* name_of(tdx::certification_data_type type) {
  switch (type) {
    case tdx::certification_data_type::ppid_cleartext: return "PPID in clear";
    case tdx::certification_data_type::ppid_rsa_2048: return "PPID, RSA-2048";
    case tdx::certification_data_type::ppid_rsa_3072: return "PPID, RSA-3072";
    case tdx::certification_data_type::pck_leaf_certificate: return "PCK certificate";
    case tdx::certification_data_type::pck_certificate_chain: return "PCK certificate chain";
    case tdx::certification_data_type::qe_report: return "QE report";
    case tdx::certification_data_type::platform_manifest: return "platform manifest";
  }
  return "unknown";
}

sheet certification_sheet(const tdx::certification_data& data) {
  sheet out(name_of(data.type()));
  out.put("type", std::uint64_t{static_cast<std::uint16_t>(data.type())},
          data.offset() - tdx::qe_row::certification_data::size);
  out.put("size", std::uint64_t{data.bytes().size()},
          data.offset() - tdx::qe_row::certification_data::size + tdx::qe_row::size::offset);
  out.put("data", bytes(data.bytes().begin(), data.bytes().end()), data.offset());
  if (static_cast<std::uint16_t>(data.type()) >= 4) {
    put_certificates(out, data.bytes());
    return out;
  }
  const auto id = data.pck_id();
  if (!id) {
    put_error(out, id.error());
    return out;
  }
  out.put("ppid", bytes(id->ppid.begin(), id->ppid.end()), data.offset());
  out.put("cpusvn", bytes(id->cpusvn.value.begin(), id->cpusvn.value.end()), data.offset() + id->ppid.size());
  out.put("pcesvn", std::uint64_t{id->pcesvn}, data.offset() + id->ppid.size() + 16);
  out.put("pceid", std::uint64_t{id->pceid}, data.offset() + id->ppid.size() + 18);
  return out;
}

sheet signature_sheet(const tdx::quote& quote) {
  namespace row = tdx::quote_row;
  sheet out;
  const std::size_t base = quote.signed_bytes().size() + 4;
  const unitee::byte_view data = quote.bytes().subspan(base, quote.signature_data_length());
  const bool v3 = quote.version() == tdx::quote_version::v3;
  const auto put = [&]<class Row>(Row field, const auto& value) {
    out.put_field(field, value, base);
    if constexpr (!std::is_integral_v<std::remove_cvref_t<decltype(value)>>) {
      constexpr bool is_key = std::is_same_v<Row, row::attestation_key>;
      const auto half = [&](std::size_t at) {
        return cell(bytes(value.value.begin() + at, value.value.begin() + at + 32));
      };
      out.put_cells(std::string(Row::name) + "_parts", {{is_key ? "x" : "r", half(0)}, {is_key ? "y" : "s", half(32)}});
    }
  };
  if (v3) {
    row::signature_data_3::visit(data, put);
    out.put(row::certification_data_type::name, {}, {}, "- (in versions 4 and 5 only)");
    out.put(row::certification_data_size::name, {}, {}, "- (in versions 4 and 5 only)");
  } else {
    row::signature_data_4::visit(data, put);
  }
  const std::size_t qe = base + (v3 ? row::signature_data_3::size : row::signature_data_4::size);
  tdx::qe_row::all::visit(quote.bytes().subspan(qe), [&]<class Row>(Row field, const auto& value) {
    if constexpr (!std::is_same_v<Row, tdx::qe_row::qe_report>) out.put_field(field, value, qe);
  });
  const unitee::byte_view authentication = quote.qe_authentication_data();
  out.put("qe_authentication_data", bytes(authentication.begin(), authentication.end()), qe + tdx::qe_row::all::size);
  out.put_section("qe_report", enclave_sheet(quote.qe_report(), qe));
  out.put_section("certification_data", certification_sheet(quote.certification_data()));
  return out;
}

void put_trailing(sheet& to, const tdx::quote& quote) {
  const unitee::byte_view more = quote.trailing();
  sheet out;
  out.put("length", std::uint64_t{more.size()});
  out.put("all_zero", unitee::all_zero(more));
  if (!unitee::all_zero(more)) {
    out.put("data", bytes(more.begin(), more.end()), static_cast<std::size_t>(more.data() - quote.bytes().data()));
  }
  to.put_section("trailing", std::move(out));
}

}  // namespace

unitee::result<sheet> describe_quote(unitee::byte_view octets) {
  const auto quote = tdx::quote::parse(octets);
  if (!quote) return quote.error();
  const bool about_td = quote->tee_type() == tdx::tee_type::tdx;
  sheet out(fmt::format("{} quote, version {}", about_td ? "TDX" : "SGX", static_cast<unsigned>(quote->version())),
            "quote");
  out.put("signed_length", std::uint64_t{quote->signed_bytes().size()});
  out.put("signature_data_length", std::uint64_t{quote->signature_data_length()}, quote->signed_bytes().size());
  out.put_section("header", header_sheet(*quote));
  cells descriptor;
  if (quote->version() == tdx::quote_version::v5) {
    sheet inner;
    tdx::quote_row::descriptor::visit(octets.subspan(tdx::quote_header_size), [&](auto row, const auto& value) {
      inner.put_field(row, value, tdx::quote_header_size);
    });
    out.put_section("body_descriptor", std::move(inner));
  } else {
    out.put("body_descriptor", {}, {}, "- (in version 5 only)");
  }
  const std::size_t base = quote->signed_bytes().size() - quote->body().size();
  out.put_section("body", quote->td() ? td_body_sheet(*quote->td(), base) : enclave_sheet(*quote->enclave(), base));
  out.put_section("signature_data", signature_sheet(*quote));
  put_trailing(out, *quote);
  return out;
}

unitee::result<sheet> describe_td_report(unitee::byte_view octets, std::size_t base) {
  const auto report = tdx::td_report::parse(octets);
  if (!report) return report.error();
  sheet out(fmt::format("TD report, version {}", report->version()), "td-report");
  std::vector<std::string_view> has;
  report->for_each_field([&](auto row, const auto& value) {
    put_td_field(out, row, value, base);
    has.emplace_back(row.name);
  });
  tdx::td_report_row::version_3::visit(report->bytes(), [&](auto row, const auto&) {
    if (std::ranges::find(has, row.name) == has.end() && !std::string_view(row.name).starts_with("reserved")) {
      out.put(row.name, {}, {}, fmt::format("- (version {} does not say)", report->version()));
    }
  });
  out.put("tee_tcb_svn_2_is_valid", report->tee_tcb_svn_2().has_value());
  out.put("servtd_hash_is_in_use", report->servtd_hash().has_value());
  // The two digests are checked here because nothing else binds TEE_TCB_INFO and TDINFO to the MAC.
  const auto info = unitee::sha384(report->tee_tcb_info_bytes());
  const auto td = unitee::sha384(report->tee_info_bytes());
  if (!info) return info.error();
  if (!td) return td.error();
  out.put("tee_tcb_info_hash_matches", unitee::equal(info->value, report->tee_tcb_info_hash().value));
  out.put("tee_info_hash_matches", unitee::equal(td->value, report->tee_info_hash().value));
  return out;
}

}  // namespace command::inspection
