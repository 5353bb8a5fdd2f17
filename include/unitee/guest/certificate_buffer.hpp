// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/certificate_buffer.hpp: where the kernel puts the certificates that a host hands out beside a report.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/guest_message.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace unitee::inline v0::guest::detail {

// certificate_buffer is as many pages as the kernel takes at most, so that the host needs to be asked once.
class certificate_buffer {
 public:
  static result<certificate_buffer> create() noexcept {
    std::unique_ptr<pages> made(new (std::nothrow) pages);
    if (!made) return failure{errc::io_error, ENOMEM, part::sev_guest};
    return certificate_buffer(std::move(made));
  }

  [[nodiscard]] byte_span bytes() noexcept { return pages_->bytes; }

  // table is the certificate table without its padding; nothing when the host keeps none, which leaves zeros.
  [[nodiscard]] result<byte_view> table() const noexcept {
    const byte_view all = pages_->bytes;
    if (all_zero(all)) return byte_view();
    const auto table = snp::certificate_table::parse(all);
    if (!table) return table.error();
    std::size_t end = 0;
    for (std::size_t i = 0; i < table->size(); ++i) {
      end = std::max(end, (*table)[i].offset + (*table)[i].data.size());
    }
    return all.first(end);
  }

 private:
  struct alignas(snp::certificates_page) pages {
    std::array<std::uint8_t, snp::certificates_max> bytes{};
  };

  explicit certificate_buffer(std::unique_ptr<pages> owned) noexcept : pages_(std::move(owned)) {}

  std::unique_ptr<pages> pages_;
};

// ask_with_certificates makes an extended report request: send(request) is called with the buffer's address and length
// filled in, and completes the rest. errc::certificates_too_large when the host has more than fits, with the size that
// it names, and errc::bad_length at CERTS_LEN when it names one that makes no sense.
template <class Send>
result<void> ask_with_certificates(certificate_buffer& into, Send&& send) {
  namespace row = snp::ext_report_request_row;
  const byte_span space = into.bytes();
  std::array<std::uint8_t, row::all::size> request{};
  row::certs_address::write(request, reinterpret_cast<std::uintptr_t>(space.data()));
  row::certs_len::write(request, static_cast<std::uint32_t>(space.size()));
  const result<void> done = send(std::span(request));
  if (done || done.error().code != errc::no_space) return done;
  const std::uint32_t wanted = row::certs_len::read(request);
  const bool plausible = wanted > space.size() && wanted % snp::certificates_page == 0;
  if (!plausible) return failure{errc::bad_length, row::certs_len::offset, part::sev_guest};
  return failure{errc::certificates_too_large, wanted, part::sev_guest};
}

}  // namespace unitee::inline v0::guest::detail
