// SPDX-License-Identifier: Apache-2.0
//
// tests/support/kdf_vectors.hpp: what the vectors of kdf.json say, as values.
#pragma once

#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <unitee/kdf/bound_to.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

#include <algorithm>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitee::test {

// bound_to_words is the binding that a vector spells out: the first word is how it begins.
inline bound_to bound_to_words(const nlohmann::json& words) {
  const std::map<std::string, bound_to> begin{{"measurement_and_policy", bound_to::measurement_and_policy()},
                                              {"measurement", bound_to::measurement_even_where_the_host_may_debug()},
                                              {"shared", bound_to::shared_by_every_guest_the_host_allows()}};
  bound_to out = begin.at(words.at(0).get<std::string>());
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string word = words.at(i);
    if (word == "owner") {
      out = out.and_owner();
    } else if (word == "guest_svn") {
      out = out.and_guest_svn();
    } else if (word == "configuration") {
      out = out.and_configuration();
    } else if (word == "chip") {
      out = out.and_chip();
    } else if (word.starts_with("rtmr")) {
      out = out.and_runtime_measurements({static_cast<unsigned>(word.back() - '0')});
    } else {
      throw std::runtime_error("unknown word " + word);
    }
  }
  return out;
}

template <class Fixed>
Fixed fixed_of_hex(const nlohmann::json& digits) {
  Fixed out;
  const auto bytes = bytes_of_hex(digits);
  if (bytes.size() != Fixed::size()) throw std::runtime_error("another size");
  std::ranges::copy(bytes, out.value.begin());
  return out;
}

// basis_of and floor_of are a vector's, of the vendor of Request.
template <class Request>
typename Request::basis basis_of(const nlohmann::json& basis) {
  if constexpr (Request::vendor == 1) {
    return {fixed_of_hex<snp::tcb_version>(basis.at("committed_tcb")), basis.at("vmpl"), basis.at("guest_svn")};
  } else {
    const auto& svns = basis.at("svns");
    return {fixed_of_hex<tdx::cpu_svn>(basis.at("cpusvn")), fixed_of_hex<tdx::tcb_svn>(basis.at("tee_tcb_svn")),
            svns.at(0), svns.at(1), svns.at(2)};
  }
}
template <class Request>
typename Request::floor floor_of(const nlohmann::json& floor) {
  const auto bytes = bytes_of_hex(floor);
  return Request::floor::parse(std::span(bytes).template first<Request::floor::size>());
}

// record_bytes is the record of a vector, whole or edited.
inline std::vector<std::uint8_t> record_bytes(const nlohmann::json& all, const nlohmann::json& vector) {
  if (vector.contains("record")) return bytes_of_hex(vector.at("record"));
  const auto base = std::ranges::find_if(all, [&](const auto& v) { return v.at("name") == vector.at("base"); });
  return edited(bytes_of_hex(base->at("record")), vector.at("edits"));
}

}  // namespace unitee::test
