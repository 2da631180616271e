"""RPC: batches with two workers, and one call beside the cheapest insert JSON-2 can do.

The cheapest insert is the creation of a CRM tag: two columns, nothing computed or tracked.
The calls take turns, so that both meet the same machine.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from client import Customers, connect
from devtools import rpc_server

from .rpc_site import PREPARE

WORKERS = 2
BATCH = 100
BATCHES = 60
SINGLES = 400


def measure(server, database):
    """Yield (label, figure) pairs."""
    made = rpc_server.ask(server, database, PREPARE)
    with rpc_server.running(server, database, WORKERS) as (url, _log):
        yield from _measure_batches(url, made)
        yield from _measure_singles(url, made)
        yield from _measure_reading(url, made)


def _connect(url, made, login="program"):
    return connect(url, made["database"], api_key=made["keys"][login])


def _interaction(key, number, made):
    partners = made["partners"]
    return {
        "request_key": key,
        "kind": "call",
        "subject": f"Call {number}",
        "partner_id": partners[number % len(partners)],
        "duration_minutes": 3,
    }


def _measure_batches(url, made):
    """Two clients send batches of 100 as fast as they can."""

    def send(client):
        times = []
        with _connect(url, made) as connection:
            customers = Customers(connection, made["company"])
            for batch in range(-2, BATCHES):
                rows = [_interaction(f"b {client} {batch} {n}", n, made) for n in range(BATCH)]
                start = time.perf_counter()
                customers.log_many(rows)
                if batch >= 0:  # the first ones warm up the worker
                    times.append((start, time.perf_counter()))
        return times

    with ThreadPoolExecutor(WORKERS) as pool:
        times = [pair for part in pool.map(send, range(WORKERS)) for pair in part]
    wall = max(end for _start, end in times) - min(start for start, _end in times)
    took = sorted(1000 * (end - start) for start, end in times)
    yield "interactions per second, batches of 100, 2 workers", len(times) * BATCH / wall
    yield "batch of 100, median ms", statistics.median(took)
    yield "batch of 100, 95 % ms", took[int(len(took) * 0.95)]


def _measure_singles(url, made):
    """One interaction and one CRM tag, turn by turn, on one connection each."""
    ours, theirs = [], []
    with _connect(url, made) as first, _connect(url, made, "writer") as second:
        customers = Customers(first, made["company"])
        for number in range(-20, SINGLES):
            row = _interaction(f"s {number}", number, made)
            start = time.perf_counter()
            customers.log_many([row])
            middle = time.perf_counter()
            second.call("crm.tag", "create", vals_list=[{"name": f"Tag {number}"}])
            end = time.perf_counter()
            if number >= 0:
                ours.append(middle - start)
                theirs.append(end - middle)
    yield "cheapest JSON-2 insert (CRM tag), median ms", 1000 * statistics.median(theirs)
    yield "one interaction, median ms", 1000 * statistics.median(ours)
    yield "ratio of the medians", statistics.median(ours) / statistics.median(theirs)


def _measure_reading(url, made):
    """Looking up a caller and reading a summary."""
    with _connect(url, made) as connection:
        customers = Customers(connection, made["company"])
        for label, ask in (
            ("find by phone, median ms", lambda n: customers.find(phone=f"+1201555{n:04d}")),
            ("summary, median ms", lambda n: customers.summary(made["partners"][n])),
        ):
            times = []
            for number in range(100):
                start = time.perf_counter()
                ask(number)
                times.append(time.perf_counter() - start)
            yield label, 1000 * statistics.median(times)
