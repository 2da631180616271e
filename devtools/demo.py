"""`./dev demo`: from an empty machine to a running Odoo with this addon and data to look at."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import databases, odoo, paths, postgres, test_run
from .steps import Fail, Reporter, forget, is_done, lock, mark_done, must, must_have_worked

NEEDED_GB = 6
START_SECONDS = 180
# The first one is everybody's to begin with; without English, Odoo would have Persian only.
LANGUAGES = f"en_US,{databases.LANGUAGE}"
STATE = paths.CACHE / "demo.json"
SAMPLE = paths.ROOT / "demo" / "sales_sample.csv"
COLUMNS = paths.ROOT / "demo" / "sales_columns.json"
LIFE = paths.ROOT / "demo" / "make_living_company.py"
LOADER = paths.ROOT / "client" / "__main__.py"

WELCOME = """
Customer Value is running at  {url}

  who                login        password
  administrator      admin        admin
  salesperson        sales        sales
  service            service      service
  accountant         accountant   accountant
  manager            manager      manager
  a customer         customer     customer     (sees the portal)

What to click first
  1. Customers: whom to contact today, and why.
  2. Customers > Customer value: every customer with tier, value and habits; open one.
  3. Plays: one that is done, with what it has brought. A customer invoice: seen from accounting.

For Persian, right to left: your name at the top right > Persian / فارسی; English in the same way.
Server log: {log}
Ctrl-C stops it; ./dev demo starts it again in seconds.
"""


def run(options):
    """Prepare what is missing, then serve until Ctrl-C; return the exit code."""
    check_machine(options.port if options.serve else None)
    reporter = Reporter(9 if options.serve else 8)
    test_run.prepare(reporter, tests=False)
    with postgres.running("demo") as server:
        with lock(f"demo-{options.db}"):
            if options.fresh:
                start_over(server, options.db)
            reporter.run(
                "Database with Odoo's demo data", lambda step: ensure_apps(server, options.db, step)
            )
            reporter.run(
                "Customer Value with its demo data",
                lambda step: ensure_addon(server, options.db, step),
            )
            reporter.run("Sample sales", lambda step: ensure_sales(server, options.db, step))
            reporter.run("A company that lives", lambda step: ensure_life(server, options.db, step))
        return serve(server, options, reporter) if options.serve else 0


# === CHECKS ===


def check_machine(port):
    """Say at once what would make the demo fail after minutes."""
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(paths.CACHE).free / 1e9
    if free < NEEDED_GB and not any(paths.STAMPS.glob("demo-*-apps")):
        raise Fail(
            f"The demo needs about {NEEDED_GB} GB but {paths.CACHE} has {free:.1f} GB free: "
            "make room, or set "
            "CUSTOMER_VALUE_HOME to a folder on a larger disk."
        )
    if port is None:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            running = running_demo()
            mend = (
                f"the demo runs already at {running['url']}"
                if running and running["port"] == port
                else "in use"
            )
            raise Fail(
                f"Port {port} is taken ({mend}): stop that program or choose ./dev demo "
                f"--port {port + 1}."
            ) from None


def running_demo():
    """Facts about the demo server that runs now, or None."""
    try:
        state = json.loads(STATE.read_text())
        os.kill(state["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return state


# === DATABASE ===


def start_over(server, name):
    """Forget what was prepared and delete the database."""
    for step in ("apps", "addon", "sales", "life"):
        forget(f"demo-{name}-{step}")
    databases.drop(server, name)


def ensure_apps(server, name, reporter):
    """Odoo's own apps and demo data, made under a draft name so that an interruption leaves nothing
    half done.
    """
    key = " ".join(databases.manifest()["depends"])
    if databases.exists(server, name):
        if is_done(f"demo-{name}-apps", key):
            return False
        raise Fail(
            f"The database {name} was not made by ./dev demo, or for other modules than the "
            "addon needs now: "
            "choose another with --db, or let --fresh delete it and start over."
        )
    start_over(server, name)
    draft = f"{name}_draft"
    databases.drop(server, draft)
    databases.create(server, draft)
    depends = databases.manifest()["depends"]
    more = ("--with-demo", "--load-language", LANGUAGES)
    odoo.must_install(
        "Odoo's apps could not be installed: see why and start again",
        *(server, draft, depends, "demo-apps", reporter, *more),
    )
    mark_done(f"demo-{name}-apps", key)
    databases.rename(server, draft, name)
    return True


def ensure_addon(server, name, reporter):
    """Install the addon, or upgrade it when its version changed since the last start."""
    version = databases.manifest()["version"]
    if is_done(f"demo-{name}-addon", version):
        return False
    sentence = "Customer Value could not be installed: mend what its log says and start again"
    code, log = odoo.install(
        *(server, name, [paths.ADDON], "demo-addon", reporter, "--with-demo"),
        option="-u" if addon_installed(server, name) else "-i",
    )
    must_have_worked(code or not addon_installed(server, name), log, sentence)
    mark_done(f"demo-{name}-addon", version)
    return True


def addon_installed(server, database):
    """Tell whether the addon is installed in a database."""
    sql = "SELECT 1 FROM ir_module_module WHERE name = :'name' AND state = 'installed'"
    return server.psql(sql, database, name=paths.ADDON) == "1"


# === SERVER ===


def serve(server, options, reporter):
    """Serve in the foreground until Ctrl-C; return the exit code."""
    url = f"http://127.0.0.1:{options.port}"
    set_report_url(server, options.db, url)
    with serving(server, options.db, options.port) as (process, log):
        state = {"url": url, "db": options.db, "port": options.port, "pid": process.pid}
        STATE.write_text(json.dumps(state))
        try:
            reporter.run(f"Server at {url}", lambda _step: wait_until_up(url, process, log))
            print(WELCOME.format(url=url, log=log), flush=True)
            code = process.wait()
            raise Fail(f"The server stopped by itself (exit code {code}); the reason is in {log}.")
        except KeyboardInterrupt:
            print("\nStopping …", flush=True)
            return 0
        finally:
            STATE.unlink(missing_ok=True)


@contextlib.contextmanager
def serving(server, database, port, *arguments):
    """Yield the process of a server that starts, and the path of its log."""
    conf = odoo.configuration(server, dbfilter=f"^{database}$", http_port=port)
    log = paths.LOGS / "server.log"
    with open(log, "a", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(part) for part in odoo.command("server", conf, "-d", database, *arguments)],
            env=odoo.environment(server),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process, log
    finally:
        stop(process)


def free_port():
    """Return a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def set_report_url(server, database, url):
    """Tell the program that prints where this server is, whatever its port was before."""
    server.psql(
        """INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', :'url')
           ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value""",
        database,
        url=url,
    )


def wait_until_up(url, process, log):
    """Return once the server answers.

    :raise Fail: when it stops, or does not answer in time
    """
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Fail(f"The server did not start: the reason is in {log}")
        try:
            with urllib.request.urlopen(f"{url}/web/login", timeout=10):  # noqa: S310 - our own server
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise Fail(f"The server did not answer within {START_SECONDS} s: see {log}")


def stop(process):
    """Ask the server to finish, and insist if it does not."""
    for sign, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 10)):
        if process.poll() is None:
            process.send_signal(sign)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue


def ensure_sales(server, database, reporter):
    """Load the sample sales once, through the client library; it skips what is there, so it may be
    repeated.

    By a server without jobs, so that nothing is worked out while the past is not there yet. What
    was paid when, and what is delivered, is left to the company that lives.
    """
    stamp = f"demo-{database}-sales"
    if not (SAMPLE.exists() and LOADER.exists()) or is_done(stamp, "done"):
        return False

    def watch(line):
        reporter.detail = line.strip()[:60]

    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [paths.PYTHON, "-m", "client", "load-sales", SAMPLE, "--map", COLUMNS]
    command += ["--shift-to-today", "--no-deliveries", "--yes", "--batch", "100"]
    command += ["--rejects", paths.LOGS / "demo-sales.rejects.csv"]
    command += login_arguments({"url": url, "db": database})
    sentence = "The sample sales could not be loaded: mend what the log says and start again"
    with serving(server, database, port, "--max-cron-threads=0") as (process, log):
        wait_until_up(url, process, log)
        must(command, "demo-sales", sentence, cwd=paths.ROOT, watch=watch)
    mark_done(stamp, "done")
    return True


def ensure_life(server, database, reporter):
    """Add people, customers, contacts, complaints, stock, plays and two years of nights once."""
    stamp = f"demo-{database}-life"
    if not LIFE.exists() or is_done(stamp, "done"):
        return False

    def watch(line):
        if " INFO " not in line:
            reporter.detail = line.strip()[:60]

    sentence = "The demo company could not be made: mend what the log says and start again"
    conf = odoo.configuration(server)
    command = odoo.command("shell", conf, "-d", database, "--no-http", "--log-level=warn")
    with open(LIFE, encoding="utf-8") as script:
        must(
            command,
            "demo-life",
            sentence,
            env=odoo.environment(server),
            cwd=paths.ROOT,
            watch=watch,
            stdin=script,
        )
    mark_done(stamp, "done")
    return True


def login_arguments(state):
    """Return the options by which the client reaches a running demo."""
    return ["--url", state["url"], "--db", state["db"], "--login", "admin", "--password", "admin"]
