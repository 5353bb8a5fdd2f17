# SPDX-License-Identifier: Apache-2.0
"""What the tests of the library on an emulated machine share: running the client there, and seeing that nothing is left."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "command"))

from tool import Tool

SKIPPED = 77
DATA = bytes(range(1, 65))  # what the client asks for when it is told nothing else


class Outcome:
    """What a run came to: an answer for each operation, and the emulator's log."""

    def __init__(self, status, answers, log, errors, seconds):
        self.status, self.answers, self.log, self.errors, self.seconds = status, answers, log, errors, seconds

    def crossings(self, operation):
        return [line for line in self.log if line["op"] == operation]

    @property
    def end(self):
        return next((line for line in self.log if line["op"] == "end"), {})


class Machines(Tool):
    def __init__(self, emulator, client, state, unitee="unitee"):
        super().__init__(unitee)
        self.emulator, self.client, self.state = os.path.abspath(emulator), os.path.abspath(client), pathlib.Path(state)
        self.holder = tempfile.TemporaryDirectory()
        self.folder, self.runs, self.lock = pathlib.Path(self.holder.name), 0, threading.Lock()

    def on(self, stage, *operations, state=None, timeout=60):
        """Runs the client's operations on a machine with this stage. May be called by several threads."""
        with self.lock:
            self.runs += 1
            folder = self.folder / str(self.runs)
        folder.mkdir()
        (folder / "stage").write_text(stage + "\n")
        words = [self.emulator, "--state", str(state or self.state), "--stage", str(folder / "stage"), "--log", str(folder / "log"),
                 "--", self.client, *operations]
        begin = time.monotonic()
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            return Outcome(None, [], [], f"no end within {timeout} s of {stage!r}", timeout)
        seconds = time.monotonic() - begin
        log = folder / "log"
        lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return Outcome(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], lines, done.stderr, seconds)

    def check(self, good, what, detail=""):
        with self.lock:
            return super().check(good, what, detail)

    def left_behind(self, outcome, operations=1, held=False, entries=0):
        """Why this is not a client that did all operations and left nothing behind: a list. `held` calls the kernel still held when
        it ended; `entries` are what it would not let go of."""
        if outcome.status != 0 or len(outcome.answers) != operations:
            return [f"exit status {outcome.status}, {len(outcome.answers)} answers: {outcome.errors}"]
        end, out = outcome.end, []
        if not end or end["entries_left"] > entries or end["violations"] != 0 or not held and any((end["left_open"] or {}).values()):
            out.append(f"at the end {end}")
        for answer in outcome.answers:
            left = {word: answer[word] for word in (("entries",) if held else ("descriptors", "entries", "threads"))}
            left["entries"] = max(0, left["entries"] - entries)
            if any(left.values()):
                out.append(f"{answer['op']} left behind {left}")
        return out

    def clean(self, what, outcome, operations=1):
        """The client did all operations and left nothing behind."""
        left = self.left_behind(outcome, operations)
        return self.check(not left, what, left)

    def succeeded(self, what, outcome, operations=1):
        """All operations came to something."""
        good = self.clean(what, outcome, operations)
        for answer in outcome.answers:
            good = self.check(answer["ok"], f"{what}: {answer['op']}", answer) and good
        return good


def have_emulator(emulator):
    """Ends the test where there is no emulated machine: skipped, or failed in CI."""
    probe = subprocess.run([emulator, "--probe"], capture_output=True, text=True) if emulator else None
    if probe is None or probe.returncode != 0:
        print("skipped:", probe.stderr.strip() if probe else "a build without the emulator")
        sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)


def main(judge, usage, words):
    """Runs judge(machines) on the words of the command line."""
    if len(sys.argv) != 1 + words:
        sys.exit(usage)
    have_emulator(sys.argv[1])
    machines = Machines(*sys.argv[1:min(words, 4) + 1])
    begin = time.monotonic()
    judge(machines, *sys.argv[5:])
    print(f"{machines.runs} machines, {time.monotonic() - begin:.1f} s")
    sys.exit(machines.report())
