"""The 1/10 sample of the CDNOW cohort (Fader and Hardie), as the published tables use it.

The file is not part of the repository; what needs it is skipped where it is not.
"""

import unittest
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
CDNOW = DATA / "cdnow_sample.txt"
ONLINE_RETAIL = DATA / "online_retail_2010-12_2011-12.csv.gz"
SPLIT = datetime(1997, 9, 30).toordinal()


def read_lines():
    """Customers, ordinals of days and amounts of all transactions."""
    if not CDNOW.exists():
        raise unittest.SkipTest(f"{CDNOW} is not there")
    rows = [line.split() for line in CDNOW.read_text().splitlines()]
    days = [datetime.strptime(row[2], "%Y%m%d").toordinal() for row in rows]
    customers, amounts = [int(row[0]) for row in rows], [float(row[4]) for row in rows]
    return np.array(customers), np.array(days), np.array(amounts)


def read_calibration():
    """Per customer up to the split: repeats, last, age in weeks; mean and number of repeats'
    amounts. Written out naively: it is what the engine is compared with.
    """
    purchases = defaultdict(lambda: defaultdict(float))
    for customer, day, amount in zip(*read_lines(), strict=True):
        if day <= SPLIT:
            purchases[customer][day] += amount
    histories, spend = [], []
    for customer in purchases:  # as in the file: the published tables keep its order
        days = sorted(purchases[customer])
        repeats = [purchases[customer][day] for day in days[1:]]
        histories.append((len(repeats), (days[-1] - days[0]) / 7, (SPLIT - days[0]) / 7))
        spend.append((sum(repeats) / len(repeats) if repeats else 0.0, len(repeats)))
    return np.array(histories).T, np.array(spend).T
