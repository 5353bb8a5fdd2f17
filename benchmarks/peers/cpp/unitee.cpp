// SPDX-License-Identifier: Apache-2.0
//
// peers/cpp/unitee.cpp: the library, asked as its peers are.

#include <unitee/json/collateral.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_verifier.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_verifier.hpp>

#include "protocol.hpp"

#include <memory>
#include <string>
#include <utility>

namespace {

namespace snp = unitee::snp;
namespace tdx = unitee::tdx;
using peers::answer;
using peers::question;

// answers is the files of one answer each: its body, and the issuer chain in its header.
constexpr struct {
  const char* body;
  const char* header;
} answers[] = {{"tcb_info", "tcb_info_issuer_chain"},
               {"qe_identity", "qe_identity_issuer_chain"},
               {"pck_crl", "pck_crl_issuer_chain"}};

std::string text(const unitee::failure& why) {
  return std::string(name(why.code)) + " at " + std::to_string(why.offset) + " of " + name(why.in);
}

template <class T>
answer answer_of(const unitee::result<T>& verdict) {
  if (verdict) return std::nullopt;
  return text(verdict.error());
}

// added is a question's files among the endorsements; the first one that cannot be read is the failure.
unitee::result<unitee::endorsements> added(const question& asked, std::initializer_list<const char*> names) {
  unitee::endorsements out;
  for (const char* name : names) {
    if (const auto one = out.add(asked[name]); !one) return one.error();
  }
  return out;
}

// collateral_of is the files as a client of Intel's service gets them: a document's issuer chain comes in the header of
// the same answer, and counts for it alone.
unitee::result<unitee::endorsements> collateral_of(const question& asked) {
  unitee::endorsements out;
  for (const auto& [body, header] : answers) {
    if (const auto one = unitee::add_answer(out, asked[body], asked[header]); !one) return one.error();
  }
  if (const auto list = unitee::add_endorsements(out, asked["root_ca_crl"]); !list) return list.error();
  return out;
}

answer snp_cold(const question& asked) {
  const auto given = added(asked, {"vek", "intermediate", "root"});
  if (!given) return text(given.error());
  const auto report = snp::report::parse(asked["report"]);
  if (!report) return text(report.error());
  return answer_of(snp::verify(*report, *given, {asked.at}));
}

answer tdx_cold(const question& asked) {
  const auto given = collateral_of(asked);
  if (!given) return text(given.error());
  const auto quote = tdx::quote::parse(asked["quote"]);
  if (!quote) return text(quote.error());
  return answer_of(tdx::verify(*quote, *given, {asked.at}));
}

// kept is a verifier for as long as the endorsements that it was made with are the same.
template <class Verifier>
class kept {
 public:
  template <class Make>
  const std::shared_ptr<Verifier>& with(const peers::files& given, Make make) {
    if (held_ == nullptr || given != given_) {
      given_ = given;
      held_ = make();
    }
    return held_;
  }

 private:
  peers::files given_;
  std::shared_ptr<Verifier> held_;
};

// without is the files that come once and for all, and not with every piece of evidence.
peers::files without(peers::files given, std::initializer_list<const char*> names) {
  for (const char* name : names) given.erase(name);
  return given;
}

std::function<answer()> snp_warm(const question& asked) {
  static kept<snp::verifier> all;
  const auto made = all.with(without(asked.given, {"report", "vek"}), [&]() -> std::shared_ptr<snp::verifier> {
    const auto known = added(asked, {"intermediate", "root"});
    return known ? std::make_shared<snp::verifier>(*known) : nullptr;
  });
  if (made == nullptr) return [&asked] { return snp_cold(asked); };
  return [&asked, made]() -> answer {
    const auto report = snp::report::parse(asked["report"]);
    if (!report) return text(report.error());
    return answer_of(made->verify(*report, asked["vek"], {asked.at}));
  };
}

std::function<answer()> tdx_warm(const question& asked) {
  static kept<tdx::verifier> all;
  const auto made = all.with(without(asked.given, {"quote"}), [&]() -> std::shared_ptr<tdx::verifier> {
    const auto known = collateral_of(asked);
    return known ? std::make_shared<tdx::verifier>(*known) : nullptr;
  });
  if (made == nullptr) return [&asked] { return tdx_cold(asked); };
  return [&asked, made]() -> answer {
    const auto quote = tdx::quote::parse(asked["quote"]);
    if (!quote) return text(quote.error());
    return answer_of(made->verify(*quote, {asked.at}));
  };
}

}  // namespace

int main() {
  return peers::serve([](const question& asked) -> std::function<answer()> {
    const bool warm = asked.how == "warm";
    if (asked.kind == "snp") return warm ? snp_warm(asked) : [&asked] { return snp_cold(asked); };
    return warm ? tdx_warm(asked) : [&asked] { return tdx_cold(asked); };
  });
}
