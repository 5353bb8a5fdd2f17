// SPDX-License-Identifier: Apache-2.0

#include "registers.hpp"

#include <algorithm>
#include <string>

namespace emulator {

int registers::open(const caller& by, std::size_t which, bool writes) {
  call in_work(in_, by, std::string("rtmr.open.") + forms[which].short_name);
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  return in_work.answer(writes && !forms[which].written ? EACCES : 0);
}

int registers::read(const caller& by, std::size_t which, std::size_t offset, std::size_t most, octets& out) {
  call in_work(in_, by, std::string("rtmr.read.") + forms[which].short_name);
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  octets content = value(which);
  in_work.failing.spoil(content);
  const std::size_t begin = std::min(offset, content.size());
  const std::size_t n = std::min({most, content.size() - begin, in_work.failing.at_most.value_or(most)});
  out.assign(content.begin() + static_cast<std::ptrdiff_t>(begin),
             content.begin() + static_cast<std::ptrdiff_t>(begin + n));
  in_work.what.size = n;
  return 0;
}

int registers::write(const caller& by, std::size_t which, std::size_t offset, unitee::byte_view bytes,
                     std::size_t& taken) {
  call in_work(in_, by, std::string("rtmr.write.") + forms[which].short_name);
  in_work.what.request.assign(bytes.begin(), bytes.end());
  if (in_work.staged() != 0) return in_work.answer(in_work.staged());
  if (offset >= size) return in_work.answer(EFBIG);
  taken = std::min(bytes.size(), size - offset);
  if (in_work.failing.empty) return 0;
  if (offset != 0 || taken != size) return in_work.answer(EINVAL);
  unitee::sha384_digest digest;
  std::ranges::copy(bytes.first(size), digest.value.begin());
  return in_work.answer(guest_.extend(which, digest) ? 0 : EIO);
}

octets registers::value(std::size_t which) {
  if (which < 4) return guest_.rtmr(which);
  const auto& launch = guest_.launch();
  const auto bytes = [](const auto& from) { return octets(from.value.begin(), from.value.end()); };
  if (which == 4) return bytes(launch.mrtd);
  if (which == 5) return bytes(launch.mrconfigid);
  return which == 6 ? bytes(launch.mrowner) : bytes(launch.mrownerconfig);
}

}  // namespace emulator
