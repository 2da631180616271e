"""A real `odoo server` on a scratch database: several processes, real commits, real HTTP."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from ...devtools import databases, odoo, paths, postgres
from ...devtools.steps import Reporter

START_SECONDS = 90


@contextlib.contextmanager
def installed_database(purpose, *apps):
    """Yield (PostgreSQL server, name) of a scratch database with the addon, and apps of Odoo."""
    with postgres.running("test") as server:
        template = databases.ensure_template(server, None)
        with databases.scratch(server, template, purpose) as name:
            code, log = odoo.install(
                server, name, [paths.ADDON, *apps], f"install-{name}", Reporter(1)
            )
            assert not code, log
            log.unlink(missing_ok=True)
            yield server, name


def run(server, name, command, *arguments, text=None):
    """Run an Odoo command to its end and return what it printed."""
    done = subprocess.run(
        [
            str(part)
            for part in odoo.command(command, odoo.configuration(server), "-d", name, *arguments)
        ],
        env=odoo.environment(server),
        input=text,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr[-3000:]
    return done.stdout


def shell(server, name, text):
    """Run Python in the Odoo shell and return what it printed."""
    # exec: the shell's own loop would go on after a failed line
    return run(server, name, "shell", "--no-http", "--log-level=error", text=f"exec({text!r})\n")


def result(server, name, text):
    """Run Python in the Odoo shell and return what it printed as JSON after ``RESULT=``."""
    printed = shell(server, name, text)
    [line] = [line for line in printed.splitlines() if line.startswith("RESULT=")]
    return json.loads(line.removeprefix("RESULT="))


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def serving(server, name, log, *arguments):
    """Yield the address of a server process on the database; its log goes to a file."""
    port = free_port()
    # By a script: the process for websockets starts what sys.argv names, and -m gets lost.
    launcher = Path(log).with_name("start-odoo")
    launcher.write_text("from odoo.cli.command import main\n\nmain()\n")
    command = [
        *(paths.PYTHON, launcher, "server"),
        *("-c", odoo.configuration(server), "-d", name, "--max-cron-threads=0"),
        *(f"--http-port={port}", f"--gevent-port={free_port()}", *arguments),
    ]
    with open(log, "w") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=odoo.environment(server),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(url, process, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/web/health", timeout=5)
            return
        time.sleep(0.2)
    with open(log) as text:
        raise AssertionError(f"The server did not start:\n{text.read()[-3000:]}")


def post(url, body, key=None, timeout=60):
    """Post JSON; return (status, decoded answer)."""
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
