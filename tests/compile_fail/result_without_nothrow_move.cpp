// expect: result<T> needs a T that moves without throwing
// SPDX-License-Identifier: Apache-2.0
#include <unitee/result.hpp>

struct text {
  text() = default;
#ifdef UNITEE_CORRECTED
  text(text&&) noexcept {}
#else
  text(text&&) {}
#endif
};

bool use(const unitee::result<text>& answer) { return answer.has_value(); }
