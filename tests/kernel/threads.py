#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has many threads attest at once, each about data of its own: 200 by configfs-tsm, on both vendors, and 50 on each device.
Nobody sees anybody else's report, and nothing is left behind.

usage: threads.py EMULATOR CLIENT STATE_DIRECTORY, where EMULATOR is empty in a build without libfuse3
"""

import collections
import hashlib
import struct

from machine import main

MANY, SOME = 200, 50


def data_of(thread):
    return hashlib.sha512(b"thrd" + struct.pack("<I", thread)).hexdigest()


def judge_answer(m, what, outcome, count):
    if not m.succeeded(what, outcome):
        return
    answer = outcome.answers[0]
    found = {name: answer.get(name) for name in ("asked", "good", "foreign", "different")}
    m.check(found == {"asked": count, "good": count, "foreign": 0, "different": count}, what, answer)
    print(f"{what}: {answer['ms']} ms")


def by_configfs(m, what, stage, operation, count=MANY):
    outcome = m.on(stage, f"{operation} threads={count}")
    judge_answer(m, what, outcome, count)
    wanted = {data_of(thread) for thread in range(count)}
    written = collections.defaultdict(list)
    for line in outcome.crossings("tsm.write.inblob"):
        written[line["name"]].append(line["request"])
    m.check(all(len(each) == 1 for each in written.values()), what, "an entry was used twice")
    m.check({each[0] for each in written.values()} == wanted, what, "each thread's data were written")
    made = collections.Counter(line["name"] for line in outcome.crossings("tsm.mkdir"))
    m.check(all(times == 1 for times in made.values()) and len(made) >= count, what, "a name was used twice")
    m.check(made.keys() == {line["name"] for line in outcome.crossings("tsm.rmdir")}, what, "each entry was removed")
    # They did meet in the kernel: entries were there at the same time.
    alive = most = 0
    for line in outcome.log:
        alive += {"tsm.mkdir": 1, "tsm.rmdir": -1}.get(line["op"], 0)
        most = max(most, alive)
    m.check(most > 1, what, f"{most} entries at once")


def by_device(m, stage, operation, request, words=""):
    what = f"{operation} {words}".strip()
    outcome = m.on(stage, f"{operation} {words} threads={SOME}".replace("  ", " "))
    judge_answer(m, what, outcome, SOME)
    asked = [line["request"] for line in outcome.crossings(request)]
    m.check(len(asked) == SOME and {each[:128] for each in asked} == {data_of(thread) for thread in range(SOME)}, what, len(asked))


def judge(m):
    by_configfs(m, "tsm.snp", "machine snp", "tsm.snp")
    by_configfs(m, "tsm.tdx", "machine tdx", "tsm.tdx")
    # While somebody writes to every entry's inblob now and then, an earlier request is under way, and names are taken.
    for machine in ("snp", "tdx"):
        disturbed = "\n".join([f"machine {machine}", "fault tsm.read.outblob after 20 times 40 bump",
                               "fault tsm.mkdir after 30 times 7 exists",
                               "fault tsm.write.inblob after 10 times 20 errno EBUSY",
                               "fault tsm.read.outblob after 100 times 20 errno EINTR"])
        outcome = m.on(disturbed, f"tsm.{machine} threads={MANY}")
        judge_answer(m, f"tsm.{machine}, disturbed", outcome, MANY)
        m.check(sum("fault" in line for line in outcome.log) >= 80, "disturbed", "faults that were met")
    by_device(m, "machine snp", "sev.report", "sev.report")
    by_device(m, "machine snp", "sev.ext_report", "sev.ext_report")
    by_device(m, "machine tdx", "tdx.report", "tdx.report")
    by_device(m, "machine tdx", "tdx.quote", "tdx.report", "qgs=1")
    by_configfs(m, "tdx.quote", "machine tdx", "tdx.quote", SOME)


if __name__ == "__main__":
    main(judge, __doc__, 3)
