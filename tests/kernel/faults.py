#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has an emulated machine go wrong in every way that the references know. Each fault ends in its own failure, within the
caller's time limit, and leaves no entry, no descriptor and no thread behind; that no key is left is for keys.py.

usage: faults.py EMULATOR CLIENT STATE_DIRECTORY, where EMULATOR is empty in a build without libfuse3
"""

import collections
import concurrent.futures

import fault_table
from machine import main

GRACE = 1000  # milliseconds that a call may take beyond its limit


def judge_case(m, case):
    """The findings about one machine: none is good."""
    done = m.on(case.stage, *case.operations)
    findings = m.left_behind(done, len(case.operations), case.held, case.entries)
    for answer, wanted in zip(done.answers, case.wanted):
        found = None if answer["ok"] else (answer["errc"], answer["in"], answer["offset"])
        if wanted is not None and found is not None and wanted[2] is None:
            found = (*found[:2], None)
        if found != wanted:
            findings.append(f"{found}, wanted {wanted}")
        if answer["ms"] > case.limit + GRACE:
            findings.append(f"{answer['ms']} ms of {case.limit}")
        # Without an answer a call takes as long as it may, and no less.
        if wanted is not None and wanted[0] == "timed_out" and answer["ms"] < case.limit - 5:
            findings.append(f"{answer['ms']} ms of {case.limit}")
        findings += [f"{name} is not {value}: {answer}" for name, value in case.said.items() if answer.get(name) != value]
    met = sum("fault" in line for line in done.log)
    if met < case.met:
        findings.append(f"{met} faults were met, wanted {case.met}")
    return findings


def judge(m):
    cases = fault_table.cases()
    twice = [name for name, times in collections.Counter(case.name for case in cases).items() if times > 1]
    m.check(not twice, "names", twice)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        findings = list(pool.map(lambda case: judge_case(m, case), cases))
    for case, found in zip(cases, findings):
        # How a limit of a few hundred milliseconds ends depends on a machine that is not too busy: then once more, alone.
        if found and case.limit == fault_table.SHORT:
            found = judge_case(m, case)
        m.check(not found, f"{case.name} ({case.operations[0]})", found)
    kinds = collections.Counter(wanted[0] if wanted else "success" for case in cases for wanted in case.wanted)
    faults = sum(kinds.values()) - kinds["success"]
    print(f"{faults} failures of {len(kinds) - 1} kinds, {kinds['success']} successes, {len(cases)} stages")
    m.check(faults >= 80 and len(kinds) > 20, "faults", kinds)


if __name__ == "__main__":
    main(judge, __doc__, 3)
