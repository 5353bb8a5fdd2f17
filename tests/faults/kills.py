# SPDX-License-Identifier: Apache-2.0
"""kill -9 at any time."""

import random
import signal
import subprocess
import time

from injection import ENVIRONMENT
from place import KEYS, OLD, PLAIN, TEMPORARY
from whole import is_sealed, opened


def kills_while_sealing(place, t, rounds=200):
    """Half of them over an old file. They come within `span`, such that a fifth of them is too late and does not
    count."""
    draw, size, segment = random.Random(2), 4 << 20, 65536
    while True:
        plain = random.Random(3).randbytes(size)
        place.plain.write_bytes(plain)
        times = []
        for _ in range(3):
            began = time.monotonic()
            place.seal(segment, workers=0)
            times.append(time.monotonic() - began)
        span = whole = min(times)
        if whole > 0.035 or size >= 16 << 20:
            break
        size *= 2
    killed = finished = 0
    while killed < rounds and finished < rounds:
        number = killed + finished
        old = OLD if number % 2 else None
        place.sealed.unlink(missing_ok=True)
        if old:
            place.sealed.write_bytes(old)
        words = place.subject.seal(place.plain, place.sealed, place.key("mine"), segment, workers=0)
        sealing = subprocess.Popen([*map(str, words)], env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0, span))
        sealing.kill()
        status = sealing.wait()
        t.check(status in (0, -signal.SIGKILL), "seal", number, status)
        content = place.content(place.sealed)
        is_new = content != old
        t.check(is_new or status != 0, "seal", number, "done, and the file is not there")
        if status == 0:
            finished += 1
            span *= 0.96
        else:
            killed += 1
            span *= 1.01
            t.count("killed, and " + ("new" if is_new else "old" if old else "none"))
        if is_new and (status != 0 or finished <= 5):  # reading takes a while
            t.check(is_sealed(content, KEYS["mine"], plain), "seal", number, "the file is broken")
        for name in set(place.names()) - {"plain", "sealed"}:
            kept = (place.folder / name).read_bytes()
            sealed = is_sealed(kept, KEYS["mine"], plain)
            t.check(name.startswith(TEMPORARY) and not is_new and old and sealed, "seal", number, name)
            t.count("temporary names left between linkat and rename")
            (place.folder / name).unlink()
    t.check(killed == rounds, "seal", f"killed {killed} times")
    t.count("finished before", finished)
    return f"{size >> 20} MiB in {whole * 1000:.0f} ms"


def kills_while_changing(place, t, rounds=200):
    """The same file through all of them: each begins with what the one before left."""
    draw = random.Random(4)
    place.plain.write_bytes(PLAIN)
    place.seal()
    generation = 1
    for number in range(rounds):
        words = [place.programs.client.binary, "forever", place.sealed, place.key("mine"), place.key("other")]
        with subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE) as changing:
            t.check(changing.stdout.read(1) == b"+", "slots", number, "did not begin")
            time.sleep(draw.uniform(0, 0.01))
            changing.kill()
        t.check(changing.returncode == -signal.SIGKILL, "slots", number, changing.returncode)
        content = place.sealed.read_bytes()
        answer = opened(content, KEYS["mine"])
        if not t.check(not isinstance(answer, str) and answer[1] == PLAIN, "slots", number, answer):
            break
        other = not isinstance(opened(content, KEYS["other"]), str)
        t.check(answer[0]["generation"] >= generation, "slots", number, "an older header")
        t.check(other == (answer[0]["slots"] == 2), "slots", number, "the other key opens it:", other)
        t.check(place.names() == ["plain", "sealed"], "slots", number, place.names())
        generation = answer[0]["generation"]
        t.count("settled" if answer[0]["settled"] else "unsettled")
    return f"{generation - 1} changes in all"
