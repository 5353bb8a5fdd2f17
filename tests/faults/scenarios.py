# SPDX-License-Identifier: Apache-2.0
"""What is done while a system call meets a fault, and what must be there afterwards."""

import errno
import os

from injection import FAULTS, HARMLESS, KILLED, KILLS, MUST_SUCCEED, RENAMES, SYNCS, WRITES
from place import KEYS, OLD, PLAIN, SEGMENT, TEMPORARY
from whole import is_sealed, opened


class NewFile:
    """A file that is made: `old` is what has its name, `refuse` what the file system cannot do."""

    def __init__(self, name, verb, old=None, refuse=()):
        self.name, self.verb, self.old, self.refuse = name, verb, old, refuse
        self.is_named = any(each.startswith("tmpfile") for each in refuse)

    def prepare(self, place):
        self.source = place.plain if self.verb == "seal" else place.sealed
        self.target = place.sealed if self.verb == "seal" else place.again
        place.plain.write_bytes(PLAIN)
        if self.verb == "unseal":
            place.seal()
            place.plain.unlink()
            self.words = place.subject.unseal(self.source, self.target, place.key("mine"))
        else:
            self.words = place.subject.seal(self.source, self.target, place.key("mine"), SEGMENT)
        self.kept = self.source.read_bytes()

    def reset(self, place):
        for name in place.names():
            if name != self.source.name:
                (place.folder / name).unlink()
        if self.old is not None:
            self.target.write_bytes(self.old)

    def is_new(self, content):
        return is_sealed(content, KEYS["mine"], PLAIN) if self.verb == "seal" else content == PLAIN

    def takes_name(self, call):
        return call.name in ("linkat", *RENAMES) and call.result == 0 and call.file == str(self.target)

    def judge(self, place, run, fault, t):
        content = place.content(self.target)
        published = any(map(self.takes_name, run.calls))
        there = "old" if content == self.old else "new" if content is not None and self.is_new(content) else "broken"
        t.check(there == ("new" if published else "old"), self.name, fault, run, f"the file is {there}")
        t.count(f"{'new' if there == 'new' else 'old' if self.old else 'none'}")
        t.check(self.source.read_bytes() == self.kept, self.name, fault, run, "the source was changed")
        left = [name for name in place.names() if name not in (self.source.name, self.target.name)]
        if left:
            self.judge_left(place, run, fault, left, t)
        folder_synced = fault == "EIO" or fault == "ENOSPC"
        if run.status == 2 and published:
            late = run.met.name == "fsync" and run.met.file == str(place.folder)
            t.check(folder_synced and late, self.name, fault, run, "late failure")

    def judge_left(self, place, run, fault, left, t):
        """The exception that is documented: killed while the file has its temporary name. (Or that cannot be
        removed.)"""
        expected = fault in KILLS or run.met.name == "unlinkat"
        t.check(expected and len(left) == 1 and left[0].startswith(TEMPORARY), self.name, fault, run, left)
        if not self.is_named:
            last = [call for call in run.calls if call.name != "stat"][-1]
            between = last.name in RENAMES if fault == "before" else last.name == "linkat" and TEMPORARY in last.file
            t.check(between and self.is_new((place.folder / left[0]).read_bytes()), self.name, fault, run, left)
        t.count("temporary names left where there are no files without a name" if self.is_named else
                "temporary names left between linkat and rename")

    def order(self, run):
        """Data, fsync, name, fsync of the folder: what a power cut must not turn round."""
        wrote = [i for i, call in enumerate(run.calls) if call.name in (*WRITES, "fallocate", "ftruncate")]
        synced = [i for i, call in enumerate(run.calls) if call.name in SYNCS and call.result == 0]
        named = [i for i, call in enumerate(run.calls) if self.takes_name(call)]
        given = [i for i, call in enumerate(run.calls) if call.name in ("linkat", *RENAMES) and call.done]
        if len(synced) != 2 or len(named) != 1 or not wrote:
            return False
        file, folder = (run.calls[i].file for i in synced)
        written = {run.calls[i].file for i in wrote}
        in_turn = max(wrote) < synced[0] < min(given) and max(given) < synced[1]
        return written == {file} and folder == str(self.target.parent) and in_turn


class Slots:
    """A change of slots. `begun` is how a change before was interrupted: the fault, and at which write."""

    def __init__(self, verb, begun=None):
        self.name = f"{verb} after a change that ended {begun[0]} write {begun[1]}" if begun else verb
        self.verb, self.begun, self.refuse, self.seen = verb, begun, (), set()

    def prepare(self, place):
        place.plain.write_bytes(PLAIN)
        place.seal()
        if self.verb == "reseal":
            place.run(place.subject.add_machine(place.sealed, place.key("mine"), place.key("machine")))
        elif self.verb != "add":
            place.change("add", "other")
        if self.begun:
            fault, number = self.begun
            begins = place.subject.change("add", place.sealed, place.key("mine"), place.key("third"))
            place.traced(begins, fault=fault, number=number, calls=WRITES)
        self.before = place.sealed.read_bytes()
        self.generation = opened(self.before, KEYS["mine"])[0]["generation"]
        other = {"replace": "third", "reseal": "machine"}.get(self.verb, "other")
        self.words = place.changing(self.verb, other)

    def reset(self, place):
        place.sealed.write_bytes(self.before)

    def judge(self, place, run, fault, t):
        content = place.sealed.read_bytes()
        said = (self.name, fault, run)
        t.check(place.names() == ["plain", "sealed"], *said, place.names())
        found = opened(content, KEYS["mine"])
        if not t.check(not isinstance(found, str), *said, "does not open:", found):
            return
        answer, plaintext = found
        changed = answer["generation"] - self.generation
        t.check(plaintext == PLAIN and content[16384:] == self.before[16384:], *said, "another payload")
        t.check(changed in ((0,) if self.verb == "settle" else (0, 1)), *said, f"generation {answer['generation']}")
        t.count(f"{'new' if changed else 'old'}, {'settled' if answer['settled'] else 'unsettled'}")
        for name in ("other", "third"):
            opens = not isinstance(opened(content, KEYS[name]), str)
            t.check(opens == self.opens(name, changed), *said, f"the {name} key opens it: {opens}")
        wrote = any(call.name in WRITES and call.done for call in run.calls)
        t.check(wrote or content == self.before, *said, "changed without a write")
        if run.status == 0:
            t.check(changed == (self.verb != "settle") and answer["settled"], *said, "not done")
        self.agree(place, content, said, t)
        again = place.change("replace", "mine")
        t.check(again.returncode == 0, *said, "the next change:", again.stderr.strip())
        after = opened(place.sealed.read_bytes(), KEYS["mine"])
        is_next = after[0]["generation"] == answer["generation"] + 1
        t.check(after[0]["settled"] and is_next and after[1] == PLAIN, *said, after[0])

    def opens(self, name, changed):
        """Whether the key of that name opens the file before, or after the change."""
        before = [one for one in KEYS if not isinstance(opened(self.before, KEYS[one]), str)]  # the third is the last
        after = {"add": [*before, "other"], "remove": before[:-1], "replace": [*before[:-1], "third"], "reseal": before}
        return name in (after[self.verb] if changed else before)

    def agree(self, place, content, said, t):
        """The library opens what the second reader opens; once for each pair of generations and states."""
        state = content[192:204] + content[8384:8396]
        if state in self.seen:
            return
        self.seen.add(state)
        place.again.unlink(missing_ok=True)
        done = place.unseal()
        opens = done.returncode == 0 and place.content(place.again) == PLAIN
        t.check(opens, *said, "the library:", done.stderr.strip())
        place.again.unlink(missing_ok=True)
        if self.verb == "reseal":
            done = place.run(place.subject.verify(place.sealed, place.key("machine")))
            t.check(done.returncode == 0, *said, "the machine:", done.stderr.strip())

    def order(self, run):
        """First what was read is made durable, then the four writes of FORMAT.md, each durable before the next; after
        an interrupted change two more before them."""
        names = [call.name for call in run.calls]
        first, *calls = (call for call in run.calls if call.name in (*WRITES, *SYNCS))
        steps = [(call.offset, call.size) for call in calls[::2]]
        pairs = all(a.name in WRITES and b.name in SYNCS and b.result == 0 for a, b in zip(calls[::2], calls[1::2]))
        locked = names.index("flock") < names.index("pread64") and first.name in SYNCS and first.result == 0
        change = [(0, 512), (8192, 8192), (0, 8192), (8192, 512)] if self.verb != "settle" else []
        settling = [[]] if not self.begun else [[(8192, 8192), (0, 512)], [(0, 8192), (8192, 512)]]
        return locked and pairs and len(calls) % 2 == 0 and steps in [some + change for some in settling]


def each_call(scenario, place, t):
    scenario.prepare(place)
    scenario.reset(place)
    clean = place.traced(scenario.words, scenario.refuse)
    t.check(clean.status == 0, scenario.name, clean)
    in_order = [(call.name, call.offset, call.size) for call in clean.calls]
    t.check(scenario.order(clean), scenario.name, "the order:", in_order)
    scenario.judge(place, clean, None, t)
    t.counts.clear()
    for fault in FAULTS:
        if fault == "ENOMEM" and place.subject.is_sanitized:
            continue  # the sanitizer itself could not go on
        for number in range(1, 1000):
            scenario.reset(place)
            run = place.traced(scenario.words, scenario.refuse, fault, number)
            if run.met is None:
                t.check(run.status == 0, scenario.name, fault, run)
                break
            t.count("faults")
            scenario.judge(place, run, fault, t)
            if fault in KILLS:
                t.check(run.status == KILLED, scenario.name, fault, run)
            elif fault in HARMLESS:
                t.check(run.status == 0, scenario.name, fault, run)
            else:
                judge_failure(scenario, fault, run, t)


def judge_failure(scenario, fault, run, t):
    """A failure is told in one line, and by the exit status. Some calls may fail, if the file is what it should be in
    the end: there was another way, or the work was done."""
    if run.status == 0:
        t.count("faults got round")
        t.check(run.met.name not in MUST_SUCCEED, scenario.name, fault, run, "no failure")
        return
    texts = [os.strerror(getattr(errno, fault))] + ["bad_alloc"] * (run.met.name == "memory")
    lines = [line for line in run.said.splitlines() if "INSECURE" not in line]  # that warns of a simulated machine
    told = len(lines) == 1 and any(text in lines[0] for text in texts)
    t.check(run.status == 2 and told, scenario.name, fault, run)


NO_NAMELESS, NO_RENAME = "tmpfile=95", "renameat2=22"
SCENARIOS = [
    NewFile("seal", "seal"),
    NewFile("seal over an old file", "seal", OLD),
    NewFile("seal, no nameless files", "seal", refuse=(NO_NAMELESS,)),
    NewFile("seal over an old file, no nameless files", "seal", OLD, (NO_NAMELESS,)),
    NewFile("unseal", "unseal"),
    NewFile("unseal, no nameless files", "unseal", refuse=(NO_NAMELESS,)),
    NewFile("unseal, no nameless files, no renaming without replacing", "unseal", refuse=(NO_NAMELESS, NO_RENAME)),
    Slots("add"),
    Slots("remove"),
    Slots("replace"),
    Slots("add", ("after", 1)),
    Slots("remove", ("torn", 2)),
    Slots("settle", ("torn", 1)),
    Slots("settle", ("after", 3)),
]
# What `unitee` alone can do: a slot of a simulated machine is made anew.
MACHINE_SCENARIOS = [Slots("reseal"), Slots("reseal", ("torn", 2)), Slots("reseal", ("after", 3))]
