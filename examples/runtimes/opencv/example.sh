# SPDX-License-Identifier: Apache-2.0
# opencv/example.sh: what ../run needs to know of this example.
# shellcheck shell=bash disable=SC2034,SC2154

packages+=(libopencv-dnn-dev python3)

try() {
  "$here/model.py" model.onnx
  "$program" model.onnx
}
