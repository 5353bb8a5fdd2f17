#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what examples/metrics prints: by the rules of Prometheus' text format, and against what the program does.

usage: metrics.py PROGRAM
"""

import re
import subprocess
import sys
import time

SAMPLE = re.compile(r'([a-z_]+)\{((?:[a-z]+="[^"\\]*",?)+)\} (\S+)')


def parse(text):
    """{metric: (type, {labels: value})}; a line out of place is an AssertionError."""
    metrics, current = {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            assert current not in metrics, f"{current} twice"
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and kind in ("counter", "gauge", "histogram"), line
            metrics[name] = kind, {}
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels, value = match.groups()
            kind, samples = metrics[current]
            allowed = ["_bucket", "_sum", "_count"] if kind == "histogram" else [""]
            assert name in [current + suffix for suffix in allowed], line
            key = (name.removeprefix(current), *re.findall(r'([a-z]+)="([^"]*)"', labels))
            assert key not in samples, f"{line}: twice"
            samples[key] = float(value)
            assert kind == "gauge" or samples[key] >= 0, line
    return metrics


def check_histogram(samples):
    series = {key[1:3] for key in samples}
    for labels in series:
        of_series = {key: value for key, value in samples.items() if key[1:3] == labels}
        buckets = [(float(key[3][1]), value) for key, value in of_series.items() if key[0] == "_bucket"]
        count = samples["_count", *labels]
        assert buckets == sorted(buckets) and len(buckets) >= 3, labels
        assert [value for _, value in buckets] == sorted(value for _, value in buckets), f"{labels}: not cumulative"
        assert buckets[-1] == (float("inf"), count), labels
        assert count == 0 or 0 <= samples["_sum", *labels] < 60 * count, labels
    return {dict(labels)["step"]: samples["_count", *labels] for labels in series}


def main():
    if len(sys.argv) != 2:
        return __doc__
    begun = int(time.time())
    text = subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, text=True, check=True).stdout
    metrics = parse(text)

    def counts(metric, kind):
        assert metrics[metric][0] == kind
        return {tuple(value for _, value in key[1:]): value for key, value in metrics[metric][1].items()}

    # A quote found and then known, one after its collateral's end, and a changed one of the platform that is known.
    steps = counts("unitee_steps_total", "counter")
    warm = ["module", "qe_report_signature", "enclave"]
    expected = {("tdx", step, "good"): 2.0 for step in ["chain_data", "pck_chain", "signature", "tcb_evaluation"]}
    expected |= {("tdx", step, "good"): 3.0 for step in warm}
    expected |= {("tdx", "tcb_info", "good"): 1.0, ("tdx", "tcb_info", "expired"): 1.0}
    expected |= {("tdx", "signature", "signature_invalid"): 1.0}
    assert steps == expected, steps
    timed = check_histogram(metrics["unitee_step_seconds"][1])
    for step in {key[1] for key in steps}:
        assert timed[step] == sum(value for key, value in steps.items() if key[1] == step), step

    assert counts("unitee_keys_total", "counter") == {
        ("tdx", "fresh", "good"): 1, ("tdx", "recorded", "good"): 1, ("tdx", "recorded", "truncated"): 1}
    assert counts("unitee_segment_failures_total", "counter") == {("not_authentic",): 2}
    ends = counts("unitee_expiry_timestamp_seconds", "gauge")
    left = {key: at - begun for key, at in ends.items()}
    day = 86400
    assert {what for _, what in left} == {"PCK CRL", "PCK certificate", "QE identity", "TCB info",
                                          "TCB signing certificate", "root CA CRL", "root certificate"}, left
    for what in ["PCK CRL", "QE identity", "TCB info"]:
        assert 30 * day <= left["tdx", what] < 30 * day + 60, left
    assert 365 * day <= left["tdx", "root CA CRL"] < 365 * day + 60, left

    # Nothing that is a secret's or a report's: labels are words.
    for _, samples in metrics.values():
        for _, *labels in samples:
            for name, value in labels:
                assert name == "le" or re.fullmatch(r"[A-Za-z_ ]{2,30}", value), value
    return 0


if __name__ == "__main__":
    sys.exit(main())
