"""Imports against a real server with four workers and a committed database of their own.

Plain pytest under ``./dev test``: in an HttpCase all cursors share one transaction, and neither
a collision nor a lost process could be seen.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from ...devtools import demo, odoo, postgres, test_run
from ...devtools.paths import ROOT
from ...devtools.steps import Reporter

SIZES = {"accounts": 150, "contacts": 300, "opportunities": 100, "calls": 800}
EXPECTED = "450 100 800 800 550 550"
COUNTS = """
    SELECT concat_ws(' ',
        (SELECT count(*) FROM res_partner WHERE name ~ '^(Company|Person) '),
        (SELECT count(*) FROM crm_lead WHERE name ~ '^Chance '),
        (SELECT count(*) FROM customer_interaction),
        (SELECT count(DISTINCT request_key) FROM customer_interaction),
        (SELECT count(*) FROM ir_model_data WHERE module = '__crm_import__'),
        (SELECT count(DISTINCT (model, res_id)) FROM ir_model_data
          WHERE module = '__crm_import__'))
"""


def write_export(folder):
    rows = {
        "Accounts.csv": ["ID,Name,Email Address,Billing Country"]
        + [f"a{n},Company {n},info@c{n}.example,Iran" for n in range(SIZES["accounts"])],
        "Contacts.csv": ["ID,Last Name,Account ID"]
        + [f"c{n},Person {n},a{n % SIZES['accounts']}" for n in range(SIZES["contacts"])],
        "Opportunities.csv": ["ID,Name,Account ID,Sales Stage,Amount"]
        + [f"o{n},Chance {n},a{n},Closed Won,100" for n in range(SIZES["opportunities"])],
        "Calls.csv": ["ID,Name,Parent Type,Parent ID,Start Date,Status"]
        + [f"p{n},Call {n},Contacts,c{n % 300},1403/05/12,Held" for n in range(SIZES["calls"])],
    }
    for name, lines in rows.items():
        (folder / name).write_text("\n".join(lines), encoding="utf-8")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bench:
    """One server on one database, and imports into it."""

    def __init__(self, server, database, folder):
        self.server, self.database, self.folder = server, database, folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.export = folder / "export"
        self.export.mkdir()
        write_export(self.export)
        command = odoo.command("server", odoo.configuration(server), "-d", database)
        command += ["--http-port", self.url.rsplit(":", 1)[1], "--workers", "4"]
        command += ["--gevent-port", str(free_port()), "--max-cron-threads", "0"]
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                env=odoo.environment(server),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start(self, name):
        """Start an import and return its process."""
        command = [
            sys.executable,
            "-m",
            "client",
            "import-crm",
            self.export,
            "--yes",
            "--batch",
            "25",
        ]
        command += ["--url", self.url, "--db", self.database, "--login", "admin"]
        command += ["--password", "admin", "--rejects", self.folder / f"{name}.csv"]
        command += ["--report", self.folder / f"{name}.json"]
        with (self.folder / f"{name}.txt").open("w") as said:
            return subprocess.Popen(
                [str(part) for part in command], cwd=ROOT, stdout=said, stderr=said
            )

    def finish(self, name, process):
        """Wait for an import and return its report."""
        code = process.wait(timeout=300)
        assert code == 0, (self.folder / f"{name}.txt").read_text()
        return json.loads((self.folder / f"{name}.json").read_text())

    def counts(self):
        command = [str(postgres.binary("psql")), "-d", self.database, "-Atc", COUNTS]
        answer = subprocess.run(
            command, env=self.server.environment(), capture_output=True, text=True, check=True
        )
        return answer.stdout.strip()

    def kill_a_worker(self):
        """Kill the process that serves requests and has worked most; the server starts another."""
        table = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,cputimes="],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = [line.split() for line in table.stdout.splitlines()]
        os.kill(int(max(rows, key=lambda row: int(row[1]))[0]), signal.SIGKILL)

    def created(self):
        return sum(int(number) for number in self.counts().split()[:3])


@pytest.fixture
def bench(tmp_path):
    if "CUSTOMER_VALUE_ODOO" not in os.environ:
        pytest.skip("runs under ./dev test")
    reporter = Reporter(2)
    with (
        postgres.running("test") as server,
        test_run.installed_clone(server, reporter, "crm") as (database, log, code),
    ):
        assert code == 0, log
        found = Bench(server, database, tmp_path)
        try:
            demo.wait_until_up(found.url, found.process, found.log)
            yield found
        finally:
            os.killpg(found.process.pid, signal.SIGTERM)
            found.process.wait(timeout=30)


def test_killed_and_simultaneous_imports_double_nothing(bench):
    """One killed hard at three places, three at once while workers die, then one more."""
    for goal in (1, 200, 500):
        process = bench.start(f"killed{goal}")
        end = time.monotonic() + 120
        while bench.created() < goal and process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        process.kill()
        process.wait()
        assert goal <= bench.created() < sum(SIZES.values()), "killed in the middle"
    names = ("first", "second", "third")
    processes = [bench.start(name) for name in names]
    for goal in (600, 900):
        while bench.created() < goal and any(process.poll() is None for process in processes):
            time.sleep(0.1)
        bench.kill_a_worker()
    for name, process in zip(names, processes, strict=True):
        report = bench.finish(name, process)
        assert report["adds_up"]
        assert not any(entity["rejected"] for entity in report["entities"]), report
    assert bench.counts() == EXPECTED
    report = bench.finish("last", bench.start("last"))
    found = {entity["entity"]: entity["already"] for entity in report["entities"]}
    assert found == SIZES
    assert bench.counts() == EXPECTED
