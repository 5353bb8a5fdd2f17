// SPDX-License-Identifier: Apache-2.0

#include "tdx_device.hpp"

#include <unitee/bytes/endian.hpp>
#include <unitee/crypto/wiped_buffer.hpp>

#include <algorithm>

namespace emulator {

int tdx_device::ioctl(const caller& by, std::uint32_t number, std::span<std::uint8_t> argument) {
  const bool is_report = number == get_report0 && argument.size() == report_argument_size;
  const bool is_key = number == key_get && argument.size() == key_argument_size;
  call in_work(in_, by, is_report ? "tdx.report" : is_key ? "tdx.key" : "tdx.unknown");
  if (is_report) return in_work.answer(report(in_work, argument));
  if (is_key) return in_work.answer(key(in_work, argument));
  return in_work.answer(ENOTTY);
}

int tdx_device::report(call& in_work, std::span<std::uint8_t> argument) {
  const auto data = argument.first<64>();
  in_work.what.request.assign(data.begin(), data.end());
  if (in_work.staged() != 0) return in_work.staged();
  unitee::tdx::report_data wanted;
  std::ranges::copy(data, wanted.value.begin());
  octets made = guest_.report(wanted);
  if (made.empty()) return EIO;
  const std::size_t size = made.size();
  in_work.failing.spoil(made);
  made.resize(size);
  std::ranges::copy(made, argument.subspan(64).begin());
  in_work.what.size = size;
  return 0;
}

int tdx_device::key(call& in_work, std::span<std::uint8_t> argument) {
  // What the client left in the place of the key is not logged: it may be a key.
  in_work.what.request.assign(argument.begin(), argument.begin() + 128);
  if (in_work.interrupted()) return EINTR;
  if (key_ == seal_key::absent) return ENOTTY;
  const fault& failing = in_work.failing;
  const auto err_code = argument.subspan<160, 8>();
  std::ranges::fill(argument.subspan(128), std::uint8_t{0});
  const auto fail = [&](int error, std::uint64_t code) {
    unitee::store_le<std::uint64_t>(err_code, code);
    in_work.what.err_code = code;
    in_work.what.size = key_argument_size - 128;
    return error;
  };
  if (failing.error || failing.err_code) return fail(failing.error.value_or(0), failing.err_code.value_or(0));
  std::optional<unitee::secret<32>> key;
  bool reserved = false;
  const std::uint64_t code = guest_.derive(argument.first(128), key, reserved);
  if (reserved) in_work.what.violate("a reserved byte or bit of TDKEYREQUEST is not zero");
  if (!key) return fail(EIO, code);
  octets payload(key->expose().begin(), key->expose().end());
  if (key_ == seal_key::zero) std::ranges::fill(payload, std::uint8_t{0});
  failing.spoil(payload);
  payload.resize(32);
  std::ranges::copy(payload, argument.subspan(128).begin());
  unitee::wipe(payload);
  return fail(0, 0);
}

}  // namespace emulator
