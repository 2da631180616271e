"""Numbered steps with time and progress, stamps to skip what is done, locks, and clear failure."""

import contextlib
import errno
import fcntl
import os
import subprocess
import sys
import threading
import time

from . import paths


class Fail(Exception):
    """Something the user can mend: the text is one clear sentence that says how."""


DISK_FULL = (
    f"The disk that holds {paths.CACHE} is full: make room, or set CUSTOMER_VALUE_HOME to another"
)

# === STAMPS ===


def is_done(name, key):
    """Tell whether the step was finished for exactly this input."""
    try:
        return (paths.STAMPS / name).read_text() == key
    except OSError:
        return False


def mark_done(name, key):
    """Record a finished step; written aside and renamed, so an interruption never leaves half a
    stamp.
    """
    paths.STAMPS.mkdir(parents=True, exist_ok=True)
    aside = paths.STAMPS / f".{name}.{os.getpid()}"
    aside.write_text(key)
    aside.replace(paths.STAMPS / name)


def forget(name):
    """Have a step be done again at the next start."""
    (paths.STAMPS / name).unlink(missing_ok=True)


# === PROGRESS ===


class Reporter:
    """Prints `[3/9] Python packages … 41 s`: live on a terminal, plainly elsewhere."""

    def __init__(self, total, stream=None):
        self.total = total
        self.number = 0
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty()
        self.detail = None

    def run(self, title, action):
        """Run one step; the action may set `detail` (text or callable) to tell how far it is."""
        self.number += 1
        self.detail = None
        self.head = f"[{self.number}/{self.total}] {title} … "
        self.start = time.monotonic()
        self._write(self.head)
        over = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(over,), daemon=True)
        ticker.start()
        try:
            result = action(self)
        except BaseException:
            over.set()
            ticker.join()
            self._write("stopped\n")
            raise
        over.set()
        ticker.join()
        self._finish("ready" if result is False else f"{time.monotonic() - self.start:.0f} s")
        return result

    def _tick(self, over):
        while not over.wait(1.0):
            if self.live:
                detail = self.detail() if callable(self.detail) else self.detail
                text = f"{time.monotonic() - self.start:.0f} s" + (f", {detail}" if detail else "")
                self._write(f"\r\033[K{self.head}{text}")

    def _finish(self, text):
        self._write((f"\r\033[K{self.head}" if self.live else "") + text + "\n")

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()


# === LOCKS AND PROCESSES ===


@contextlib.contextmanager
def lock(name):
    """Let one `./dev` at a time prepare a thing; the kernel frees the lock when a process dies."""
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with open(paths.CACHE / f"{name}.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(
                f"Waiting for another ./dev that is preparing the same thing ({name}) …", flush=True
            )
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def call(command, log, *, env=None, cwd=None, watch=None, stdin=None):
    """Run a command with its output in `log/<log>.log`; return (exit code, path of the log).

    :param watch: called with every line, to show progress.
    :param stdin: an open file to read from; nothing by default.
    """
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    path = paths.LOGS / f"{log}.log"
    with open(path, "w", encoding="utf-8", errors="replace") as handle:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=env,
            cwd=cwd,
            text=True,
            errors="replace",
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            for line in process.stdout:
                handle.write(line)
                if watch:
                    watch(line)
        finally:
            if process.poll() is None:
                process.terminate()
            code = process.wait()
    return code, path


def must(command, log, sentence, **options):
    """Run a command that has to succeed; else fail with the sentence and where to read more."""
    code, path = call(command, log, **options)
    must_have_worked(code, path, sentence)
    return path


def must_have_worked(code, log, sentence):
    """Turn an exit code into a failure, and a full disk into its own sentence."""
    if code:
        full = os.strerror(errno.ENOSPC) in _last_lines(log)
        raise Fail(f"{DISK_FULL if full else sentence} (details: {log})")


def _last_lines(path, count=100):
    if not path.exists():
        return ""
    with open(path, encoding="utf-8", errors="replace") as handle:
        return "".join(handle.readlines()[-count:])
