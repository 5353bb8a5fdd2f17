// SPDX-License-Identifier: Apache-2.0

#include "advice.hpp"

#include <cerrno>
#include <string_view>

namespace command {

namespace {

using unitee::errc;
using unitee::failure;
using unitee::part;

bool denied(const failure& why) { return why.code == errc::io_error && (why.offset == EACCES || why.offset == EPERM); }

std::string on_device(const failure& why, const std::string& path, const std::string& module, std::string_view since) {
  if (denied(why)) {
    return "run this as root, or let a group in: chgrp GROUP " + path + "; chmod 660 " + path;
  }
  switch (why.code) {
    case errc::interface_absent:
      if (why.offset == ENOTTY) return "use another kernel: this one's " + path + " does not know the request";
      return "modprobe " + module + " (Linux " + std::string(since) + ")";
    case errc::host_busy: return "wait, ask less often, or give it more time with --limit";
    case errc::timed_out: return "give it more time with --limit; then look into dmesg for " + module;
    default: return "look into dmesg for " + module;
  }
}

std::string on_firmware(const failure& why) {
  constexpr std::uint64_t invalid_parameter = 0x16;
  constexpr std::uint64_t invalid_key = 0x27;
  if (why.offset == invalid_parameter) {
    return "ask for a VMPL that this kernel may name: unitee attest --vmpl N, not below its own";
  }
  if (why.offset == invalid_key) return "have the host load the key that was asked for, or ask for the default one";
  return "reboot the guest, since the kernel gives up its key after an error; if it comes back, update the host's "
         "SEV firmware";
}

std::string on_sev_guest(const failure& why) {
  switch (why.code) {
    case errc::firmware_error: return on_firmware(why);
    case errc::host_error:
    case errc::no_answer: return "reboot the guest; if it comes back, have the host's operator look into it";
    case errc::channel_lost: return "reboot the guest: nothing else brings the kernel's key (VMPCK) back";
    case errc::certificates_too_large:
      return "attest by configfs-sev-guest, and have the host hand out fewer certificates";
    case errc::bad_length:
      if (why.in == part::sev_guest) return "do not trust this answer; update the guest's kernel";
      break;
    default: break;
  }
  return on_device(why, "/dev/sev-guest", "sev-guest", "5.19 or newer, in a SEV-SNP guest");
}

std::string on_tsm(const failure& why, bool is_there) {
  if (denied(why)) return "run this as root: entries of configfs are made by root alone";
  switch (why.code) {
    case errc::interface_absent:
      if (is_there) return "leave --svsm and --vmpl away: this kernel, or this guest, has no such attribute";
      if (why.offset == ENXIO) return "load a provider: modprobe sev-guest, or modprobe tdx-guest";
      return "mount -t configfs none /sys/kernel/config; modprobe sev-guest, or tdx-guest (Linux 6.7 or newer)";
    case errc::provider_mismatch: return "ask the backend of the provider that is there: unitee doctor names it";
    case errc::no_quote: return "have the host's operator start the quote service (QGS), or update it";
    case errc::raced:
    case errc::entry_taken: return "find out which process meddles with /sys/kernel/config/tsm/report, and try again";
    case errc::host_busy: return "wait for the requests that are under way, or give it more time with --limit";
    case errc::channel_lost: return "reboot the guest: nothing else brings the kernel's key (VMPCK) back";
    case errc::timed_out: return "give it more time with --limit; then look into dmesg, and ask the host's operator";
    case errc::no_answer: return "have the host's operator look after the quote service or the firmware";
    case errc::io_error:
      if (why.offset == EINVAL) return "check --vmpl and --service: the kernel or the firmware refuses the request";
      break;
    default: break;
  }
  return "look into dmesg for tsm";
}

std::string on_quote_service(const failure& why) {
  switch (why.code) {
    case errc::interface_absent:
      return "start the quote service (QGS) on the host, or say where it is: --quote-service vsock:2:4050";
    case errc::timed_out: return "give it more time with --limit; then have the host's operator restart the QGS";
    case errc::service_error: return "have the host's operator look into the QGS's log; it may lack a PCK certificate";
    case errc::no_quote: return "have the host's operator update the QGS";
    case errc::io_error: return "check the address given with --quote-service, and the permissions of a socket";
    default: return "check that it is a QGS that listens there, and update it";
  }
}

std::string on_seal_key(const failure& why) {
  switch (why.code) {
    case errc::interface_absent: return "use a key broker: this kernel cannot ask the TDX module for keys";
    case errc::key_denied: return "use a key broker: the TDX module has no SEALING, or the TD does not enable it";
    case errc::module_error: return "use a key broker, and update the kernel: it hides the module's error";
    case errc::zero_key: return "use a key broker: a key of zeros is none";
    default: return denied(why) ? "run this as root" : "use a key broker";
  }
}

}  // namespace

std::string advice_on(const failure& why, bool is_there) {
  switch (why.in) {
    case part::sev_guest: return on_sev_guest(why);
    case part::tdx_guest: return on_device(why, "/dev/tdx_guest", "tdx-guest", "6.2 or newer, in a TD");
    case part::tsm_report: return on_tsm(why, is_there);
    case part::quote_service: return on_quote_service(why);
    case part::seal_key: return on_seal_key(why);
    case part::rtmr: return "use Linux 6.16 or newer, which has them below /sys/class/misc/tdx_guest/measurements";
    case part::key_request:
      if (why.code == errc::zero_key) return "use a key broker: a key of zeros is none";
      return "have the host's operator look into it: the firmware refuses a request for this guest's own VMPL and TCB";
    case part::certificate_table: return "have the host's operator repair the certificates that the host hands out";
    case part::report:
    case part::quote:
    case part::td_report: return "do not use what came: it is not the evidence that was asked for; try again";
    default: return {};
  }
}

}  // namespace command
