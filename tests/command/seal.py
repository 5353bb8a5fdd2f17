#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee seal` and `unitee unseal` go there and back, and refuse whatever was changed in between.

usage: seal.py UNITEE_BINARY [--large]

With --large it does one thing instead: 3 GiB there and back in bounded memory (and 6 GiB of disk).
"""

import hashlib
import json
import os
import pathlib
import random
import resource
import sys
import tempfile

from tool import DONE, REFUSED, UNUSABLE, Tool

SEGMENT = 262144
PAYLOAD = 16384  # where the tag table begins; the payload begins on the next multiple of 4096 after it
SIZES = [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 17, 8 * SEGMENT]
GIB = 1 << 30


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
        return self.run("unseal", sealed, "-o", plain, *self.slots[slot][1], *more, **options)

    def nothing_left(self, what, out):
        """No output and no temporary file after a refusal."""
        left = sorted(path.name for path in out.parent.iterdir())
        return self.check(left == [], what, f"left behind: {left}")


def plaintext(size):
    return random.Random(size).randbytes(size)


def there_and_back(t):
    for slot in t.slots:
        for size in SIZES:
            what = f"{slot} {size}"
            plain, sealed, again = t.file("plain", plaintext(size)), t.folder / "sealed", t.folder / "again"
            t.done(what, t.seal(plain, sealed, slot))
            tags = 16 * ((size + SEGMENT - 1) // SEGMENT)
            t.check(sealed.stat().st_size == PAYLOAD + (tags + 4095) // 4096 * 4096 + size, what, sealed.stat().st_size)
            t.done(what, t.unseal(sealed, again, slot))
            t.check(again.read_bytes() == plain.read_bytes(), what, "the plaintext differs")
            t.check(sealed.stat().st_mode & 0o777 == again.stat().st_mode & 0o777 == 0o600, what, "others can read the files")
            content = sealed.read_bytes()
            t.check(size < 64 or plain.read_bytes()[:64] not in content, what, "the plaintext stands in the sealed file")
    t.check(t.state.stat().st_mode & 0o777 == 0o700, "state", oct(t.state.stat().st_mode))
    said = t.seal(t.folder / "plain", t.folder / "sealed", "simulated")
    t.check("INSECURE" in said.stderr, "simulated", said.stderr)
    said = t.unseal(t.folder / "sealed", t.folder / "again", "simulated", "--json")
    t.check("INSECURE" in said.stderr and json.loads(said.stdout)["simulated"] is True, "simulated --json", said.stdout)
    said = json.loads(t.seal(t.folder / "plain", t.folder / "sealed", "key", "--json").stdout)
    t.check(said["simulated"] is False and said["slot"] == "caller_key" and said["payload_size"] == SIZES[-1], "key --json", said)
    hexadecimal = t.file("hexadecimal", bytes(range(32)).hex().encode() + b"\n")
    t.done("a key in digits", t.run("unseal", t.folder / "sealed", "-o", t.folder / "again", "--key", hexadecimal))


def wrong_keys(t):
    out = t.folder / "out"
    out.mkdir(exist_ok=True)
    plain = t.file("plain", b"model")
    image, other_image = t.file("image", b"image 1"), t.file("other image", b"image 2")
    t.done("seal", t.seal(plain, t.folder / "by_key", "key"))
    t.done("seal", t.seal(plain, t.folder / "by_guest", "simulated", "--image", image))
    other = t.folder / "other state"
    t.done("another machine", t.run("seal", plain, "-o", t.folder / "elsewhere", "--slot", "simulated", "--state", other, "--image", image))
    other_key = t.file("other key", bytes(31) + b"\1")
    to = ("-o", out / "stolen")
    attempts = {
        "another key": ("by_key", "--key", other_key),
        "a guest's file with a key": ("by_guest", "--key", t.key),
        "a key's file in a guest": ("by_key", "--state", t.state),
        "another image": ("by_guest", "--state", t.state, "--image", other_image),
        "no image": ("by_guest", "--state", t.state),
        "another machine": ("by_guest", "--state", other, "--image", image),
    }
    for what, (file, *options) in attempts.items():
        outcome = t.run("unseal", t.folder / file, *to, *options)
        lines = [line for line in outcome.stderr.splitlines() if not line.startswith("INSECURE")]
        t.check(outcome.returncode == REFUSED and len(lines) == 1 and "no slot opens" in lines[0], what, outcome)
        t.nothing_left(what, out / "stolen")
    t.done("the right image", t.run("unseal", t.folder / "by_guest", "-o", t.folder / "again", "--state", t.state, "--image", image))
    # What was there before stays when the new file is refused.
    (out / "kept").write_bytes(b"before")
    t.refused("over an older file", t.run("unseal", t.folder / "by_key", "-o", out / "kept", "--key", other_key))
    t.check(sorted(path.name for path in out.iterdir()) == ["kept"] and (out / "kept").read_bytes() == b"before", "over an older file")


def changed_offsets(size):
    """One byte in every field, some of every larger area, and every byte of the first slot's ends and of the payload."""
    fields = [0, 7, 8, 12, 16, 20, 24, 27, 28, 32, 36, 40, 44, 48, 79, 80, 111, 112, 143]
    first_slot = [144 + at for at in (*range(0, 8), *range(8, 44), 45, 407, 408, 451, *range(452, 512))]
    other_slots = [144 + 512 * slot + at for slot in range(1, 15) for at in (0, 4, 511)]
    end_of_header = [7824, 8000, 8159, *range(8160, 8192)]
    second_copy = [8192, 8199, *range(8200, 16384, 97), 16383]
    tags = [*range(16384, 16384 + 32), *range(16416, 20480, 53), 20479]
    return sorted({*fields, *first_slot, *other_slots, *end_of_header, *second_copy, *tags, *range(20480, size)})


def changes(t):
    for slot in t.slots:
        out = t.folder / f"out {slot}"
        out.mkdir(exist_ok=True)
        sealed = t.folder / "sealed"
        t.done("seal", t.seal(t.file("plain", plaintext(9)), sealed, slot))
        content = sealed.read_bytes()
        file = t.folder / "changed"

        def refused(what, changed):
            file.write_bytes(changed)
            outcome = t.unseal(file, out / "plain", slot)
            t.check(outcome.returncode in (REFUSED, UNUSABLE) and outcome.stdout == "" and "unitee unseal: " in outcome.stderr, what, outcome)
            return t.nothing_left(what, out / "plain")

        offsets = changed_offsets(len(content))
        for offset in offsets if slot == "key" else offsets[::5]:
            changed = bytearray(content)
            changed[offset] ^= 1 << offset % 8
            if not refused(f"{slot}: bit {offset % 8} of byte {offset}", changed):
                return
        for length in (0, 1, 8, 143, 144, 655, 8191, 8192, 16383, 16384, 20479, 20480, len(content) - 1):
            refused(f"{slot}: {length} bytes of {len(content)}", content[:length])
        for more in (b"\0", bytes(4096), content):
            refused(f"{slot}: {len(more)} bytes more", content + more)
        refused(f"{slot}: without its first byte", content[1:])
        # Segments swapped, repeated, left out.
        t.done("seal", t.seal(t.file("plain", plaintext(3 * SEGMENT)), sealed, slot))
        content = sealed.read_bytes()
        head, parts = content[:-3 * SEGMENT], [content[-3 * SEGMENT:][n * SEGMENT:(n + 1) * SEGMENT] for n in range(3)]
        for order in ((1, 0, 2), (0, 2, 1), (0, 0, 2), (0, 1, 1), (2, 1, 0)):
            refused(f"{slot}: segments {order}", head + b"".join(parts[n] for n in order))
        tags = head[16384:16384 + 48]
        for order in ((1, 0, 2), (0, 2, 1)):
            moved = b"".join(tags[16 * n:16 * n + 16] for n in order)
            refused(f"{slot}: segments and tags {order}", head[:16384] + moved + head[16384 + 48:] + b"".join(parts[n] for n in order))
        refused(f"{slot}: without the last segment", head + parts[0] + parts[1])


def arguments(t):
    plain, sealed = t.file("plain", b"model"), t.folder / "sealed"
    out = t.folder / "refused"
    out.mkdir(exist_ok=True)
    to = ("-o", out / "file")
    t.done("seal", t.seal(plain, sealed, "key"))
    short = t.file("short", bytes(31))
    for words in (("seal",), ("seal", plain), ("seal", *to), ("seal", plain, plain, *to), ("seal", plain, *to, *to), ("seal", plain, "-o"),
                  ("seal", plain, *to, "--slot", "tdx"), ("seal", plain, *to, "--slot", "key="), ("seal", plain, *to, "--slot", "key=/no/such/file"),
                  ("seal", plain, *to, "--slot", f"key={short}"), ("seal", plain, *to, "--slot", f"key={sealed}"),
                  ("seal", "/no/such/file", *to, *t.slots["key"][0]), ("seal", t.folder, *to, *t.slots["key"][0]),
                  ("seal", "/dev/null", *to, *t.slots["key"][0]), ("seal", plain, "-o", "/no/such/folder/file", *t.slots["key"][0]),
                  ("seal", plain, "-o", out, *t.slots["key"][0]), ("seal", plain, *to, "--nonsense"),
                  ("unseal",), ("unseal", sealed), ("unseal", sealed, *to, "--key"), ("unseal", sealed, *to, "--key", short),
                  ("unseal", plain, *to, "--key", t.key), ("unseal", "/no/such/file", *to, "--key", t.key),
                  ("unseal", sealed, "-o", "/no/such/folder/file", "--key", t.key), ("unseal", sealed, *to, "--slot", "key")):
        t.refused(" ".join(map(str, words)), t.run(*words), (UNUSABLE,))
        t.nothing_left(" ".join(map(str, words)), out / "file")
    by_guest = t.folder / "by_guest"
    t.done("seal", t.seal(plain, by_guest, "simulated"))
    outcome = t.run("unseal", by_guest, *to, "--state", t.folder / "no such state")
    t.check(outcome.returncode == UNUSABLE and "No such file" in outcome.stderr, "no state", outcome)
    t.check(not (t.folder / "no such state").exists(), "no state", "unseal made a machine")
    t.nothing_left("no state", out / "file")
    garbage = t.folder / "garbage"
    garbage.mkdir()
    (garbage / "simulated-snp.pem").write_bytes(b"garbage")
    outcome = t.run("seal", plain, *to, "--state", garbage)
    t.check(outcome.returncode != DONE and (garbage / "simulated-snp.pem").read_bytes() == b"garbage", "garbage as state", outcome)
    t.nothing_left("garbage as state", out / "file")
    for subcommand in ("seal", "unseal"):
        outcome = t.run(subcommand, "--help")
        t.check(outcome.returncode == DONE and outcome.stdout.startswith(f"usage: unitee {subcommand}"), "--help", outcome)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else slow_digest(file)


def slow_digest(file):
    out = hashlib.sha256()
    while piece := file.read(1 << 20):
        out.update(piece)
    return out.hexdigest()


def large(t):
    """A sparse model of 3 GiB with something at its ends and around 2 GiB and 4 GiB / 2, in at most 512 MiB of address space."""
    plain, sealed, again = t.folder / "plain", t.folder / "sealed", t.folder / "again"
    with open(plain, "wb") as file:
        for at in (0, 2 * GIB - 3, 3 * GIB - 5):
            file.seek(at)
            file.write(b"model")
    limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (GIB // 2, GIB // 2))}
    t.done("seal 3 GiB", t.seal(plain, sealed, "key", **limit))
    wanted = digest(plain)
    plain.unlink()
    t.check(sealed.stat().st_size == 3 * GIB + PAYLOAD + 16 * 3 * GIB // SEGMENT, "seal 3 GiB", sealed.stat().st_size)
    t.done("unseal 3 GiB", t.unseal(sealed, again, "key", **limit))
    t.check(digest(again) == wanted, "unseal 3 GiB", "the plaintext differs")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"largest resident set of a child: {peak} KiB")
    t.check(peak < 65536, "memory", f"{peak} KiB")


def main():
    binary, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Sealing(binary, folder)
        for part in (large,) if rest == ["--large"] else (there_and_back, wrong_keys, changes, arguments):
            part(t)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
