# SPDX-License-Identifier: Apache-2.0
"""What is tested: `unitee`, or the client of the library that stands beside this file. Both work on one thread here, so
that the system calls have an order; with 0 workers `unitee` has one for each processor."""

import os

from whole import slot_count


class Client:
    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        with open(self.binary, "rb") as file:
            self.is_sanitized = b"__asan_init" in file.read()

    def seal(self, plain, sealed, key, segment, workers=1):
        return [self.binary, "seal", plain, sealed, key, segment]

    def unseal(self, sealed, plain, key):
        return [self.binary, "unseal", sealed, plain, key]

    def change(self, verb, sealed, key, other):
        """add, or remove or replace the last slot; settle."""
        return [self.binary, verb, sealed, key, other]


class Command(Client):
    def seal(self, plain, sealed, key, segment, workers=1):
        words = [self.binary, "seal", plain, "-o", sealed, "--slot", f"key={key}", "--segment-size", segment]
        return words + (["--workers", workers] if workers else [])

    def unseal(self, sealed, plain, key):
        return [self.binary, "unseal", sealed, "-o", plain, "--key", key, "--plaintext-to-disk", "--workers", 1]

    def change(self, verb, sealed, key, other):
        """As the client's; and reseal, where `other` is the state of a simulated machine."""
        words = [self.binary, "slots", sealed, "--key", key]
        if verb in ("remove", "replace"):
            words += ["--remove", slot_count(sealed.read_bytes()) - 1]
        add = ["--add", f"key={other}"]
        more = {"add": add, "replace": add, "settle": ["--settle"], "reseal": ["--reseal", "--state", other]}
        return words + more.get(verb, [])

    def add_machine(self, sealed, key, state):
        return [self.binary, "slots", sealed, "--key", key, "--add", "simulated", "--state", state]

    def verify(self, sealed, state):
        return [self.binary, "unseal", sealed, "--verify", "--state", state]
