# SPDX-License-Identifier: Apache-2.0
"""Where faults happen: a folder that is watched, the keys beside it, and a count of what was seen."""

import os
import pathlib
import random
import subprocess
import tempfile

from injection import ENVIRONMENT, Run

SEGMENT = 4096
PLAIN = random.Random(1).randbytes(10_000)  # three segments
OLD = b"the old file"
KEYS = {name: random.Random(name).randbytes(32) for name in ("mine", "other", "third")}
TEMPORARY = ".unitee-"


class Tally:
    """Checks, and what was counted."""

    def __init__(self):
        self.checked = self.failed = 0
        self.counts = {}

    def check(self, holds, *said):
        self.checked += 1
        if not holds:
            self.failed += 1
            if self.failed <= 20:
                print("failed:", *said)
        return holds

    def count(self, what, n=1):
        self.counts[what] = self.counts.get(what, 0) + n

    def __str__(self):
        return ", ".join(f"{n} {what}" for what, n in self.counts.items())

    def add(self, other):
        self.checked, self.failed = self.checked + other.checked, self.failed + other.failed


class Place:
    """A folder for files that are watched, and keys beside it."""

    def __init__(self, base, programs):
        self.base, self.programs, self.subject = pathlib.Path(tempfile.mkdtemp(dir=base)), programs, programs.subject
        self.folder = self.base / "work"
        self.folder.mkdir()
        self.plain, self.sealed, self.again = (self.folder / name for name in ("plain", "sealed", "again"))
        for name, key in KEYS.items():
            (self.base / name).write_bytes(key)

    def key(self, name):
        """Of a key, or of the state of a simulated machine."""
        return self.base / name

    def run(self, words, **options):
        return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=120, env=ENVIRONMENT,
                              **options)

    def seal(self, segment=SEGMENT, **options):
        words = self.subject.seal(self.plain, self.sealed, self.key("mine"), segment, options.pop("workers", 1))
        return self.run(words, **options)

    def unseal(self):
        return self.run(self.subject.unseal(self.sealed, self.again, self.key("mine")))

    def change(self, verb, other):
        return self.run(self.changing(verb, other))

    def changing(self, verb, other):
        return self.subject.change(verb, self.sealed, self.key("mine"), self.key(other))

    def traced(self, words, *more, **options):
        return Run(self.programs.injector, self.folder, words, *more, **options)

    def names(self):
        return sorted(os.listdir(self.folder))

    def content(self, path):
        return path.read_bytes() if path.exists() else None
