"""A worker of full runs in a process of its own, as Odoo's cron workers are: waits, then works.

Says ``READY <backend pid>``, begins with the next line it is sent, and answers with figures.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import psycopg2

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

# States of a run nobody works on.
RESTING = ("requested", "done", "failed")


class Worker:
    """The process, seen from the benchmark."""

    def __init__(self, database, conf):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", "--db", database, "--config", conf],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.backend = int(self.process.stdout.readline().split()[1])

    def go(self):
        """Let it begin."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def finish(self):
        """Wait for its figures: ``seconds``, ``slowest`` step, ``growth`` of memory in MB.

        ``processor``: seconds of its own and of its backend, where that is on this machine.
        """
        answer = self.process.stdout.readline()
        if self.process.wait() or not answer:
            raise RuntimeError("a worker of the benchmark failed")
        return json.loads(answer)


def main():
    """Load the registry, wait, work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--config", required=True)
    options = parser.parse_args()
    config.parse_config(["-c", options.config, "-d", options.db, "--log-level=warn"])
    with Registry(options.db).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {"tracking_disable": True})
        _count_open(env)
        print(f"READY {cr._cnx.get_backend_pid()}", flush=True)
        cr.commit()
        sys.stdin.readline()
        print(json.dumps(_work(env)), flush=True)


def _work(env):
    before = _read_memory("VmRSS")
    backend = env.cr._cnx.get_backend_pid()
    processor = time.process_time() + read_processor_seconds(backend)
    _forget_peak()
    start = last = time.perf_counter()
    slowest, steps = 0.0, 0
    while True:
        done = _step(env)
        now = time.perf_counter()
        if done:
            steps, slowest = steps + 1, max(slowest, now - last)
        elif not _count_open(env):
            break
        else:
            env.cr.commit()
            time.sleep(0.02)  # others have what is left
        last = time.perf_counter()
    return {
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() + read_processor_seconds(backend) - processor,
        "slowest": slowest,
        "steps": steps,
        "growth": _read_memory("VmHWM") - before,
    }


def _step(env):
    """Do one step and commit it, as the cron does."""
    try:
        done = env["customer.refresh.run"]._step()
        env.cr.commit()
    except psycopg2.OperationalError:
        env.cr.rollback()
        done = 0
    env.invalidate_all()
    return done


def _count_open(env):
    return env["customer.refresh.run"].search_count([("state", "not in", RESTING)])


def _read_memory(name):
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith(name))
    return int(line.split()[1]) / 1024


def read_processor_seconds(process):
    """Return the processor time a process has taken so far; 0 for one that is not here."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as status:
            fields = status.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _forget_peak():
    with open(f"/proc/{os.getpid()}/clear_refs", "w", encoding="ascii") as handle:
        handle.write("5")


if __name__ == "__main__":
    sys.exit(main())
