"""Running Odoo: its configuration, its environment, its commands."""

import os
import re
import threading

from . import node, odoo_tree, paths
from .showing import pdf_printer
from .steps import call, must_have_worked

HOUR = 3600


def environment(server):
    """Environment of every Odoo process: our packages first, UTC, and this PostgreSQL server."""
    path = [
        str(paths.VENV / "bin"),
        str(node.MODULES / ".bin"),
        server.environment().get("PATH", ""),
        str(pdf_printer.FOLDER),  # last: the machine's own wkhtmltopdf is better
    ]
    result = {
        **server.environment(),
        "PATH": ":".join(path),
        "PYTHONPATH": str(odoo_tree.python_path()),
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(paths.CACHE / "hypothesis"),
    }
    result.pop("ODOO_RC", None)
    return result


def configuration(server, **more):
    """Write the configuration file for a kind of server and return its path."""
    addons = [paths.link_addon().parent, *odoo_tree.extra_addons()]
    options = {
        "addons_path": ",".join(str(folder) for folder in addons),
        "data_dir": server.data_dir,
        "db_host": server.variables.get("PGHOST", ""),
        "db_port": server.variables.get("PGPORT", ""),
        "db_user": server.variables.get("PGUSER", ""),
        "db_maxconn": 32,
        "http_interface": "127.0.0.1",
        "list_db": False,
        "workers": 0,
        "max_cron_threads": 1,
        "limit_memory_soft": 0,
        "limit_time_real": HOUR,
        "limit_time_real_cron": HOUR,
        **more,
    }
    server.data_dir.mkdir(parents=True, exist_ok=True)
    path = paths.CACHE / f"odoo-{server.kind}.conf"
    # Test workers write at the same time, and so do threads of one.
    aside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    aside.write_text("[options]\n" + "".join(f"{k} = {v}\n" for k, v in options.items() if v != ""))
    aside.replace(path)
    return path


def command(name, conf, *arguments):
    """Command line of an Odoo sub-command such as `server`, `shell` or `i18n`."""
    return [paths.PYTHON, "-m", "odoo", *name.split(), "-c", conf, *arguments]


def must_install(sentence, *arguments, **options):
    """Install, or fail with the sentence."""
    code, log = install(*arguments, **options)
    must_have_worked(code, log, sentence)


def install(server, database, modules, log, reporter, *arguments, option="-i"):
    """Install (or with `-u` upgrade) modules; return (exit code, log), showing module by module."""
    conf = configuration(server)

    def watch(line):
        found = re.search(r"Loading module (\w+) \((\d+)/(\d+)\)", line)
        if found:
            reporter.detail = f"module {found[2]} of {found[3]}: {found[1]}"

    return call(
        command(
            "server",
            conf,
            "-d",
            database,
            option,
            ",".join(modules),
            "--stop-after-init",
            "--no-http",
            *arguments,
        ),
        log,
        env=environment(server),
        watch=watch,
    )
