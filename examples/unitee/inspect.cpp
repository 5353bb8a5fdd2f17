// SPDX-License-Identifier: Apache-2.0
//
// inspect.cpp: `unitee inspect`: recognise files, describe them.

#include "inspect.hpp"

#include "command.hpp"
#include "sealed_words.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/evidence.hpp>
#include <unitee/format.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/id_block.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace command::inspection {

namespace {

constexpr std::string_view help = R"(usage: unitee inspect FILE... [--json] [--as FORMAT] [--segments]

What is this? Prints every field of every FILE, by the vendor's names, with its offset. Nothing is verified.

  --json        one JSON object; with several files {{"files": [...]}}
  --as FORMAT   do not guess. FORMAT is one of:
                {}
  --segments    where each segment of a sealed file stands

Exit status: 0 all files are described, 2 a file is malformed, unsupported or not recognised.
)";

using describe = unitee::result<sheet> (*)(unitee::byte_view);

// describe_source reads the headers of a sealed file, and no more of it than the description needs.
template <class Source>
unitee::result<sheet> describe_source(const Source& source, bool segments) {
  const auto copies = unitee::header_copies::read(source);
  if (!copies) return copies.error();
  const auto read = [&](std::uint64_t offset, unitee::byte_span out) { return source.read_at(offset, out); };
  return describe_sealed(*copies, read, segments);
}

unitee::result<sheet> sealed_in_memory(unitee::byte_view octets) {
  return describe_source(unitee::memory_source(octets), false);
}

struct format {
  std::string_view name;
  describe run;
};

constexpr std::array formats{format{"snp-report", [](unitee::byte_view in) { return describe_snp_report(in); }},
                             format{"certificate-table", describe_certificate_table},
                             format{"id-block", describe_id_block},
                             format{"id-auth", describe_id_auth},
                             format{"quote", describe_quote},
                             format{"td-report", [](unitee::byte_view in) { return describe_td_report(in); }},
                             format{"hcl-report", describe_hcl_report},
                             format{"tpm-quote", describe_tpm_quote},
                             format{"certificate", describe_certificate},
                             format{"crl", describe_crl},
                             format{"pem", describe_pem},
                             format{"event-log", describe_event_log},
                             format{"ccel-table", describe_ccel_table},
                             format{"json", describe_json},
                             format{"sealed", sealed_in_memory}};

describe named(std::string_view name) {
  const auto found = std::ranges::find(formats, name, &format::name);
  if (found == formats.end()) throw usage_error{"no format " + std::string(name)};
  return found->run;
}

// is_sealed says whether a copy of the header begins at 0, or at 8192: a change that was interrupted may have left
// anything in the first one.
bool is_sealed(unitee::byte_view octets) {
  constexpr std::string_view magic = "\x89unitee\n";
  constexpr std::size_t second = unitee::sealed_geometry::second_header_offset;
  const std::string_view text = text_of(octets);
  return text.starts_with(magic) || (text.size() > second && text.substr(second).starts_with(magic));
}

// is_der says whether the bytes are, by their first bytes, one SEQUENCE that ends where they do, or is cut off.
bool is_der(unitee::byte_view octets) {
  if (octets.size() < 4 || octets[0] != 0x30 || octets[1] != 0x82) return false;
  return octets[2] * 256U + octets[3] + 4 >= octets.size();
}

// describe_der tries both kinds. Bytes that are neither are refused as a certificate.
unitee::result<sheet> describe_der(unitee::byte_view octets) {
  auto certificate = describe_certificate(octets);
  if (certificate) return certificate;
  auto list = describe_crl(octets);
  if (list || list.error().code != unitee::errc::bad_encoding) return list;
  return certificate;
}

// describe_header is a PEM text as it comes in an HTTP header: percent-encoded.
unitee::result<sheet> describe_header(unitee::byte_view octets) {
  bytes out;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    std::array<std::uint8_t, 1> byte{octets[i]};
    if (octets[i] == '%') {
      if (octets.size() - i < 3) return unitee::failure{unitee::errc::truncated, octets.size()};
      if (!unitee::hex_decode(text_of(octets.subspan(i + 1, 2)), byte))
        return unitee::failure{unitee::errc::bad_encoding, i};
      i += 2;
    }
    out.push_back(byte[0]);
  }
  return describe_pem(out);
}

// strong is the format that the bytes declare beyond doubt: by magic numbers, known GUIDs, text. These come first,
// because the size alone can make anything a report.
describe strong(unitee::byte_view octets) {
  const std::string_view text = text_of(octets);
  if (is_sealed(octets)) return sealed_in_memory;
  if (text.starts_with("HCLA")) return describe_hcl_report;
  if (text.starts_with("\xFFTCG")) return describe_tpm_quote;
  if (text.starts_with("CCEL")) return describe_ccel_table;
  if (octets.size() >= 48 && text.substr(32).starts_with("Spec ID Event")) return describe_event_log;
  if (unitee::snp::certificate_table::begins(octets)) return describe_certificate_table;
  if (is_der(octets)) return describe_der;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '{') return describe_json;
  if (text.starts_with("-----BEGIN%20")) return describe_header;
  if (text.find("-----BEGIN ") != text.npos && text.find('\0') >= text.find("-----BEGIN ")) return describe_pem;
  return nullptr;
}

// weak is the format of bytes that declare nothing: by exact size, or because they parse.
describe weak(unitee::byte_view octets) {
  if (octets.size() == unitee::snp::id_block::size && unitee::snp::id_block::parse(octets)) return describe_id_block;
  if (octets.size() == unitee::snp::id_auth::size && octets[0] == 1) return describe_id_auth;
  const auto table = unitee::snp::certificate_table::parse(octets);
  if (table && (table->size() != 0 || unitee::all_zero(octets))) return describe_certificate_table;
  return nullptr;
}

unitee::result<sheet> describe_anything(unitee::byte_view octets) {
  if (const describe found = strong(octets)) return found(octets);
  if (const auto kind = unitee::recognize(octets)) {
    switch (*kind) {
      case unitee::evidence_kind::snp_report: return describe_snp_report(octets);
      case unitee::evidence_kind::certificate_table: return describe_certificate_table(octets);
      case unitee::evidence_kind::quote: return describe_quote(octets);
      case unitee::evidence_kind::td_report: return describe_td_report(octets);
    }
  }
  if (const describe found = weak(octets)) return found(octets);
  return unitee::errc::unrecognized;
}

// describe_large reads the header of a sealed file, which may be larger than memory, and nothing of other files.
std::optional<unitee::result<sheet>> describe_large(const std::string& path, sheet& facts, bool segments) {
  const auto source = unitee::file_source::open(path.c_str());
  if (!source) return std::nullopt;
  bytes begin(std::min<std::uint64_t>(source->size(), 2 * unitee::sealed_header::size));
  if (!source->read_at(0, begin) || !is_sealed(begin)) return std::nullopt;
  facts.put("size", source->size());
  return describe_source(*source, segments);
}

// describe_file is the file's description, with facts about the file before the rest.
unitee::result<sheet> describe_file(const std::string& path, describe how, sheet facts, bool segments) {
  const auto complete = [&](sheet found) {
    sheet out(found.title(), found.format());
    out.put_rows(std::move(facts));
    out.put_rows(std::move(found));
    return out;
  };
  if (how == nullptr || how == sealed_in_memory) {
    if (auto found = describe_large(path, facts, segments)) {
      if (!*found) return found->error();
      return complete(std::move(**found));
    }
  }
  // A pipe with a name would keep us waiting for who writes to it. What /dev/stdin and /dev/fd lead to has no name.
  std::error_code ignored;
  if (std::filesystem::symlink_status(path, ignored).type() == std::filesystem::file_type::fifo) {
    throw input_error{path, {unitee::errc::io_error, EINVAL}, "it is a pipe"};
  }
  if (segments) throw usage_error{"--segments is about sealed files, and " + path + " is none"};
  const bytes octets = read_file(path);
  const auto digest = unitee::sha256(octets);
  if (!digest) return digest.error();
  facts.put("size", std::uint64_t{octets.size()});
  facts.put("sha256", hex(digest->value));
  auto found = how != nullptr ? how(octets) : describe_anything(octets);
  if (!found) return found.error();
  return complete(std::move(*found));
}

// newer_report_in is what can be shown of an attestation report that was refused for its version.
std::optional<sheet> newer_report_in(const std::string& path, const unitee::failure& why) {
  if (why.code != unitee::errc::unsupported_version || why.in != unitee::part::report) return std::nullopt;
  auto found = describe_newer_report(read_file(path));
  return found ? std::optional(std::move(*found)) : std::nullopt;
}

// header_of_refused is the header of a sealed file that is shorter or longer than it says; the advice says by how much.
std::optional<sheet> header_of_refused(const std::string& path, const unitee::failure& why, std::string& advice) {
  if (why.in != unitee::part::sealed_header) return std::nullopt;
  const auto source = unitee::file_source::open(path.c_str());
  if (!source) return std::nullopt;
  const auto header = header_in(*source);
  advice = length_advice(why, source->size(), header);
  return header && !advice.empty() ? std::optional(describe_sealed_header(*header)) : std::nullopt;
}

std::string format_names() {
  std::string out;
  for (const format& each : formats) out += fmt::format("{}{}", out.empty() ? "" : ", ", each.name);
  return out;
}

}  // namespace

std::string reason(const unitee::failure& why) {
  // What cannot be used is wrong somewhere, also at offset 0.
  const auto kind = unitee::class_of(why.code);
  if (kind == unitee::failure_class::malformed || kind == unitee::failure_class::unsupported) {
    return fmt::format("{}, offset {:#x}: {}", unitee::name(why.in), why.offset, unitee::describe(why.code));
  }
  return fmt::format("{}", why);
}

void put_error(sheet& to, const unitee::failure& why) {
  to.put("error",
         json_text{fmt::format(R"({{"kind":"{}","part":"{}","offset":{},"text":"{}"}})", unitee::name(why.code),
                               unitee::name(why.in), why.offset, reason(why))},
         {}, reason(why));
}

}  // namespace command::inspection

namespace command {

int inspect(const std::vector<std::string_view>& words) {
  using namespace inspection;
  const arguments given(words, {{"--json"}, {"--as", true}, {"--segments"}, {"--help"}, {"-h"}});
  if (given.has("--help") || given.has("-h")) {
    fmt::print(help, format_names());
    return done;
  }
  if (given.operands().empty()) throw usage_error{"no file is given"};
  const auto as = given.one("--as");
  const describe how = as ? named(*as) : nullptr;
  const bool as_json = given.has("--json");
  const bool several = given.operands().size() > 1;

  int status = done;
  std::string json;
  bool first = true;
  for (const std::string& path : given.operands()) {
    const auto add_json = [&](const sheet& of) { json += fmt::format("{}{}", json.empty() ? "" : ",\n", of.json()); };
    const auto refuse = [&](const unitee::failure& why, std::string advice = {}) {
      auto header = header_of_refused(path, why, advice);
      fmt::print(stderr, "unitee inspect: {}: {} ({}){}{}\n", printable(path), reason(why), unitee::name(why.code),
                 advice.empty() ? "" : "; ", advice);
      status = unusable;
      auto newer = newer_report_in(path, why);
      if (!as_json) {
        if (newer) newer->print(stdout);
        if (header) header->print(stdout);
        return;
      }
      sheet about;
      about.put("file", path);
      put_error(about, why);
      if (newer) about.put_section("shared_fields", std::move(*newer));
      if (header) about.put_section("header", std::move(*header));
      add_json(about);
    };
    try {
      sheet facts;
      if (as_json) facts.put("file", path);
      const auto found = describe_file(path, how, std::move(facts), given.has("--segments"));
      if (!found) {
        refuse(found.error());
      } else if (as_json) {
        add_json(*found);
      } else {
        fmt::print("{}{}: {}\n\n", first ? "" : "\n", printable(path), found->title());
        found->print(stdout);
        first = false;
      }
    } catch (const input_error& error) {
      refuse(error.why, error.advice);
    }
  }
  if (as_json && several) {
    fmt::print("{{\"files\": [\n{}\n]}}\n", json);
  } else if (as_json) {
    fmt::print("{}\n", json);
  }
  return status;
}

}  // namespace command
