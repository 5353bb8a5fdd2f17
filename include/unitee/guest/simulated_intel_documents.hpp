// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_intel_documents.hpp: TCB info and QE identity as Intel's service writes them. INSECURE.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/guest/simulated_tdx_stage.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/tcb_status.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::inline v0::guest {

namespace detail {

inline constexpr std::int64_t simulated_day = 86400;
inline constexpr std::int64_t simulated_document_life = 30 * simulated_day;

inline std::string hex_text(byte_view bytes) {
  std::string out(2 * bytes.size(), '0');
  (void)hex_encode(bytes, out);  // the size is right
  return out;
}

// upper is the text as Intel writes masks and signers.
inline std::string upper(std::string text) {
  for (char& each : text) {
    if (each >= 'a' && each <= 'f') each = static_cast<char>(each - 'a' + 'A');
  }
  return text;
}

// member is "name":"value" with a comma behind it.
inline std::string member(std::string_view name, std::string_view value) {
  return '"' + std::string(name) + "\":\"" + std::string(value) + "\",";
}
inline std::string member(std::string_view name, std::uint32_t value) {
  return '"' + std::string(name) + "\":" + std::to_string(value) + ',';
}

// simulated_rating is the end of a level: tcbDate, tcbStatus and advisoryIDs, each given by its number.
struct simulated_rating {
  utc_time date;
  tdx::tcb_status status;
  std::vector<int> advisories;

  [[nodiscard]] std::string text() const {
    const auto at = format_time(date);  // document_head has tried the earliest
    std::string out = member("tcbDate", at ? std::string_view(at->data(), at->size()) : std::string_view());
    out += "\"tcbStatus\":\"" + std::string(name(status)) + '"';
    std::string_view before = ",\"advisoryIDs\":[\"";
    for (const int number : advisories) {
      out += std::string(before) + "INTEL-SA-" + std::to_string(number) + '"';
      before = ",\"";
    }
    return advisories.empty() ? out : out + ']';
  }
};

// simulated_levels is dates and advisories of a ladder of levels, the newest first, at the time of the document.
class simulated_levels {
 public:
  // What an update fixes has advisories from `first_advisory` on.
  explicit simulated_levels(utc_time now, int first_advisory) noexcept
      : midnight_{now.seconds - now.seconds % simulated_day}, first_advisory_(first_advisory) {}

  // rating is that of level number i, which was the newest two months before the document, and half a year earlier for
  // each further one. It has the advisories of its status, and those that the levels above it have fixed.
  [[nodiscard]] simulated_rating rating(int i, tdx::tcb_status status) const {
    using enum tdx::tcb_status;
    simulated_rating out{{midnight_.seconds - (60 + 180 * i) * simulated_day}, status, {}};
    const bool both = status == configuration_and_sw_hardening_needed;
    if (status == sw_hardening_needed || both) out.advisories.push_back(99001);
    if (status == configuration_needed || status == out_of_date_configuration_needed || both) {
      out.advisories.push_back(99002);
    }
    for (int fixed = 0; fixed < i; ++fixed) out.advisories.push_back(first_advisory_ + fixed);
    return out;
  }

 private:
  utc_time midnight_;
  int first_advisory_;
};

// components is 16 components with their labels, which belong to the first ones.
inline std::string components(std::span<const std::uint8_t, 16> svns, std::span<const std::string_view> labels) {
  std::string out = "[";
  for (std::size_t i = 0; i < svns.size(); ++i) {
    out += i == 0 ? "{\"svn\":" : ",{\"svn\":";
    out += std::to_string(svns[i]);
    if (i < labels.size()) out += labels[i];
    out += '}';
  }
  return out + ']';
}

// platform_level is a level that stands `height` updates above the platform, or below it.
inline std::string platform_level(int height, const simulated_rating& rating) {
  constexpr std::array<std::string_view, 8> sgx_labels{R"(,"category":"BIOS","type":"Early Microcode Update")",
                                                       R"(,"category":"OS/VMM","type":"SGX Late Microcode Update")",
                                                       R"(,"category":"OS/VMM","type":"TXT SINIT")",
                                                       R"(,"category":"BIOS")",
                                                       R"(,"category":"BIOS")",
                                                       R"(,"category":"BIOS")",
                                                       "",
                                                       R"(,"category":"OS/VMM","type":"SEAMLDR ACM")"};
  constexpr std::array<std::string_view, 3> tdx_labels{R"(,"category":"OS/VMM","type":"TDX Module")",
                                                       R"(,"category":"OS/VMM","type":"TDX Module")",
                                                       R"(,"category":"OS/VMM","type":"TDX Late Microcode Update")"};
  const auto moved = [&](std::uint8_t from) { return static_cast<std::uint8_t>(from + height); };
  std::array<std::uint8_t, 16> sgx = simulated_components;
  sgx[0] = moved(sgx[0]);
  sgx[1] = moved(sgx[1]);
  // Since there are module identities, levels say 5.0 of the module and leave it at that.
  const std::array<std::uint8_t, 16> tdx{5, 0, moved(simulated_tee_tcb_svn.value[2])};
  const std::uint32_t pcesvn = height < -1 ? simulated_pcesvn - 2U : simulated_pcesvn;
  return R"({"tcb":{"sgxtcbcomponents":)" + components(sgx, sgx_labels) + ',' + member("pcesvn", pcesvn) +
         R"("tdxtcbcomponents":)" + components(tdx, tdx_labels) + "}," + rating.text() + '}';
}

inline std::string svn_level(std::uint32_t isvsvn, const simulated_rating& rating) {
  return R"({"tcb":{"isvsvn":)" + std::to_string(isvsvn) + "}," + rating.text() + '}';
}

// module_signer is what tdxModule says, and what every module identity begins with: Intel's signer is zero.
inline std::string module_signer() {
  return member("mrsigner", std::string(96, '0')) + member("attributes", std::string(16, '0')) +
         R"("attributesMask":")" + std::string(16, 'F') + '"';
}

inline std::string module_identity(std::string_view id, std::string_view levels) {
  return '{' + member("id", id) + module_signer() + R"(,"tcbLevels":[)" + std::string(levels) + "]}";
}

// platform_levels is tcbLevels, of which there are three: the platform reaches the first where that may have the
// status, the second where only a level below another has it, and none where it is not supported.
inline std::string platform_levels(const simulated_stage& as, const simulated_levels& levels) {
  using enum tdx::tcb_status;
  tdx::tcb_status own = as.status;
  if (own == td_relaunch_advised) own = up_to_date;
  if (own == td_relaunch_advised_configuration_needed) own = configuration_needed;
  const int top = own == not_supported ? 3 : own >= out_of_date ? 1 : 0;
  std::string out;
  for (int i = 0; i < 3; ++i) {
    const int height = top - i;
    const tdx::tcb_status others = i == 0 ? up_to_date : height < 0 && own >= out_of_date ? own : out_of_date;
    if (i != 0) out += ',';
    out += platform_level(height, levels.rating(i, height == 0 ? own : others));
  }
  return out;
}

// newer_and_own is the levels of a module or enclave that has this SVN, the newest first: out of date or not.
inline std::string newer_and_own(std::uint32_t svn, bool behind, const simulated_levels& levels) {
  constexpr auto good = tdx::tcb_status::up_to_date;
  constexpr auto bad = tdx::tcb_status::out_of_date;
  if (!behind) return svn_level(svn, levels.rating(0, good)) + ',' + svn_level(svn - 2, levels.rating(1, bad));
  return svn_level(svn + 1, levels.rating(0, good)) + ',' + svn_level(svn, levels.rating(1, bad)) + ',' +
         svn_level(svn - 2, levels.rating(2, bad));
}

// document_head is what both documents begin with: errc::bad_value for a time without room for the dates of the levels
// before it.
inline result<std::string> document_head(std::string_view id, std::uint32_t version, utc_time now) {
  if (const auto oldest = format_time({now.seconds - 500 * simulated_day}); !oldest) return oldest.error();
  const auto from = format_time(now);
  if (!from) return from.error();
  const auto until = format_time({now.seconds + simulated_document_life});
  if (!until) return until.error();
  return '{' + member("id", id) + member("version", version) + member("issueDate", {from->data(), from->size()}) +
         member("nextUpdate", {until->data(), until->size()});
}

inline result<std::string> simulated_tcb_info(const tdx::pck_extension& of, const simulated_stage& as, utc_time now) {
  const auto head = document_head("TDX", 3, now);
  if (!head) return head.error();
  const simulated_levels levels(now, 99010);
  const simulated_levels module_levels(now, 99020);
  const std::string one = newer_and_own(simulated_tee_tcb_svn.value[0], as.module_out_of_date, module_levels);
  const std::string three = svn_level(3, module_levels.rating(0, tdx::tcb_status::up_to_date));
  return *head + member("fmspc", hex_text(of.fmspc.value)) + member("pceId", hex_text(of.pceid.value)) +
         member("tcbType", 0) + member("tcbEvaluationDataNumber", as.tcb_evaluation_data_number) + R"("tdxModule":{)" +
         module_signer() + R"(},"tdxModuleIdentities":[)" + module_identity("TDX_03", three) + ',' +
         module_identity("TDX_01", one) + R"(],"tcbLevels":[)" + platform_levels(as, levels) + "]}";
}

inline result<std::string> simulated_qe_identity(const simulated_stage& as, utc_time now) {
  const auto head = document_head("TD_QE", 2, now);
  if (!head) return head.error();
  const simulated_levels levels(now, 99030);
  return *head + member("tcbEvaluationDataNumber", as.tcb_evaluation_data_number) + member("miscselect", "00000000") +
         member("miscselectMask", "FFFFFFFF") + member("attributes", "11000000000000000000000000000000") +
         member("attributesMask", "FBFFFFFFFFFFFFFF0000000000000000") +
         member("mrsigner", upper(hex_text(simulated_qe_signer.value))) + member("isvprodid", simulated_qe_isvprodid) +
         R"("tcbLevels":[)" + newer_and_own(simulated_qe_isvsvn, as.enclave_out_of_date, levels) + "]}";
}

// simulated_document is {"name":inner,"signature":"..."}, signed over the inner text.
inline result<octets> simulated_document(std::string_view name, std::string_view inner, const signing_key& key) {
  const auto signature = key.sign_p256(bytes_of(inner));
  if (!signature) return signature.error();
  const std::string text = R"({")" + std::string(name) + R"(":)" + std::string(inner) + R"(,"signature":")" +
                           hex_text(signature->value) + R"("})";
  return octets(text.begin(), text.end());
}

}  // namespace detail

}  // namespace unitee::inline v0::guest
