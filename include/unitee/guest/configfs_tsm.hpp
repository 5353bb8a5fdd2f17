// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/configfs_tsm.hpp: evidence by configfs-tsm, the kernel's interface for both vendors (Linux 6.7).
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/guid.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/guest/attestation.hpp>
#include <unitee/guest/own_tsm_entry.hpp>
#include <unitee/guest/tsm_entry.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

// svsm_services asks the SVSM at VMPL 0 for the report, and for the manifest of one service, or of all (Linux 6.10).
struct svsm_services {
  std::optional<guid> service{};
  std::uint32_t manifest_version = 0;
};

// tsm_request is one question to configfs-tsm. `provider` is the kernel driver that must answer, so that a report is
// not taken for a quote: "sev_guest" or "tdx_guest". The options, and whether there are
// levels of privilege, are those of sev_guest.
struct tsm_request {
  std::string path = "/sys/kernel/config/tsm/report";
  std::string_view provider;  // of static storage
  fixed_bytes<64> inblob{};   // the report data
  bool has_privlevel = false;
  std::optional<std::uint64_t> privlevel{};
  std::optional<svsm_services> services{};
  bool wants_auxblob = false;
};

namespace detail {

// has_provider says whether the entry is served by this driver.
inline result<void> has_provider(const tsm_entry& entry, std::string_view provider) {
  const auto text = entry.read("provider");
  const failure unloaded{errc::io_error, ENXIO, part::tsm_report};
  if (!text && text.error() == unloaded) return failure{errc::interface_absent, ENXIO, part::tsm_report};
  if (!text) return text.error();
  std::string_view name(reinterpret_cast<const char*>(text->data()), text->size());
  if (name.ends_with('\n')) name.remove_suffix(1);
  if (name != provider) return failure{errc::provider_mismatch, 0, part::tsm_report};
  return {};
}

// tsm_conversation is one try in an entry of its own. errc::raced when somebody else wrote to the entry meanwhile.
class tsm_conversation {
 public:
  static result<attestation> hold(const tsm_request& asked, const tsm_entry& entry, const posix::deadline& until) {
    return tsm_conversation(asked, entry, until).run();
  }

 private:
  tsm_conversation(const tsm_request& asked, const tsm_entry& entry, const posix::deadline& until) noexcept
      : asked_(asked), entry_(entry), until_(until) {}

  [[nodiscard]] result<attestation> run() {
    if (const auto known = has_provider(entry_, asked_.provider); !known) return known.error();
    const auto before = patiently([&] { return entry_.number("generation"); });
    if (!before) return before.error();
    if (const auto done = configure(); !done) return done.error();
    if (const auto same = generation_is(*before + writes_); !same) return same.error();

    auto evidence = patiently([&] { return entry_.read("outblob"); });
    if (!evidence) return evidence.error();
    attestation out{std::move(*evidence), {}, {}};
    if (asked_.wants_auxblob) {
      auto table = patiently([&] { return entry_.read("auxblob"); });
      if (!table && table.error().code != errc::io_error) return table.error();
      if (table) out.certificates = std::move(*table);  // not every host has any
    }
    if (asked_.services) {
      auto manifest = patiently([&] { return entry_.read("manifestblob"); });
      if (!manifest) return manifest.error();
      out.manifest = std::move(*manifest);
    }
    if (const auto same = generation_is(*before + writes_); !same) return same.error();
    if (const auto known = has_provider(entry_, asked_.provider); !known) return known.error();
    if (out.evidence.empty()) return failure{errc::no_quote, 0, part::tsm_report};
    return out;
  }

  [[nodiscard]] result<void> configure() {
    if (const auto level = privlevel()) {
      if (const auto done = write("privlevel", std::to_string(*level)); !done) return done;
    }
    if (asked_.services) {
      if (const auto done = write("service_provider", "svsm"); !done) return done;
      if (asked_.services->service) {
        const auto text = format_guid(*asked_.services->service);
        if (const auto done = write("service_guid", {text.data(), text.size()}); !done) return done;
        const auto version = std::to_string(asked_.services->manifest_version);
        if (const auto done = write("service_manifest_version", version); !done) return done;
      }
    }
    ++writes_;
    return patiently([&] { return entry_.write("inblob", asked_.inblob.value); });
  }

  // privlevel is the level to ask for: where the caller names none, the lowest that the kernel's own key can speak for,
  // which is not 0 under an SVSM.
  [[nodiscard]] std::optional<std::uint64_t> privlevel() const {
    if (asked_.privlevel || asked_.services || !asked_.has_privlevel) return asked_.privlevel;
    const auto floor = entry_.number("privlevel_floor");
    return floor && *floor > 0 ? std::optional(*floor) : std::nullopt;
  }

  result<void> write(const char* attribute, std::string_view text) {
    ++writes_;
    const byte_view bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    return patiently([&] { return entry_.write(attribute, bytes); });
  }

  // patiently asks again after EBUSY, because an earlier request is under way, and after EINTR, as long as an answer
  // could still come before the deadline.
  template <class Ask>
  auto patiently(Ask ask) const -> decltype(ask()) {
    constexpr std::uint32_t pause_ms = 100;
    const failure busy{errc::io_error, EBUSY, part::tsm_report};
    const failure interrupted{errc::io_error, EINTR, part::tsm_report};
    for (;;) {
      auto answer = ask();
      if (answer || (answer.error() != busy && answer.error() != interrupted)) return answer;
      const std::uint32_t limit = until_.limit().milliseconds;
      if (answer.error() == busy && until_.left() < 2 * pause_ms)
        return failure{errc::host_busy, limit, part::tsm_report};
      if (until_.passed()) return failure{errc::timed_out, limit, part::tsm_report};
      until_.pause(pause_ms);
    }
  }

  // generation_is compares: fewer writes than were made, or somebody else's as well.
  [[nodiscard]] result<void> generation_is(std::uint64_t expected) const {
    const auto now = patiently([&] { return entry_.number("generation"); });
    if (!now) return now.error();
    if (*now == expected) return {};
    return *now < expected ? lost_write : failure{errc::raced, 1, part::tsm_report};
  }

  const tsm_request& asked_;
  const tsm_entry& entry_;
  const posix::deadline& until_;
  std::uint64_t writes_ = 0;
};

}  // namespace detail

// ask_tsm is the answer of configfs-tsm, made in an entry that nobody else uses and that is gone afterwards
// (detail::in_own_entry says when it is not): outblob, which is not empty, auxblob where it is wanted and there,
// manifestblob with services. Failures, in part::tsm_report:
//   errc::interface_absent   no configfs-tsm, or no such attribute, as those of services where there is no SVSM
//                            (ENOENT); no provider (ENXIO)
//   errc::provider_mismatch  another vendor's provider, or one that changed meanwhile
//   errc::entry_taken        all names tried existed already
//   errc::raced              somebody else wrote to every entry tried
//   errc::host_busy          earlier requests were under way until the limit
//   errc::no_quote           outblob was empty
//   errc::no_answer          ETIMEDOUT: a host that throttles (60 s), or whose quoting service is silent (30 s)
//   errc::channel_lost, errc::timed_out, errc::io_error   as with the devices; the reason behind EIO stays there
// (Linux, Documentation/ABI/testing/configfs-tsm-report).
inline result<attestation> ask_tsm(const tsm_request& asked, const posix::deadline& until) {
  return detail::in_own_entry(asked.path, until, [=](const detail::tsm_entry& entry) {
    return detail::tsm_conversation::hold(asked, entry, until);
  });
}

// probe_tsm says whether ask_tsm has somebody to ask: the failures are the same.
inline result<void> probe_tsm(const std::string& path, std::string_view provider, const posix::deadline& until) {
  return detail::in_own_entry(path, until,
                              [=](const detail::tsm_entry& entry) { return detail::has_provider(entry, provider); });
}

}  // namespace unitee::inline v0::guest
