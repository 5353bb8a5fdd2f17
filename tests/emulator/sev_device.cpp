// SPDX-License-Identifier: Apache-2.0

#include "sev_device.hpp"

#include <unitee/bytes/layout.hpp>
#include <unitee/crypto/wiped_buffer.hpp>

#include <algorithm>
#include <array>

namespace emulator {

namespace {

namespace layout = unitee::layout;

// The tables of <linux/sev-guest.h> and of the firmware ABI, apart from those of the library under test.
namespace wrapper {
using msg_version = layout::le<"msg_version", 0, std::uint8_t>;
using req_data = layout::le<"req_data", 8, std::uint64_t>;
using resp_data = layout::le<"resp_data", 16, std::uint64_t>;
using exitinfo2 = layout::le<"exitinfo2", 24, std::uint64_t>;
constexpr std::size_t size = 32;
}  // namespace wrapper

namespace report_request {
using user_data = layout::raw<"user_data", 0, 64, unitee::snp::report_data_tag>;
using vmpl = layout::le<"vmpl", 64, std::uint32_t>;
using key_select = layout::le<"key_select", 68, std::uint32_t>;
constexpr std::size_t size = 96;
}  // namespace report_request

namespace ext_request {
using certs_address = layout::le<"certs_address", 96, std::uint64_t>;
using certs_len = layout::le<"certs_len", 104, std::uint32_t>;
using padding = layout::le<"padding", 108, std::uint32_t>;
constexpr std::size_t size = 112;
}  // namespace ext_request

constexpr std::size_t report_response_size = 4000;
constexpr std::size_t key_response_size = 64;

using response_status = layout::le<"status", 0, std::uint32_t>;
using response_report_size = layout::le<"report_size", 4, std::uint32_t>;
constexpr std::size_t response_payload = 32;

const char* operation_of(std::uint32_t number) {
  switch (number) {
    case sev_device::get_report: return "sev.report";
    case sev_device::get_derived_key: return "sev.derived_key";
    case sev_device::get_ext_report: return "sev.ext_report";
    default: return "sev.unknown";
  }
}

}  // namespace

// request is one ioctl in work.
class sev_device::request {
 public:
  request(sev_device& at, const caller& by, std::uint32_t number, std::span<std::uint8_t> argument)
      : device_(at), call_(at.in_, by, operation_of(number)), memory_(by.thread), argument_(argument), number_(number) {
    call_.what.wrapper.assign(argument.begin(), argument.end());
  }

  int run() {
    exitinfo2_ = no_answer;
    const int error = call_.answer(answered());
    // The kernel copies the wrapper out where exitinfo2 is not zero: after success it is as the client left it.
    if (error == 0 && !failing().keep_exitinfo2) exitinfo2_ = 0;
    if (exitinfo2_ != 0 && written_back_) wrapper::exitinfo2::write(argument_, exitinfo2_);
    if (written_back_) call_.what.exitinfo2 = exitinfo2_;
    return error;
  }

 private:
  [[nodiscard]] const fault& failing() const { return call_.failing; }

  int answered() {
    if (call_.interrupted()) return EINTR;
    if (argument_.size() < wrapper::size) return EFAULT;
    if (wrapper::msg_version::read(argument_) == 0) {
      written_back_ = false;
      return EINVAL;
    }
    if (!unitee::all_zero(unitee::byte_view(argument_).subspan(1, 7))) return violated("padding of the wrapper");
    if (number_ != get_report && number_ != get_derived_key && number_ != get_ext_report) return ENOTTY;
    if (wrapper::req_data::read(argument_) == 0 || wrapper::resp_data::read(argument_) == 0) return EINVAL;

    const std::size_t size = number_ == get_report       ? report_request::size
                             : number_ == get_ext_report ? ext_request::size
                                                         : 32;
    request_.resize(size);
    if (!memory_.read(wrapper::req_data::read(argument_), request_)) return EFAULT;
    call_.what.request = request_;
    if (number_ == get_ext_report) {
      if (ext_request::padding::read(request_) != 0) return violated("padding of the request");
      if (const std::uint32_t length = offered(); length > certificates_max || length % 4096 != 0) return EINVAL;
    }
    if (device_.in_.wiped) return ENOTTY;
    if (failing().error || failing().exitinfo2) {
      return failed(failing().error.value_or(EIO), failing().exitinfo2.value_or(no_answer));
    }
    // The firmware knows the request as version 1 alone.
    if (wrapper::msg_version::read(argument_) != 1) return failed(EIO, snp_guest::invalid_parameter);
    return number_ == get_derived_key ? derived_key() : report();
  }

  int violated(const char* what) {
    call_.what.violate(std::string(what) + " is not zero");
    return EINVAL;
  }

  // failed is an error of the channel: it wipes the key to it, except where the request never went out.
  int failed(int error, std::uint64_t exitinfo2) {
    exitinfo2_ = exitinfo2;
    const bool lost = error == EIO || error == ETIMEDOUT || error == EBADMSG || error == ENOSR;
    const bool spared = exitinfo2 == buffer_too_small || exitinfo2 == host_busy || failing().keep;
    if (lost && !spared) device_.in_.wiped = true;
    if (number_ == get_ext_report && exitinfo2 == buffer_too_small && !give_length(needed())) return EFAULT;
    return error;
  }

  // offered is the size of the client's certificate buffer, 0 when it asks for none.
  [[nodiscard]] std::uint32_t offered() const {
    const std::uint32_t length = ext_request::certs_len::read(request_);
    return ext_request::certs_address::read(request_) == 0 ? 0 : length;
  }

  [[nodiscard]] octets table() const {
    octets out = failing().certs ? *failing().certs : device_.guest_.certificates();
    out.resize(std::max((out.size() + 4095) / 4096 * 4096, std::size_t{failing().size.value_or(0)}));
    return out;
  }

  [[nodiscard]] std::uint32_t needed() const {
    return failing().size.value_or(static_cast<std::uint32_t>(table().size()));
  }

  [[nodiscard]] bool give_length(std::uint32_t length) {
    ext_request::certs_len::write(request_, length);
    call_.what.size = ext_request::size;
    return memory_.write(wrapper::req_data::read(argument_), request_);
  }

  int report() {
    if (number_ == get_ext_report && needed() > offered()) return failed(EIO, buffer_too_small);
    std::uint32_t status = failing().status.value_or(snp_guest::success);
    octets made;
    const std::uint32_t key_select = report_request::key_select::read(request_);
    if (key_select > 3 || !unitee::all_zero(unitee::byte_view(request_).subspan(72, 24))) {
      call_.what.violate("a reserved byte of the request is not zero");
      status = snp_guest::invalid_parameter;
    }
    if (status == snp_guest::success) {
      status = device_.guest_.report(report_request::user_data::read(request_), report_request::vmpl::read(request_),
                                     key_select, made);
    }
    octets response(report_response_size);
    response_status::write(response, status);
    if (status == snp_guest::success) {
      auto size = static_cast<std::uint32_t>(made.size());
      failing().spoil(made);
      made.resize(std::min(made.size(), response.size() - response_payload));
      response_report_size::write(response, failing().report_size.value_or(size));
      std::ranges::copy(made, response.begin() + response_payload);
    }
    call_.what.status = status;
    if (number_ == get_ext_report && offered() != 0) {
      octets certificates = table();
      certificates.resize(offered());
      if (!memory_.write(ext_request::certs_address::read(request_), certificates)) return EFAULT;
      call_.what.size += certificates.size();
    }
    return give(response);
  }

  int derived_key() {
    std::uint32_t status = failing().status.value_or(snp_guest::success);
    std::optional<unitee::secret<32>> key;
    if (status == snp_guest::success) {
      bool reserved = false;
      status = device_.guest_.derive(std::span<const std::uint8_t>(request_).first<32>(), key, reserved);
      if (reserved) call_.what.violate("a reserved byte or bit of the request is not zero");
    }
    call_.what.status = status;
    octets response(key_response_size);
    response_status::write(response, status);
    if (key) {
      octets payload(key->expose().begin(), key->expose().end());
      failing().spoil(payload);
      payload.resize(32);
      std::ranges::copy(payload, response.begin() + response_payload);
      unitee::wipe(payload);
    }
    const int error = give(response);
    unitee::wipe(response);
    return error;
  }

  int give(const octets& response) {
    call_.what.size += response.size();
    return memory_.write(wrapper::resp_data::read(argument_), response) ? 0 : EFAULT;
  }

  sev_device& device_;
  call call_;
  client_memory memory_;
  std::span<std::uint8_t> argument_;
  std::uint32_t number_;
  std::uint64_t exitinfo2_ = no_answer;
  bool written_back_ = true;
  octets request_;
};

int sev_device::ioctl(const caller& by, std::uint32_t number, std::span<std::uint8_t> argument) {
  return request(*this, by, number, argument).run();
}

}  // namespace emulator
