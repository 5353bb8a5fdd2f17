// SPDX-License-Identifier: Apache-2.0

#include "../table.hpp"
#include "task.hpp"

namespace benchmarks {

void seal(table& out) {
  seal_whole(out);
  seal_random_reads(out);
  seal_slots(out);
  seal_processes(out);
}

}  // namespace benchmarks
