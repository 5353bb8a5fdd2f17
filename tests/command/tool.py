# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command share: running it, and counting what was checked."""

import os
import re
import subprocess

DONE, REFUSED, UNUSABLE = 0, 1, 2


class Tool:
    def __init__(self, binary):
        self.binary, self.checked, self.failed = os.path.abspath(binary), 0, 0

    def run(self, *words, **options):
        """The command's outcome. Nothing of the caller's environment decides where state is kept."""
        environment = {"PATH": os.environ.get("PATH", ""), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "LC_ALL": "C"}
        environment |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        return subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True, timeout=900, env=environment, **options)

    def check(self, good, what, detail=""):
        self.checked += 1
        if not good:
            self.failed += 1
            print(f"FAILED {what}: {detail}")
        return good

    def done(self, what, outcome, status=DONE):
        return self.check(outcome.returncode == status, what, f"exit status {outcome.returncode}: {outcome.stderr.strip()}")

    def refused(self, what, outcome, statuses=(REFUSED,), said=""):
        """The outcome is a refusal: its status, and one line on stderr that begins with the subcommand and says `said`."""
        lines = outcome.stderr.splitlines()
        good = outcome.returncode in statuses and len(lines) == 1 and re.match(r"unitee [a-z]+: .", lines[0]) and said in lines[0]
        return self.check(good, what, f"exit status {outcome.returncode}, wanted {said!r}: {outcome.stderr.strip()!r}")

    def report(self):
        print(f"{self.checked} checks, {self.failed} failed")
        return 1 if self.failed or not self.checked else 0


def have(evidence):
    """Whether the recorded evidence is there; in CI it has to be."""
    if evidence and os.path.isdir(evidence):
        return True
    assert os.environ.get("CI") != "true", f"no recorded evidence in {evidence!r}"
    print(f"skipped: no recorded evidence in {evidence!r}")
    return False
