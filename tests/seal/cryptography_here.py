# SPDX-License-Identifier: Apache-2.0
"""Imported first by a test that needs the Python module `cryptography`. Where this Python has none, it starts the test
again under the system's, which has Debian's python3-cryptography; where there is none either, the test is skipped, and
fails in CI."""

import os
import subprocess
import sys

SYSTEM = "/usr/bin/python3"
SKIPPED = 77
PROBE = "import cryptography.hazmat.primitives.ciphers.aead"


def is_in_ci():
    """Whether a test that cannot be run has failed."""
    return os.environ.get("CI") == "true"


def start_again_with_it():
    if os.path.exists(SYSTEM) and subprocess.run([SYSTEM, "-c", PROBE], stderr=subprocess.DEVNULL).returncode == 0:
        os.execv(SYSTEM, [SYSTEM, *sys.argv])
    print("skipped: no Python with the module cryptography (Debian: python3-cryptography)")
    sys.exit(1 if is_in_ci() else SKIPPED)


try:
    import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
except ImportError:
    start_again_with_it()
