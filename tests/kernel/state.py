#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the state directory that the tests on emulated machines share: their keys take seconds to make.

usage: state.py EMULATOR STATE_DIRECTORY, where EMULATOR is empty in a build without libfuse3
"""

import shutil
import subprocess
import sys

from machine import have_emulator


def main():
    if len(sys.argv) != 3:
        return __doc__
    have_emulator(sys.argv[1])
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    return subprocess.run([sys.argv[1], "--state", sys.argv[2], "--", "true"], timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
