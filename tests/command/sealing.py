# SPDX-License-Identifier: Apache-2.0
"""What the tests of `unitee seal` and `unitee unseal` share: a folder, a key in it, and the two commands."""

import os
import pathlib
import random

from tool import Tool

SEGMENT = 262144
PAYLOAD = 16384  # where the tag table begins; the payload begins on the next multiple of 4096 after it


class Sealing(Tool):
    def __init__(self, binary, folder):
        super().__init__(binary)
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "state"
        self.key = self.folder / "key"
        self.key.write_bytes(bytes(range(32)))
        # The slots: options of seal, and of unseal.
        self.slots = {"key": (("--slot", f"key={self.key}"), ("--key", self.key)),
                      "simulated": (("--slot", "simulated", "--state", self.state), ("--state", self.state))}

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def seal(self, plain, sealed, slot, *more, **options):
        return self.run("seal", plain, "-o", sealed, *self.slots[slot][0], *more, **options)

    def unseal(self, sealed, plain, slot, *more, **options):
        plain.unlink(missing_ok=True)  # it overwrites nothing
        return self.run("unseal", sealed, "-o", plain, "--plaintext-to-disk", *self.slots[slot][1], *more, **options)

    def nothing_left(self, what, out):
        """No output and no temporary file after a refusal."""
        left = sorted(path.name for path in out.parent.iterdir())
        return self.check(left == [], what, f"left behind: {left}")


def drawn(terminal):
    """All that is written to a terminal until nobody holds its other end; it is closed then."""
    out = b""
    try:
        while piece := os.read(terminal, 65536):
            out += piece
    except OSError:  # nobody does
        pass
    os.close(terminal)
    return out


def plaintext(size):
    return random.Random(size).randbytes(size)
