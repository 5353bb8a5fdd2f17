# SPDX-License-Identifier: Apache-2.0
"""Moments in UTC and their seconds since 1970, as Python's datetime counts them; and seeds for the fuzzers of short texts."""

import datetime


def moments():
    for year in [*range(1970, 2042), 2096, 2099, 2100, 2101, 2104, 2200, 2300, 2400, 2999, 3000, 4000, 9996, 9999]:
        leap_or_march = datetime.datetime(year, 3, 1) - datetime.timedelta(seconds=1)
        yield from [datetime.datetime(year, 1, 1), leap_or_march, datetime.datetime(year, 3, 1),
                    datetime.datetime(year, 12, 31, 23, 59, 59)]
    for month in range(1, 13):
        yield datetime.datetime(2026, month, 17, 2 * month - 1, 5 * month - 1, 4 * month + 3)
    yield datetime.datetime(2038, 1, 19, 3, 14, 7)
    yield datetime.datetime(2038, 1, 19, 3, 14, 8)


def vectors():
    for moment in sorted(set(moments())):
        seconds = int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())
        yield {"name": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "seconds": seconds}


def seeds():
    """(fuzz target, file name, bytes): texts that are accepted, and ones that are nearly so."""
    for vector in vectors():
        yield "time", f"at_{vector['seconds']}", vector["name"].encode()
    for number, text in enumerate(["2026-02-29T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T00:00:00", "2026-03-01 00:00:00Z"]):
        yield "time", f"refused_{number}", text.encode()
    for number, text in enumerate(["00", "0123456789abcdefABCDEF", "ff" * 48, "0g", "012"]):
        yield "hex", f"digits_{number}", text.encode()
