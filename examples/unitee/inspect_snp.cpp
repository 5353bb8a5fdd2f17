// SPDX-License-Identifier: Apache-2.0
//
// inspect_snp.cpp: what AMD SEV-SNP knows: reports, certificate tables, ID blocks.

#include "inspect.hpp"

#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/format.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/id_block.hpp>
#include <unitee/snp/kds.hpp>
#include <unitee/snp/newer_report.hpp>
#include <unitee/snp/report.hpp>

#include <algorithm>

namespace command::inspection {

namespace snp = unitee::snp;

namespace {

// parts_of is a TCB_VERSION by component, null where the product is not known.
cells parts_of(const snp::tcb_version& tcb, std::optional<snp::tcb_layout> layout) {
  cells out;
  if (layout) {
    for (const snp::tcb_component component : snp::tcb_components) {
      if (const auto level = snp::spl(tcb, component, *layout))
        out.emplace_back(snp::name(component), std::uint64_t{*level});
    }
  }
  return out;
}

template <class Row>
concept tcb_row = std::is_same_v<typename Row::type, snp::tcb_version>;

// put_report_fields adds what the newest version of the report has, in its order; what this version lacks is null.
void put_report_fields(sheet& to, const snp::report& report, std::size_t base) {
  std::vector<std::size_t> has;
  report.for_each_field([&](auto row, const auto&) { has.push_back(row.offset); });
  const auto layout = report.layout();
  snp::row::version_5::visit(report.bytes(), [&]<class Row>(Row row, const auto& value) {
    if (std::ranges::find(has, Row::offset) == has.end()) {
      to.put(Row::name, {}, base + Row::offset, fmt::format("- (version {} does not say)", report.version()));
    } else if constexpr (std::is_same_v<Row, snp::row::policy>) {
      to.put_mask(row, report.policy(), base);
    } else if constexpr (std::is_same_v<Row, snp::row::platform_info>) {
      to.put_mask(row, report.platform_info(), base);
    } else if constexpr (std::is_same_v<Row, snp::row::key_info>) {
      to.put_mask(row, report.key_info(), base);
    } else if constexpr (std::is_same_v<Row, snp::row::vmpl>) {
      to.put(Row::name, std::uint64_t{value}, base + Row::offset,
             value == 0xFFFFFFFF ? "0xffffffff (made for the host)" : "");
    } else if constexpr (tcb_row<Row>) {
      to.put(Row::name, bytes(value.value.begin(), value.value.end()), base + Row::offset, hex(value.view()));
      to.put_cells(std::string(Row::name) + "_parts", parts_of(value, layout));
    } else {
      to.put_field(row, value, base);
    }
  });
}

std::optional<snp::generation> generation_in(const snp::report& report) {
  const auto id = report.cpuid();
  return id ? snp::generation_of(*id) : std::nullopt;
}

// put_derived adds what follows from the fields.
void put_derived(sheet& to, const snp::report& report) {
  to.put("current_firmware", fmt::format("{}", report.current_version()));
  to.put("committed_firmware", fmt::format("{}", report.committed_version()));
  const snp::signing_key_kind signer = report.key_info().signer();
  to.put("signed_by", std::string(unitee::snp::name(signer)));
  const auto generation = generation_in(report);
  if (!generation) {
    to.put("product", {}, {}, report.cpuid() ? "- (a processor newer than this tool)" : "- (version 2 does not say)");
    return;
  }
  const snp::product& product = snp::product_of(*generation);
  to.put("product", std::string(product.name), {},
         std::string(product.name) + (product.verifiable ? "" : " (newer than this tool: nothing to verify it with)"));
  if (!product.verifiable) return;
  if (signer == snp::signing_key_kind::vcek) {
    const auto address = snp::vcek_address(report, *generation);
    to.put("vcek_address", address ? cell(std::string(address->text())) : cell(), {},
           address ? "" : "- (the chip id is masked)");
  }
  if (signer != snp::signing_key_kind::none) {
    to.put("chain_address", std::string(snp::chain_address(signer, *generation).text()));
    to.put("crl_address", std::string(snp::crl_address(signer, *generation).text()));
  }
}

// check_signature_numbers refuses what no signature has: r and s are from 1 to the order of the group less 1. A report
// that says of itself that nothing signed it may have any.
unitee::result<void> check_signature_numbers(const snp::report& report) {
  if (report.key_info().signer() == snp::signing_key_kind::none) return {};
  const auto check = [](const snp::signature_number& number, std::size_t offset) -> unitee::result<void> {
    const auto digits = number.view().first<48>();
    const std::vector<std::uint8_t> big_endian(digits.rbegin(), digits.rend());
    const bool in_range = !number.is_zero() && std::ranges::lexicographical_compare(big_endian, unitee::p384::order);
    if (!in_range) return unitee::failure{unitee::errc::bad_value, offset, unitee::part::report};
    return {};
  };
  if (const auto r = check(report.signature_r(), snp::row::signature_r::offset); !r) return r;
  return check(report.signature_s(), snp::row::signature_s::offset);
}

// put_key_digest adds the digest by which a report names an ID or author key.
unitee::result<void> put_key_digest(sheet& to, const char* name, unitee::byte_view key) {
  const auto digest = unitee::sha384(key);
  if (!digest) return digest.error();
  to.put(name, bytes(digest->value.begin(), digest->value.end()));
  return {};
}

sheet entry_sheet(const snp::certificate_table::entry& entry) {
  const char* const name = snp::table_guid::name_of(entry.id);
  sheet out(name != nullptr ? name : "unknown entry");
  out.put("guid", fmt::format("{}", entry.id));
  out.put("name", name != nullptr ? cell(std::string(name)) : cell());
  out.put("offset", std::uint64_t{entry.offset});
  out.put("length", std::uint64_t{entry.data.size()});
  using namespace snp::table_guid;
  if (entry.id == crl) {
    auto list = describe_crl(entry.data);
    if (list) {
      out.put_section("crl", std::move(*list));
    } else {
      put_error(out, list.error());
    }
  } else if (entry.id == vcek || entry.id == vlek || entry.id == ask || entry.id == ark) {
    put_certificates(out, entry.data);
  } else {
    out.put("data", bytes(entry.data.begin(), entry.data.end()), entry.offset);
  }
  return out;
}

}  // namespace

unitee::result<sheet> describe_snp_report(unitee::byte_view octets, std::size_t base) {
  const auto report = snp::report::parse(octets);
  if (!report) return report.error();
  if (const auto numbers = check_signature_numbers(*report); !numbers) return numbers.error();
  sheet out(fmt::format("SEV-SNP attestation report, version {}", report->version()), "snp-report");
  put_report_fields(out, *report, base);
  put_derived(out, *report);
  return out;
}

unitee::result<sheet> describe_newer_report(unitee::byte_view octets) {
  const auto report = snp::newer_report::parse(octets);
  if (!report) return report.error();
  sheet out(fmt::format("SEV-SNP attestation report, version {}, newer than this library: what follows is read as in "
                        "versions 2 to 5",
                        report->version()),
            "snp-report");
  report->for_each_field([&](auto row, const auto& value) { out.put_field(row, value); });
  return out;
}

unitee::result<sheet> describe_certificate_table(unitee::byte_view octets) {
  const auto table = snp::certificate_table::parse(octets);
  if (!table) return table.error();
  sheet out(fmt::format("SEV-SNP certificate table, {} entries", table->size()), "certificate-table");
  std::vector<sheet> entries;
  for (std::size_t i = 0; i < table->size(); ++i) entries.push_back(entry_sheet((*table)[i]));
  out.put_list("entries", std::move(entries));
  return out;
}

unitee::result<sheet> describe_id_block(unitee::byte_view octets) {
  const auto block = snp::id_block::parse(octets);
  if (!block) return block.error();
  sheet out("SEV-SNP ID block", "id-block");
  block->for_each_field([&]<class Row>(Row row, const auto& value) {
    if constexpr (std::is_same_v<Row, snp::id_block_row::policy>) {
      out.put_mask(row, block->policy());
    } else {
      out.put_field(row, value);
    }
  });
  return out;
}

unitee::result<sheet> describe_id_auth(unitee::byte_view octets) {
  const auto auth = snp::id_auth::parse(octets);
  if (!auth) return auth.error();
  sheet out("SEV-SNP ID authentication structure", "id-auth");
  auth->for_each_field([&](auto row, const auto& value) { out.put_field(row, value); });
  if (const auto done = put_key_digest(out, "id_key_digest", auth->id_key()); !done) return done.error();
  if (!auth->has_author_key()) {
    out.put("author_key_digest", {}, {}, "- (no author key)");
  } else if (const auto done = put_key_digest(out, "author_key_digest", auth->author_key()); !done) {
    return done.error();
  }
  return out;
}

}  // namespace command::inspection
