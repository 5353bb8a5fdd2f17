# SPDX-License-Identifier: Apache-2.0
"""The vectors of sealed files that must be refused, in the order of a reader's steps. sealed_vectors.py says more."""

import sealed_refusals_headers
import sealed_refusals_keys
import sealed_refusals_macs
import sealed_refusals_payload


def vectors():
    for module in (sealed_refusals_headers, sealed_refusals_keys, sealed_refusals_macs, sealed_refusals_payload):
        yield from module.vectors()
