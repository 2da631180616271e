"""`./dev test`: a fresh clone, the addon installed on it, and pytest."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from . import databases, node, odoo, odoo_tree, paths, postgres, venv
from .showing import pdf_printer
from .steps import Fail, Reporter, lock, must

BROWSERS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
HOW_TO = "apt install chromium"
PLUGINS = Path(__file__).parent / "pytest_plugins"
# Two processes, each with its own copy of the database; a file stays in one of them.
IN_PARALLEL = (
    *("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"),
    "--max-worker-restart=0",
)


def command(options):
    """Prepare, install, test; return pytest's exit code."""
    reporter = Reporter(7)
    prepare(reporter)
    reporter.run("Browser", ensure_browser)
    with (
        postgres.running("test") as server,
        installed_clone(server, reporter, "test") as (name, log, code),
    ):
        return _pytest(server, name, log, code, options.rest)


@contextlib.contextmanager
def installed_clone(server, reporter, purpose):
    """Yield (database, install log, exit code) of a scratch database with the addon installed."""
    template = reporter.run(
        "Database with the modules we build on",
        lambda step: databases.ensure_template(server, step),
    )
    with databases.scratch(server, template, purpose) as name:
        code, log = reporter.run(
            "The addon on a copy of it",
            lambda step: odoo.install(server, name, [paths.ADDON], f"install-{name}", step),
        )
        yield name, log, code
        log.unlink(missing_ok=True)


def prepare(reporter, tests=True):
    """The steps every command shares; one process at a time."""
    with lock("setup"):
        reporter.run("npm packages", node.ensure)
        reporter.run("Odoo 19", odoo_tree.ensure)
        reporter.run("Python packages", lambda step: venv.ensure(step, tests=tests))
        reporter.run("Program for PDF", pdf_printer.ensure)
        paths.link_addon()


def ensure_browser(_reporter):
    """Tours need a browser: install it if we may, else say how. A CI run may not go without."""
    if any(shutil.which(name) for name in BROWSERS):
        return False
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        sentence = (
            f"Chromium could not be installed: check the network, or do it by hand ({HOW_TO})"
        )
        must(["apt-get", "-q", "update"], "apt-browser-update", sentence, env=environment)
        must(
            ["apt-get", "-q", "install", "-y", "--no-install-recommends", "chromium"],
            "apt-browser",
            sentence,
            env=environment,
        )
        return True
    if os.environ.get("CI"):
        raise Fail(f"Chromium is missing, and the tours need it: {HOW_TO}")
    print(f"(no Chromium: the tours will be skipped; to run them: {HOW_TO}) ", end="")
    return False


def _pytest(server, database, install_log, install_code, arguments):
    conf = odoo.configuration(server)
    targets = [translate(argument) for argument in arguments]
    if install_code:  # nothing else can be said about an addon that does not install
        targets = [str(paths.LINK / "tests" / "quality" / "test_lint.py"), "-k", "install"]
    elif targets == list(arguments):
        targets += [*IN_PARALLEL, str(paths.LINK / "tests")]
    environment = odoo.environment(server)
    environment |= {
        "PYTHONPATH": os.pathsep.join([environment["PYTHONPATH"], str(PLUGINS)]),
        "CUSTOMER_VALUE_INSTALL_LOG": str(install_log),
        "CUSTOMER_VALUE_ODOO": str(odoo_tree.python_path()),
    }
    code = subprocess.call(
        [
            str(paths.PYTHON),
            "-m",
            "pytest",
            f"--rootdir={paths.LINK}",
            f"--confcutdir={paths.LINK}",
            "-c",
            os.devnull,
            "-o",
            f"cache_dir={paths.CACHE / 'pytest'}",
            f"--odoo-database={database}",
            f"--odoo-config={conf}",
            "--odoo-http",
            *("-p", "worker_files"),
            *("-p", "slow_first"),
            *targets,
        ],
        env=environment,
        cwd=paths.LINK,
    )
    return code or bool(install_code)


def translate(argument):
    """Turn a path of the repository into the one Odoo knows it by; leave the rest alone."""
    name, *node_id = argument.split("::", 1)
    if not name or name.startswith("-"):
        return argument
    for base in (Path.cwd(), paths.ROOT):
        path = Path(base, name).resolve()
        if path.exists() and path.is_relative_to(paths.ROOT):
            return "::".join([str(paths.LINK / path.relative_to(paths.ROOT)), *node_id])
    return argument
