"""Time per customer at several sizes, each in a database of its own: `./dev bench --linear`."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from devtools import databases, postgres

from .company import EVENT, GROWTH, LONGEST

SIZES = "50000,200000,1000000"
INVOICES_PER_CUSTOMER = 5
SPREAD = 1.25
# what is asked at every size -> limit
EVERYWHERE = {
    "longest transaction": LONGEST,
    "growth of a worker's memory": GROWTH,
    "event refresh of 100 customers": EVENT,
}


def measure_linear(board, database, conf, sizes):
    """Print the time per customer at each size, and how far the sizes are apart."""
    found = {}
    with postgres.running("test") as server:
        for size in map(int, sizes.split(",")):
            with databases.scratch(server, database, f"linear{size}") as name:
                found[size] = _measure(name, conf, size)
            per_customer = found[size]["first full run, microseconds per customer"]
            board.figure(f"{size:,} customers, microseconds each", per_customer)
            for what, limit in EVERYWHERE.items():
                board.bar(f"{size:,} customers: {what}", found[size][what], at_most=limit)
    times = [figures["first full run, microseconds per customer"] for figures in found.values()]
    board.bar(
        "slowest size beside the fastest, time per customer",
        max(times) / min(times),
        at_most=SPREAD,
    )


def _measure(database, conf, size):
    """Make a history and run it in a process of its own; return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks", "--db", database, "--config", conf),
                *("--customers", str(size), "--invoices", str(size * INVOICES_PER_CUSTOMER)),
                *("--only", "costs,runs", "--figures", figures),
            ],
            check=False,  # bars that fall short are printed, and counted below
        )
        return json.loads(figures.read_text())
