"""The small everyday commands: shell, psql, upgrade, load, bench, clean."""

import os
import shutil
import subprocess
import sys

from . import databases, demo, engine_bench, odoo, paths, postgres, test_run
from .steps import Fail, Reporter, call

DEMO = "customer_value_demo"
LOADERS = {"sales": "load-sales", "crm": "import-crm"}  # what is loaded: command of the client
OFFLINE = {"--url", "-h", "--help", "--write-mapping"}  # another server, or none at all


def _run(command, **options):
    return subprocess.call([str(part) for part in command], **options)


def _existing(server, name):
    if not databases.exists(server, name):
        raise Fail(f"There is no database {name} yet: start ./dev demo first.")
    return name


def shell(options):
    """Open an Odoo shell on the demo database."""
    with postgres.running("demo") as server:
        conf = odoo.configuration(server)
        command = odoo.command("shell", conf, "-d", _existing(server, options.db), "--no-http")
        return _run(command, env=odoo.environment(server))


def psql(options):
    """Open psql on the demo database."""
    with postgres.running("demo") as server:
        name = _existing(server, options.db)
        return _run([postgres.binary("psql"), "-d", name], env=server.environment())


def upgrade(options):
    """Upgrade the addon on the demo database after its code changed."""
    with postgres.running("demo") as server:
        _existing(server, options.db)
        arguments = ("The upgrade failed", server, options.db, [paths.ADDON], "upgrade")
        Reporter(1).run("Upgrade", lambda step: odoo.must_install(*arguments, step, option="-u"))
    return 0


def load(options):
    """Load a file through the client library, into the running demo unless told otherwise."""
    kind, *rest = options.rest or [""]
    if kind not in LOADERS:
        raise Fail(
            "Say what to load: ./dev load sales FILE [options of python -m client load-sales], "
            "or ./dev load crm FOLDER [options of python -m client import-crm]"
        )
    given = {argument.split("=")[0] for argument in rest}
    if "ODOO_URL" not in os.environ and not given & OFFLINE:
        pairs = demo.login_arguments(_running_demo())
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            rest += [] if name in given else [name, value]
    python = paths.PYTHON if paths.PYTHON.exists() else sys.executable
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT)}
    return _run([python, "-m", "client", LOADERS[kind], *rest], env=environment)


def _running_demo():
    state = demo.running_demo()
    if not state:
        raise Fail(
            "No demo is running to load into: start ./dev demo, or name a server with --url."
        )
    return state


def bench(options):
    """Run `benchmarks/` on a clone of the test template with the addon installed."""
    if not (paths.ROOT / "benchmarks" / "__main__.py").exists():
        raise Fail("There is nothing to measure: benchmarks/__main__.py is missing.")
    if "--engine" in options.rest:
        return engine_bench.run([part for part in options.rest if part != "--engine"])
    reporter = Reporter(6)
    test_run.prepare(reporter)
    with (
        postgres.running("test") as server,
        test_run.installed_clone(server, reporter, "bench") as (name, log, code),
    ):
        if code:
            raise Fail(f"The addon could not be installed: see {log}")
        environment = odoo.environment(server)
        environment["PYTHONPATH"] += os.pathsep + str(paths.LINK)
        conf = odoo.configuration(server)
        return _run(
            [paths.PYTHON, "-m", "benchmarks", "--db", name, "--config", conf, *options.rest],
            env=environment,
            cwd=paths.ROOT,
        )


def clean(options):
    """Drop the databases and delete the cache; asks first."""
    if not paths.CACHE.exists():
        print(f"{paths.CACHE} is not there: nothing to clean.")
        return 0
    what = "the test and demo databases"
    if not options.databases:
        what += f" and everything else in {paths.CACHE}"
    if not (options.yes or _agreed(f"Delete {what}? [y/N] ")):
        print("Nothing was deleted.")
        return 1
    if demo.running_demo():
        raise Fail("The demo is running: stop it with Ctrl-C first.")
    _drop_databases()
    if not options.databases:
        shutil.rmtree(paths.CACHE, ignore_errors=True)
    print(f"Deleted {what}.")
    return 0


def _agreed(question):
    return sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes")


def _drop_databases():
    if os.environ.get("PGHOST") and paths.PYTHON.exists():
        _drop_on_external_server()
    for kind in ("test", "demo"):
        if (paths.CACHE / f"pg-{kind}").exists():
            postgres.stop(kind)
        for folder in (f"pg-{kind}", f"data-{kind}"):
            shutil.rmtree(paths.CACHE / folder, ignore_errors=True)
    for stamp in paths.STAMPS.glob("demo-*"):
        stamp.unlink()


def _drop_on_external_server():
    with postgres.running("test") as server:
        made = {
            stamp.name[len("demo-") : -len("-apps")] for stamp in paths.STAMPS.glob("demo-*-apps")
        }
        for name in [*databases.ours(server), *made]:
            call(
                [postgres.binary("dropdb"), "--if-exists", "--force", name],
                "clean",
                env=server.environment(),
            )


def lint_command(options):
    """Run the lint checks only, without a database."""
    test_run.prepare(Reporter(4))
    code = f"from devtools import lint; raise SystemExit(lint.main({options.rest!r}))"
    environment = {**os.environ, "CUSTOMER_VALUE_ODOO": str(test_run.odoo_tree.python_path())}
    return _run([paths.PYTHON, "-c", code], cwd=paths.ROOT, env=environment)
