// SPDX-License-Identifier: Apache-2.0
//
// tests/support/evidence.hpp: evidence that was recorded on real machines, which lies outside of this repository.
#pragma once

#include "support/catch.hpp"
#include "support/files.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

// UNITEE_EVIDENCE_DIR is where the evidence lies. The build sets it.
#ifndef UNITEE_EVIDENCE_DIR
#define UNITEE_EVIDENCE_DIR ""
#endif

namespace unitee::test {

inline std::filesystem::path evidence_path(std::string_view path_under_evidence) {
  return std::filesystem::path(UNITEE_EVIDENCE_DIR) / path_under_evidence;
}

// have_evidence says whether the recorded evidence is on this machine.
inline bool have_evidence() {
  return !std::string_view(UNITEE_EVIDENCE_DIR).empty() && std::filesystem::is_directory(UNITEE_EVIDENCE_DIR);
}

// evidence_is_mandatory is true in CI, where a test that skips for want of evidence would go unnoticed.
inline bool evidence_is_mandatory() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

// evidence_file is one recorded file, for example evidence_file("tdx/quotes/a.bin").
inline std::vector<std::uint8_t> evidence_file(std::string_view path_under_evidence) {
  return file_bytes(evidence_path(path_under_evidence));
}

// evidence_manifest is what is known about a set of files: evidence_manifest("tdx") is tdx/MANIFEST.json.
inline nlohmann::json evidence_manifest(std::string_view set) {
  const auto text = file_bytes(evidence_path(set) / "MANIFEST.json");
  return nlohmann::json::parse(text.begin(), text.end());
}

}  // namespace unitee::test

// UNITEE_REQUIRE_EVIDENCE ends the test case that begins with it when there is no recorded evidence: it prints one line
// and passes, or fails where evidence is mandatory.
#define UNITEE_REQUIRE_EVIDENCE()                                                                                      \
  do {                                                                                                                 \
    if (!::unitee::test::have_evidence()) {                                                                            \
      if (::unitee::test::evidence_is_mandatory()) FAIL("no recorded evidence in '" << UNITEE_EVIDENCE_DIR << "'");    \
      std::fprintf(stderr, "%s:%d: skipped, no recorded evidence in '%s'\n", __FILE__, __LINE__, UNITEE_EVIDENCE_DIR); \
      return;                                                                                                          \
    }                                                                                                                  \
  } while (false)
