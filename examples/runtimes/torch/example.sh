# SPDX-License-Identifier: Apache-2.0
# torch/example.sh: what ../run needs to know of this example.
# shellcheck shell=bash disable=SC2034,SC2154

packages+=(libtorch-dev)
options=(-DCMAKE_CXX_COMPILER=g++)  # Clang refuses libtorch 1.13's headers as C++20

# A few megabytes say whether all is right, more how long loading takes.
try() {
  trap 'rm -f model.pt model.pt.sealed' EXIT
  "$program" 3
  "$program" 200 time
}
