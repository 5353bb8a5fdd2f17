#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee seal` and `unitee unseal` go there and back, and refuse whatever was changed in between.

usage: seal.py UNITEE_BINARY
"""

import json
import os
import struct
import sys
import tempfile

from sealing import PAYLOAD, SEGMENT, Sealing, plaintext
from tool import REFUSED, UNUSABLE

SIZES = [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 17, 8 * SEGMENT]


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
            modes = [path.stat().st_mode & 0o777 for path in (sealed, again)]
            t.check(modes == [0o600, 0o600], what, "others can read the files")
            content = sealed.read_bytes()
            t.check(size < 64 or plain.read_bytes()[:64] not in content, what, "the plaintext is in the sealed file")
    t.check(t.state.stat().st_mode & 0o777 == 0o700, "state", oct(t.state.stat().st_mode))
    said = t.seal(t.folder / "plain", t.folder / "sealed", "simulated")
    t.check("INSECURE" in said.stderr, "simulated", said.stderr)
    said = t.unseal(t.folder / "sealed", t.folder / "again", "simulated", "--json")
    t.check("INSECURE" in said.stderr, "simulated --json", said.stderr)
    t.check(json.loads(said.stdout)["done"] == "unsealed", "simulated --json", said.stdout)
    said = json.loads(t.seal(t.folder / "plain", t.folder / "sealed", "key", "--json").stdout)
    good = said["slots"] == ["caller_key"] and said["payload_size"] == SIZES[-1] and said["content_type"] is None
    t.check(good, "key --json", said)
    hexadecimal = t.file("hexadecimal", bytes(range(32)).hex().encode() + b"\n")
    t.done("a key in digits", t.run("unseal", t.folder / "sealed", "--verify", "--key", hexadecimal))


def wrong_keys(t):
    out = t.folder / "out"
    out.mkdir(exist_ok=True)
    plain = t.file("plain", b"model")
    image, other_image = t.file("image", b"image 1"), t.file("other image", b"image 2")
    t.done("seal", t.seal(plain, t.folder / "by_key", "key"))
    t.done("seal", t.seal(plain, t.folder / "by_guest", "simulated", "--image", image))
    other = t.folder / "other state"
    elsewhere = ("--slot", "simulated", "--state", other, "--image", image)
    t.done("another machine", t.run("seal", plain, "-o", t.folder / "elsewhere", *elsewhere))
    other_key = t.file("other key", bytes(31) + b"\1")
    to = ("-o", out / "stolen", "--plaintext-to-disk")
    attempts = {
        "another key": ("by_key", "--key", other_key),
        "a guest's file with a key": ("by_guest", "--key", t.key),
        "another image": ("by_guest", "--state", t.state, "--image", other_image),
        "no image": ("by_guest", "--state", t.state),
        "another machine": ("by_guest", "--state", other, "--image", image),
    }
    for what, (file, *options) in attempts.items():
        outcome = t.run("unseal", t.folder / file, *to, *options)
        lines = [line for line in outcome.stderr.splitlines() if not line.startswith("INSECURE")]
        t.check(outcome.returncode == REFUSED and len(lines) == 1 and "no slot opens" in lines[0], what, outcome)
        t.nothing_left(what, out / "stolen")
    t.done("the right image", t.run("unseal", t.folder / "by_guest", "--load", "--state", t.state, "--image", image))
    for options in ((), ("--state", t.state)):
        said = t.run("unseal", t.folder / "by_key", "--verify", *options)
        t.refused("no key", said, (UNUSABLE,), "which opens by caller_key: give --key")
    said = t.run("unseal", t.folder / "by_key", "--verify", "--key", other_key, "--key", t.key)
    t.done("one of two keys", said)
    # What was there before stays when the new file is refused.
    (out / "kept").write_bytes(b"before")
    over = ("unseal", t.folder / "by_key", "-o", out / "kept", "--plaintext-to-disk", "--key")
    t.refused("over an older file", t.run(*over, other_key))
    t.refused("over an older file", t.run(*over, t.key), (UNUSABLE,), "File exists (io_error); it is there already")
    names = [path.name for path in out.iterdir()]
    t.check(names == ["kept"] and (out / "kept").read_bytes() == b"before", "over an older file", names)


def changed_offsets(size):
    """One byte in every field, some of every larger area, every byte of the first slot's ends and of the payload."""
    fields = [0, 7, 8, 12, 16, 20, 24, 31, 32, 39, 40, 44, 48, 79, 80, 127, 128, 159, 160, 191, 192, 199, 200, 204, 208,
              479, 480, 511]
    first_slot = [512 + at for at in (*range(0, 8), *range(8, 44), 45, 407, 408, 451, *range(452, 512))]
    other_slots = [512 + 512 * slot + at for slot in range(1, 15) for at in (0, 4, 511)]
    end_of_header = [8000, 8191]
    second_copy = [8192, 8199, *range(8200, 16384, 97), 16383]
    tags = [*range(16384, 16384 + 32), *range(16416, 20480, 53), 20479]
    return sorted({*fields, *first_slot, *other_slots, *end_of_header, *second_copy, *tags, *range(20480, size)})


def changes(t):
    refusals = 0
    for slot in t.slots:
        out = t.folder / f"out {slot}"
        out.mkdir(exist_ok=True)
        sealed = t.folder / "sealed"
        t.done("seal", t.seal(t.file("plain", plaintext(9)), sealed, slot))
        content = sealed.read_bytes()
        file = t.folder / "changed"

        def refused(what, changed):
            nonlocal refusals
            refusals += 1
            file.write_bytes(changed)
            outcome = t.unseal(file, out / "plain", slot)
            told = outcome.stdout == "" and "unitee unseal: " in outcome.stderr
            t.check(outcome.returncode in (REFUSED, UNUSABLE) and told, what, outcome)
            return t.nothing_left(what, out / "plain")

        offsets = changed_offsets(len(content))
        for offset in offsets if slot == "key" else offsets[::5]:
            changed = bytearray(content)
            changed[offset] ^= 1 << offset % 8
            if not refused(f"{slot}: bit {offset % 8} of byte {offset}", changed):
                return
        for length in (0, 1, 8, 511, 512, 8191, 8192, 16383, 16384, 20479, 20480, len(content) - 1):
            refused(f"{slot}: {length} bytes of {len(content)}", content[:length])
        for more in (b"\0", bytes(4096), content):
            refused(f"{slot}: {len(more)} bytes more", content + more)
        refused(f"{slot}: without its first byte", content[1:])
        # Segments swapped, repeated, left out.
        t.done("seal", t.seal(t.file("plain", plaintext(3 * SEGMENT)), sealed, slot))
        content = sealed.read_bytes()
        head, payload = content[:-3 * SEGMENT], content[-3 * SEGMENT:]
        parts = [payload[n * SEGMENT:(n + 1) * SEGMENT] for n in range(3)]
        for order in ((1, 0, 2), (0, 2, 1), (0, 0, 2), (0, 1, 1), (2, 1, 0)):
            refused(f"{slot}: segments {order}", head + b"".join(parts[n] for n in order))
        tags = head[16384:16384 + 48]
        for order in ((1, 0, 2), (0, 2, 1)):
            moved = b"".join(tags[16 * n:16 * n + 16] for n in order)
            swapped = b"".join(parts[n] for n in order)
            refused(f"{slot}: segments and tags {order}", head[:16384] + moved + head[16384 + 48:] + swapped)
        refused(f"{slot}: without the last segment", head + parts[0] + parts[1])
    print(f"{refusals} changed files refused")


def gguf():
    """A model of two tensors: the file, and where they are."""
    def text(value):
        return struct.pack("<Q", len(value)) + value
    head = b"GGUF" + struct.pack("<IQQ", 3, 2, 1)
    head += text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama")
    for name, rows, offset in ((b"a", 8, 0), (b"b", 16, 32)):
        head += text(name) + struct.pack("<IQIQ", 1, rows, 0, offset)  # F32
    data = len(head) + -len(head) % 32
    return head.ljust(data, b"\0") + plaintext(96), [[data, 32], [data + 32, 64]], len(head)


def models(t):
    index = b'{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}'
    tensors = struct.pack("<Q", len(index)) + index + b"model"
    llama, extents, index_size = gguf()
    sealed, key = t.folder / "sealed", t.slots["key"][0]
    forms = {(): "encrypted", ("--metadata", "public"): "public", ("--metadata", "none"): "none",
             ("--integrity-only",): "public"}
    for content, kind, found in ((llama, "application/vnd.gguf", extents),
                                 (tensors, "application/vnd.safetensors", [[len(tensors) - 5, 5]])):
        plain = t.file("model", content)
        for options, form in forms.items():
            what = f"{kind} {options}"
            said = t.run("seal", plain, "-o", sealed, *key, *options, "--json")
            t.done(what, said)
            told = None if form == "none" else kind
            t.check(json.loads(said.stdout or "{}").get("content_type", "") == told, what, said.stdout)
            seen = json.loads(t.run("inspect", "--json", sealed).stdout or "{}")
            t.check(seen.get("metadata_is") == form and ("metadata" in seen) == (form == "public"), what, seen)
            if form == "public":
                shown = seen["metadata"]
                places = [[each["offset"], each["size"]] for each in shown["tensors"]]
                t.check(shown["content_type"] == kind and places == found, what, shown)
                sizes = (shown["index_size"], shown["alignment"])
                t.check(kind != "application/vnd.gguf" or sizes == (index_size, 32), what, shown)
            seen = sealed.read_bytes()
            t.check((kind.encode() in seen) == (form == "public"), what, "who can read the content type?")
            t.check((content[-40:] in seen) == ("--integrity-only" in options), what, "who can read the model?")
            said = t.run("unseal", sealed, "--load", "--key", t.key, "--json")
            t.check(json.loads(said.stdout or "{}").get("content_type", "") == told, what, said)
        # One that cannot be read is sealed all the same, with a note.
        for cut in (9, len(content) - 1):
            plain.write_bytes(content[:cut])
            said = t.run("seal", plain, "-o", sealed, *key, "--json")
            t.done(f"{kind}, cut off", said)
            noted = "note:" in said.stderr and kind in said.stderr and "truncated" in said.stderr
            recognised = kind.endswith("gguf") or cut > 8 + len(index)
            t.check(noted == recognised and json.loads(said.stdout)["content_type"] is None, f"{kind}, cut off", said)


def modes(t):
    plain, sealed, key = t.file("plain", plaintext(3 * 65536 + 5)), t.folder / "sealed", t.slots["key"][0]
    for options in ((), ("--integrity-only",)):
        t.done("seal", t.run("seal", plain, "-o", sealed, *key, "--segment-size", "64K", "--workers", 3, *options))
        before = sorted(path.name for path in t.folder.iterdir())
        for mode, word in (("--verify", "verified"), ("--load", "loaded")):
            for workers in (1, 3, 256):
                said = t.run("unseal", sealed, mode, "--key", t.key, "--workers", workers)
                t.done(f"{mode} {workers}", said)
                t.check(said.stdout.startswith(f"{word} 196613 bytes in ") and said.stderr == "", mode, said)
            said = json.loads(t.run("unseal", sealed, mode, "--key", t.key, "--json").stdout)
            good = (said["done"], said["generation"], said["output"]) == (word, 1, None)
            t.check(good and said["bytes_per_second"] > 0, mode, said)
            content = bytearray(sealed.read_bytes())
            content[-1] ^= 1
            changed = t.file("flipped", content)
            said = t.run("unseal", changed, mode, "--key", t.key)
            t.refused(f"{mode} of a changed file", said, (REFUSED,),
                      "sealed payload, offset 0x30000: not authentic (not_authentic); the segment")
            changed.unlink()
            said = t.run("unseal", sealed, mode, "--key", t.key, "--min-generation", 2)
            t.refused(f"{mode} of an older file", said, (REFUSED,), "its generation is 1")
        t.check(sorted(path.name for path in t.folder.iterdir()) == before, "modes", "something was written")
        seen = json.loads(t.run("inspect", "--json", "--segments", sealed).stdout)
        offsets = [(each["plaintext_offset"], each["size"], each["offset"] - seen["payload_offset"], each["tag_offset"])
                   for each in seen["segment_map"]]
        wanted = [(65536 * n, 65536 if n < 3 else 5, 65536 * n, 16384 + 16 * n) for n in range(4)]
        t.check(offsets == wanted, "--segments", offsets)
    t.done("seal", t.run("seal", plain, "-o", sealed, *key, "--segment-size", 4096))
    t.refused("seal a sealed file", t.run("seal", sealed, "-o", t.folder / "twice", *key), (UNUSABLE,), "--force")
    t.refused("seal over the input", t.run("seal", plain, "-o", plain, *key), (UNUSABLE,), "--force")
    t.done("seal a sealed file", t.run("seal", sealed, "-o", t.folder / "twice", *key, "--force"))
    t.done("seal over the input", t.run("seal", plain, "-o", plain, *key, "--force"))
    t.done("verify", t.run("unseal", plain, "--verify", "--key", t.key))


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Sealing(sys.argv[1], folder)
        for part in (there_and_back, wrong_keys, changes, models, modes):
            part(t)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
