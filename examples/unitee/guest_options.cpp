// SPDX-License-Identifier: Apache-2.0

#include "guest_options.hpp"

#include "verify_words.hpp"

namespace command {

unitee::time_limit limit_of(const arguments& given, std::uint32_t seconds) {
  const auto text = given.one("--limit");
  if (!text) return {seconds * 1000};
  const auto parts = verification::split(*text, '.');
  const auto whole = verification::number_in<std::uint32_t>(parts[0], 4'000'000);
  std::optional<std::uint32_t> thousandths = 0;
  if (parts.size() == 2 && parts[1].size() <= 3) {
    thousandths = verification::number_in<std::uint32_t>(std::string(parts[1]) + std::string(3 - parts[1].size(), '0'));
  }
  const bool good = whole && thousandths && parts.size() <= 2 && (parts.size() == 1 || parts[1].size() <= 3);
  const std::uint32_t milliseconds = good ? *whole * 1000 + *thousandths : 0;
  if (milliseconds == 0) throw usage_error{"--limit wants seconds, such as 30 or 0.5, not " + *text};
  return {milliseconds};
}

std::optional<unitee::guest::quote_service_address> quote_service_of(const arguments& given) {
  const auto text = given.one("--quote-service");
  if (!text) return std::nullopt;
  unitee::guest::quote_service_address out;
  const auto parts = verification::split(*text, ':');
  if (parts.size() == 3 && parts[0] == "vsock") {
    const auto cid = verification::number_in<std::uint32_t>(parts[1]);
    const auto port = verification::number_in<std::uint32_t>(parts[2]);
    if (cid && port) {
      out.cid = *cid;
      out.port = *port;
      return out;
    }
  }
  if (text->starts_with("unix:")) out.path = text->substr(5);
  if (out.path.empty()) throw usage_error{"--quote-service wants vsock:CID:PORT or unix:PATH, not " + *text};
  return out;
}

}  // namespace command
