# SPDX-License-Identifier: Apache-2.0
# safetensors/example.sh: what ../run needs to know of this example.
# shellcheck shell=bash disable=SC2034,SC2154

packages+=(python3)

# A few megabytes say whether all is right, more how long loading takes.
try() {
  "$here/model.py" 4 small.safetensors
  "$program" small.safetensors
  "$here/model.py" 200 large.safetensors
  "$program" large.safetensors
}
