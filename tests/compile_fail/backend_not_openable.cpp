// expect: this backend cannot be looked for: it has no name, or no open() that says whether it is there
// SPDX-License-Identifier: Apache-2.0
#include <unitee/any_guest.hpp>

using namespace unitee;

struct backend {
  static constexpr std::string_view name = "mine";
#ifdef UNITEE_CORRECTED
  static result<backend> open();
#endif
  result<snp::report> attest(const snp::report_data& data);
};

auto use() { return any_guest<backend>::look(); }
