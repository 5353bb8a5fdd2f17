# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command on an emulated machine share: running it there (tests/emulator/stage.hpp)."""

import itertools
import json
import os
import pathlib
import re
import subprocess

from tool import Tool

SKIPPED = 77


def no_machine(emulator):
    """The exit status of a test that has no emulator, or None."""
    if not emulator:
        print("skipped: the build has no emulator (libfuse3)")
        return 1 if os.environ.get("CI") == "true" else SKIPPED
    return subprocess.run([emulator, "--probe"], timeout=60).returncode or None


class Staged(Tool):
    def __init__(self, binary, emulator, folder):
        super().__init__(binary)
        self.emulator, self.folder, self.numbers = os.path.abspath(emulator), pathlib.Path(folder), itertools.count()
        self.state = self.folder / "state"

    def on(self, stage, *words, before=None, **options):
        """The command's outcome on a machine that is staged so, and the log. {qgs} in a word is the quote service's
        socket; `before` is a shell command that is run on the machine first."""
        line = " ".join([f"{before} &&" if before else "", "exec", '"$0"', *(self.quoted(str(word)) for word in words)])
        return self.shell(stage, line, **options)

    def shell(self, stage, line, **options):
        """The same of a shell command, in which the command is $0."""
        stem = self.folder / f"machine-{next(self.numbers)}"
        stem.with_suffix(".stage").write_text(stage)
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        environment |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        machine = ("--state", str(self.state), "--stage", str(stem.with_suffix(".stage")))
        words = (*machine, "--log", str(stem.with_suffix(".log")), "--", "sh", "-c", line, self.binary)
        outcome = subprocess.run([self.emulator, *words], capture_output=True, text=True, timeout=120, env=environment,
                                 cwd=self.folder, **options)
        log = stem.with_suffix(".log")
        return outcome, [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @staticmethod
    def quoted(word):
        return '"' + re.sub(r'([\\"$`])', r"\\\1", word).replace("{qgs}", "$UNITEE_EMULATED_QUOTE_SERVICE") + '"'

    def left_nothing(self, what, log):
        """The command has removed its entries and closed its files."""
        end = log[-1] if log else {}
        good = end.get("op") == "end" and end["entries_left"] == 0 and end["violations"] == 0
        good = good and (end["left_open"] is None or not any(end["left_open"].values()))
        return self.check(good, what, f"left behind: {end}")
