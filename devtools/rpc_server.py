"""A real Odoo server with several workers on a scratch database, for RPC tests and measures."""

import contextlib
import json
import socket
import subprocess

from . import demo, odoo, paths
from .steps import Fail

MARK = "the answer is: "


def ask(server, database, text):
    """Run Python text in an Odoo shell and return the JSON it prints after ``MARK``."""
    conf = odoo.configuration(server)
    done = subprocess.run(
        [str(part) for part in odoo.command("shell", conf, "-d", database, "--no-http")],
        env=odoo.environment(server),
        input=f"MARK = {MARK!r}\nexec({text!r})\n",
        capture_output=True,
        text=True,
    )
    for line in done.stdout.splitlines():
        if MARK in line:
            return json.loads(line.partition(MARK)[2])
    raise Fail(f"The data for RPC could not be made: {done.stderr[-2000:]}")


@contextlib.contextmanager
def running(server, database, workers):
    """Serve the database with real worker processes; yield (address, log file)."""
    conf = odoo.configuration(server)
    port, gevent_port = _free_port(), _free_port()
    log = paths.LOGS / f"rpc-{database}.log"
    options = (
        f"--workers={workers}",
        f"--http-port={port}",
        f"--gevent-port={gevent_port}",
        f"--db-filter=^{database}$",
        "--max-cron-threads=0",
        "--log-handler=odoo.addons.rpc:ERROR",
        "--log-handler=werkzeug:WARNING",
    )
    url = f"http://127.0.0.1:{port}"
    log.parent.mkdir(parents=True, exist_ok=True)
    # By a script: the process for websockets starts what sys.argv names, and -m gets lost.
    launcher = log.with_suffix(".py")
    launcher.write_text("from odoo.cli.command import main\n\nmain()\n", encoding="utf-8")
    command = [paths.PYTHON, launcher, "server", "-c", conf, "-d", database, *options]
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=odoo.environment(server),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        demo.wait_until_up(url, process, log)
        yield url, log
    finally:
        demo.stop(process)
        launcher.unlink(missing_ok=True)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
