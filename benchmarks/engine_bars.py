"""The bars of the engine alone, each part in a process of its own, on one core."""

import os
import re
import subprocess
import sys

ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# part -> (start of the line it prints, what, at most, unit)
BARS = {
    "customers": (
        ("fit: process", "fit of the prediction, 1 million customers", 5, "s"),
        ("score: all", "scoring 1 million customers", 3, "s"),
        ("customers: peak", "peak memory of both", 700, "MB"),
    ),
    "affinity": (("affinity: counts", "product pairs of 2 million lines", 6, "s"),),
    "cuts": (
        ("unseen: totals off", "unseen cuts with a total off by more than a quarter", 0.2, ""),
        ("unseen: Brier", "Brier score over that of the bare process, unseen cuts", 0.95, ""),
        ("unseen: MAE", "error of counts over that of the bare process, unseen cuts", 0.95, ""),
        ("unseen: AUC lost", "AUC lost against the bare process, worst unseen cut", 0.01, ""),
    ),
}


def measure_engine(board):
    """Run the parts and print their bars: seconds of processor time, memory, and errors."""
    for part, bars in BARS.items():
        answer = subprocess.run(
            [sys.executable, "-m", "benchmarks.engine", part],
            env=os.environ | ONE_CORE,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for start, what, limit, unit in bars:
            line = next(line for line in answer.splitlines() if line.startswith(start))
            measured = float(re.search(r"([\d,.]+)$", line)[1].replace(",", ""))
            board.bar(what, measured, at_most=limit, unit=unit)
