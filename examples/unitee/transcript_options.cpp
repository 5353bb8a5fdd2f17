// SPDX-License-Identifier: Apache-2.0

#include "transcript_options.hpp"

#include "verify_words.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/transcript.hpp>

#include <algorithm>
#include <vector>

namespace command {

namespace {

using bytes = std::vector<std::uint8_t>;
using unitee::errc;
using verification::octets_of;

// element takes a DER element (X.690) of this tag off the front, and is its content.
std::optional<unitee::byte_view> element(unitee::byte_view& from, std::uint8_t tag) {
  if (from.size() < 2 || from[0] != tag) return std::nullopt;
  std::size_t size = from[1];
  std::size_t head = 2;
  if (size >= 0x80) {
    const std::size_t digits = size - 0x80;
    if (digits < 1 || digits > 3 || from.size() < head + digits) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < digits; ++i) size = size << 8 | from[head + i];
    head += digits;
  }
  if (from.size() - head < size) return std::nullopt;
  const unitee::byte_view content = from.subspan(head, size);
  from = from.subspan(head + size);
  return content;
}

// is_public_key says whether this is the shape of a SubjectPublicKeyInfo (RFC 5280, 4.1): an algorithm and a string of
// bits. A private key is not, nor is a certificate.
bool is_public_key(unitee::byte_view der) {
  auto rest = der;
  auto outer = element(rest, 0x30);
  if (!outer || !rest.empty()) return false;
  auto algorithm = element(*outer, 0x30);
  if (!algorithm || !element(*algorithm, 0x06)) return false;
  const auto key = element(*outer, 0x03);
  return key && key->size() > 1 && (*key)[0] == 0 && outer->empty();
}

// part_of is one --part: NAME=HEX or NAME=@FILE.
transcript::part part_of(const std::string& text, inputs& from) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) throw usage_error{"--part wants NAME=HEX or NAME=@FILE, not " + text};
  transcript::part out{text.substr(0, equals), {}};
  const std::string_view value = std::string_view(text).substr(equals + 1);
  constexpr std::array<std::string_view, 4> own{"label", "nonce", "public key", "model digest"};
  if (std::ranges::find(own, out.name) != own.end()) {
    throw usage_error{"--part " + out.name + ": there is an option for it, which puts it where it belongs"};
  }
  if (value.starts_with('@')) {
    out.data = from.read(std::string(value.substr(1)));
    return out;
  }
  out.data.resize(value.size() / 2);
  if (value.size() % 2 != 0 || !unitee::hex_decode(value, out.data)) {
    throw usage_error{"--part " + out.name + "= wants bytes as hexadecimal digits, or @ and a file"};
  }
  return out;
}

}  // namespace

// PEM that has anything but one public key in it is refused.
bytes public_key_in(const std::string& file, unitee::byte_view content) {
  bytes der(content.begin(), content.end());
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  if (text.find("-----BEGIN ") != text.npos) {
    der.clear();
    require(unitee::for_each_pem(content,
                                 [&](std::string_view label, unitee::byte_view block) -> unitee::result<void> {
                                   if (label != "PUBLIC KEY") return errc::unrecognized;
                                   if (!der.empty()) return errc::duplicate;
                                   der.assign(block.begin(), block.end());
                                   return {};
                                 }),
            file);
  }
  if (!is_public_key(der)) throw input_error{file, {errc::unrecognized}};
  return der;
}

transcript transcript_of(const arguments& given, inputs& from) {
  transcript out{given.one(transcript_label).value_or("")};
  if (out.label.empty() || out.label.size() > unitee::report_data_transcript::name_max) {
    throw usage_error{"--label wants 1 to 64 bytes of text"};
  }
  if (const auto nonce = given.one("--nonce")) out.nonce = octets_of("--nonce", *nonce, 1024);
  if (const auto file = given.one("--public-key")) out.public_key = public_key_in(*file, from.read(*file));
  if (const auto digest = given.one("--model-digest")) out.model_digest = octets_of("--model-digest", *digest, 64);
  for (const std::string& text : given.all("--part")) {
    out.others.push_back(part_of(text, from));
    if (const std::string& name = out.others.back().name; name.size() > unitee::report_data_transcript::name_max) {
      throw usage_error{"--part: a name has 1 to 64 bytes, and " + name + " has more"};
    }
  }
  return out;
}

namespace {

unitee::report_data report_data_for(const transcript& of) {
  auto out = unitee::report_data_transcript::begin(of.label);
  if (!of.nonce.empty()) out.nonce(of.nonce);
  if (!of.public_key.empty()) out.public_key(of.public_key);
  if (!of.model_digest.empty()) out.model_digest(of.model_digest);
  for (const transcript::part& each : of.others) out.add(each.name, each.data);
  return require(out.finish(), "transcript");
}

}  // namespace

std::optional<unitee::report_data> report_data_of(const arguments& given, inputs& from) {
  const auto digits = given.one("--report-data");
  const auto label = given.one(transcript_label);
  if (digits && label) throw usage_error{"--report-data or --label: a transcript is the report data"};
  if (label) return report_data_for(transcript_of(given, from));
  for (const std::string_view each : transcript_parts) {
    if (given.has(each)) throw usage_error{std::string(each) + " is a part of a transcript: give its --label, too"};
  }
  if (!digits) return std::nullopt;
  unitee::report_data out;
  std::ranges::copy(octets_of("--report-data", *digits, out.size()), out.value.begin());
  return out;
}

unitee::report_data with_manifest(const unitee::report_data& data, unitee::byte_view manifest) {
  bytes joined(data.value.begin(), data.value.end());
  joined.insert(joined.end(), manifest.begin(), manifest.end());
  return {require(unitee::sha512(joined), "manifest").value};
}

std::string report_data_words(const arguments& given) {
  std::string out;
  constexpr std::array<std::string_view, 6> options{"--report-data",     transcript_label,    "--nonce",
                                                    transcript_parts[0], transcript_parts[1], transcript_parts[2]};
  for (const std::string_view option : options) {
    for (const std::string& value : given.all(option)) {
      out += (out.empty() ? "" : " ") + std::string(option) + " " + shell_word(value);
    }
  }
  return out;
}

}  // namespace command
