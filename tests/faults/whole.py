# SPDX-License-Identifier: Apache-2.0
"""Whether a file is whole, by the second reader (tests/seal/reader.py)."""

import functools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "seal"))
import reader  # noqa: E402


@functools.lru_cache(maxsize=64)
def opened(content, key):
    """What a sealed file says of itself and its plaintext, or the name of the refusal."""
    try:
        return reader.unseal(content, reader.with_key(key))
    except reader.Refused as refusal:
        return refusal.errc


def is_sealed(content, key, plaintext):
    """A file with one settled slot that opens to this plaintext."""
    answer = opened(content, key)
    if isinstance(answer, str):
        return False
    return answer[0]["settled"] and answer[0]["generation"] == 1 and answer[1] == plaintext


def slot_count(content):
    """How many slots the newer header has."""
    return max(filter(None, reader.copies_of(content)), key=lambda copy: copy.generation).slot_count
