// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_appraise.hpp>

#include "support/appraisal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_snp_appraise_guest {

using namespace unitee;
using namespace unitee::test;
using snp::guest_policy;

namespace {

// The policy by itself, before it allows anything.
auto by_default() { return snp::appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().allow_debug(); }

edit_bytes agent_is(std::uint8_t n) {
  return [n](report_octets& bytes) { snp::row::report_id_ma::write(bytes, filled<snp::report_id>(n)); };
}

}  // namespace

TEST_CASE("SMT is accepted unless forbidden", "[verify][appraise]") {
  const auto without = guest_claims();
  const auto with = guest_claims(set_policy(guest_policy::smt));
  expect(snp::appraise(without, lax().forbid_smt()), "policy_smt", outcome::met, "no", "no");
  expect(snp::appraise(with, lax().forbid_smt()), "policy_smt", outcome::not_met, "yes", "no");
  expect_unasked(snp::appraise(with, lax()), "policy_smt", "yes");
}

TEST_CASE("CXL is refused unless allowed", "[verify][appraise]") {
  const auto refusing = by_default().allow_migration().allow_masked_chip_id();
  const auto with = guest_claims(set_policy(guest_policy::cxl_allow));
  expect(snp::appraise(guest_claims(), refusing), "policy_cxl_allow", outcome::met, "no", "no");
  expect(snp::appraise(with, refusing), "policy_cxl_allow", outcome::not_met, "yes", "no");
  expect_unasked(snp::appraise(with, lax()), "policy_cxl_allow", "yes");
}

TEST_CASE("a demand of POLICY is met by its own bit alone", "[verify][appraise]") {
  const std::pair<const char*, bit_range> demands[] = {
      {"policy_single_socket", guest_policy::single_socket},
      {"policy_mem_aes_256_xts", guest_policy::mem_aes_256_xts},
      {"policy_rapl_dis", guest_policy::rapl_dis},
      {"policy_ciphertext_hiding_dram", guest_policy::ciphertext_hiding_dram},
      {"policy_page_swap_disable", guest_policy::page_swap_disable}};
  const auto all = guest_claims();
  for (const auto& [name, bit] : demands) {
    const auto all_but_one = guest_claims(clear_policy(bit));
    expect(snp::appraise(all, lax().require_policy(bit)), name, outcome::met, "yes", "yes");
    expect(snp::appraise(all_but_one, lax().require_policy(bit)), name, outcome::not_met, "no", "yes");
    expect_unasked(snp::appraise(all_but_one, lax()), name, "no");
  }
}

TEST_CASE("the ABI that the guest demands is at least this one, by major, then minor", "[verify][appraise]") {
  const auto claims = guest_claims();  // 1.55
  const auto asking = [&](std::uint8_t major, std::uint8_t minor) {
    return snp::appraise(claims, lax().require_policy_abi({major, minor}));
  };
  expect(asking(1, 55), "policy_abi", outcome::met, "1.55", "1.55");
  expect(asking(0, 255), "policy_abi", outcome::met, "1.55", "0.255");
  expect(asking(1, 56), "policy_abi", outcome::not_met, "1.55", "1.56");
  expect(asking(2, 0), "policy_abi", outcome::not_met, "1.55", "2.0");
}

TEST_CASE("VMPL is exactly this one, or at most this one", "[verify][appraise]") {
  for (std::uint32_t own = 0; own < 4; ++own) {
    const auto claims = guest_claims([&](report_octets& bytes) { snp::row::vmpl::write(bytes, own); });
    const std::string found = "#" + std::to_string(own);
    expect_unasked(snp::appraise(claims, lax()), "vmpl", found);
    for (std::uint32_t level = 0; level < 4; ++level) {
      const std::string wanted = "#" + std::to_string(level);
      expect(snp::appraise(claims, lax().require_vmpl(level)), "vmpl", own == level ? outcome::met : outcome::not_met,
             found, wanted);
      expect(snp::appraise(claims, lax().require_vmpl_at_most(level)), "vmpl",
             own <= level ? outcome::met : outcome::not_met, found, wanted);
    }
    CHECK_FALSE(snp::appraise(claims, lax().require_vmpl(own + 256)).verdict());
    CHECK(snp::appraise(claims, lax().require_vmpl_at_most(0xFFFFFFFF)).verdict());
  }
}

TEST_CASE("host data, family and image are equal in every byte or not met", "[verify][appraise]") {
  const auto claims = guest_claims();
  const auto compare = [&](const char* name, auto own, auto asking) {
    const std::string found = hex_of(own.value);
    expect(snp::appraise(claims, asking(own)), name, outcome::met, found, found);
    for (std::size_t i = 0; i < own.value.size(); ++i) {
      auto other = own;
      other.value[i] = static_cast<std::uint8_t>(other.value[i] ^ 0x80);
      expect(snp::appraise(claims, asking(other)), name, outcome::not_met, found, hex_of(other.value));
    }
  };
  compare("host_data", filled<snp::host_data>(0x44), [](const auto& v) { return lax().require_host_data(v); });
  compare("family_id", filled<snp::family_id>(0x22), [](const auto& v) { return lax().require_family_id(v); });
  compare("image_id", filled<snp::image_id>(0x33), [](const auto& v) { return lax().require_image_id(v); });
  compare("report_id", claims->report.report_id(), [](const auto& v) { return lax().require_report_id(v); });
}

TEST_CASE("GUEST_SVN is at least the one wanted", "[verify][appraise]") {
  const auto claims = guest_claims();
  for (const std::uint32_t least : {0u, 4u, 5u}) {
    expect(snp::appraise(claims, lax().require_guest_svn(least)), "guest_svn", outcome::met, "#5",
           "#" + std::to_string(least));
  }
  expect(snp::appraise(claims, lax().require_guest_svn(6)), "guest_svn", outcome::not_met, "#5", "#6");
  expect(snp::appraise(claims, lax().require_guest_svn(0x80000000)), "guest_svn", outcome::not_met, "#5",
         "#2147483648");
}

TEST_CASE("an ID block is signed by a trusted key, or by one that a trusted author vouches for", "[verify][appraise]") {
  const auto with_author = guest_claims();  // key 0x55.., author 0x66..
  const auto without_author = guest_claims([](report_octets& bytes) {
    snp::row::key_info::write(bytes, 0);
    snp::row::author_key_digest::write(bytes, {});
  });
  const auto without_block = guest_claims([](report_octets& bytes) {
    snp::row::key_info::write(bytes, 0);
    snp::row::author_key_digest::write(bytes, {});
    snp::row::id_key_digest::write(bytes, {});
  });
  const std::vector own{filled<snp::key_digest>(0x55)};
  const std::vector author{filled<snp::key_digest>(0x66)};
  const std::vector several{filled<snp::key_digest>(1), filled<snp::key_digest>(2)};
  const std::vector zero{snp::key_digest{}};
  using digests = std::vector<snp::key_digest>;
  const auto check = [](const genuine_claims& claims, const digests& keys, const digests& authors, outcome answer,
                        const char* found, const std::string& wanted) {
    expect(snp::appraise(claims, lax().require_id_block(keys, authors)), "id_block", answer, repeat(found, 48), wanted,
           keys.size() + authors.size());
  };
  check(with_author, own, {}, outcome::met, "55", repeat("55", 48));
  check(with_author, own, several, outcome::met, "55", repeat("55", 48));
  check(with_author, several, author, outcome::met, "55", repeat("01", 48));
  check(with_author, {}, author, outcome::met, "55", repeat("66", 48));
  check(with_author, several, several, outcome::not_met, "55", repeat("01", 48));
  check(with_author, author, own, outcome::not_met, "55", repeat("66", 48));  // in each other's list
  check(with_author, {}, {}, outcome::not_met, "55", "-");
  check(without_author, own, {}, outcome::met, "55", repeat("55", 48));
  check(without_author, {}, zero, outcome::not_met, "55", repeat("00", 48));  // its author is zero: there is none
  check(without_block, zero, zero, outcome::not_met, "00", repeat("00", 48));
  check(without_block, own, author, outcome::not_met, "00", repeat("55", 48));
  expect_unasked(snp::appraise(without_block, lax()), "id_block", repeat("00", 48));
}

TEST_CASE("an author's key counts when AUTHOR_KEY_EN says that there is one", "[verify][appraise]") {
  const auto with_author = guest_claims();
  const auto without_author = guest_claims([](report_octets& bytes) {
    snp::row::key_info::write(bytes, 0);
    snp::row::author_key_digest::write(bytes, {});
  });
  const std::vector author{filled<snp::key_digest>(1), filled<snp::key_digest>(0x66)};
  const std::vector zero{snp::key_digest{}};
  const auto asking = [](const genuine_claims& claims, const std::vector<snp::key_digest>& any_of) {
    return snp::appraise(claims, lax().require_author_key(any_of));
  };
  expect(asking(with_author, author), "author_key", outcome::met, repeat("66", 48), repeat("01", 48), 2);
  expect(asking(with_author, zero), "author_key", outcome::not_met, repeat("66", 48), repeat("00", 48));
  expect(asking(with_author, {}), "author_key", outcome::not_met, repeat("66", 48), "-", 0);
  expect(asking(without_author, author), "author_key", outcome::not_met, "-", repeat("01", 48), 2);
  expect(asking(without_author, zero), "author_key", outcome::not_met, "-", repeat("00", 48));
  expect_unasked(snp::appraise(without_author, lax()), "author_key", "-");
}

TEST_CASE("a migration agent is refused by default, in POLICY and in REPORT_ID_MA", "[verify][appraise]") {
  const auto refusing = by_default().allow_cxl().allow_masked_chip_id();
  const auto answers = [&](const edit_bytes& edit, outcome bit, outcome agent) {
    const auto answer = snp::appraise(guest_claims(edit), refusing);
    CHECK(answer.check("policy_migrate_ma")->answer == bit);
    CHECK(shown(answer.check("policy_migrate_ma")->wanted) == "no");
    CHECK(answer.check("migration_agent")->answer == agent);
    CHECK(shown(answer.check("migration_agent")->wanted) == repeat("ff", 32));
    CHECK(answer.verdict().has_value() == (bit == outcome::met && agent == outcome::met));
  };
  answers({}, outcome::met, outcome::met);
  answers(set_policy(guest_policy::migrate_ma), outcome::not_met, outcome::met);
  answers(agent_is(0xA6), outcome::met, outcome::not_met);
  answers(agent_is(0x00), outcome::met, outcome::not_met);
  const auto both = [](report_octets& bytes) {
    set_policy(guest_policy::migrate_ma)(bytes);
    agent_is(0xA6)(bytes);
  };
  answers(both, outcome::not_met, outcome::not_met);
  expect_unasked(snp::appraise(guest_claims(both), lax()), "policy_migrate_ma", "yes");
  expect_unasked(snp::appraise(guest_claims(both), lax()), "migration_agent", repeat("a6", 32));
}

TEST_CASE("one migration agent can be wanted, and no other will do", "[verify][appraise]") {
  const auto wanting =
      undecided().waive_report_data().waive_measurement().waive_tcb().allow_debug().require_migration_agent(
          filled<snp::report_id>(0xA6));
  const auto with = [&](std::uint8_t n) {
    return snp::appraise(guest_claims([&](report_octets& bytes) {
                           set_policy(guest_policy::migrate_ma)(bytes);
                           agent_is(n)(bytes);
                         }),
                         wanting);
  };
  expect(with(0xA6), "migration_agent", outcome::met, repeat("a6", 32), repeat("a6", 32));
  expect(with(0xA7), "migration_agent", outcome::not_met, repeat("a7", 32), repeat("a6", 32));
  expect(with(0xFF), "migration_agent", outcome::not_met, repeat("ff", 32), repeat("a6", 32));
}

}  // namespace test_snp_appraise_guest
