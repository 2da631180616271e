"""The virtual environment: pinned packages, made from wheels only."""

import hashlib
import importlib.util
import subprocess
import sys

from . import paths
from .steps import Fail, is_done, mark_done, must

RUNTIME = "requirements.txt"
TESTS = "requirements-test.txt"


def ensure(reporter, *, tests=False):
    """Install the pinned packages; return False if they were there already."""
    files = [RUNTIME] + ([TESTS] if tests else [])
    there = paths.PYTHON.exists()
    todo = [name for name in files if not (there and is_done(f"venv-{name}", _key(name)))]
    if not todo:
        return False
    if not _works():
        _create()
    count = sum("==" in line for name in todo for line in _lines(name))
    done = [0]

    def watch(line):
        done[0] += line.startswith("Collecting ")
        installing = line.startswith("Installing collected")
        reporter.detail = "unpacking" if installing else f"{done[0]} of {count} packages"

    command = [paths.PYTHON, "-m", "pip", "install", "--no-deps", "--only-binary=:all:"]
    for name in todo:
        command += ["-r", paths.ROOT / name]
    must(
        command,
        "pip",
        "The Python packages could not be fetched: check the network (or your pip "
        "configuration) and start again, it goes on where it stopped",
        watch=watch,
    )
    for name in todo:
        mark_done(f"venv-{name}", _key(name))
    return True


def _lines(name):
    return (paths.ROOT / name).read_text().splitlines()


def _key(name):
    pins = (paths.ROOT / name).read_bytes() + str(sys.version_info[:2]).encode()
    return hashlib.sha256(pins).hexdigest()


def _works():
    """A folder left by an interrupted creation, or made for another Python, is no environment."""
    probe = "import sys, pip; print(sys.version_info[:2])"
    try:
        answer = subprocess.run([paths.PYTHON, "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == str(sys.version_info[:2])


def _create():
    minor = f"3.{sys.version_info[1]}"
    if importlib.util.find_spec("ensurepip") is None:
        raise Fail(
            f"Python {minor} has no venv module: install it (apt install python3-venv) and "
            "start again."
        )
    must(
        [sys.executable, "-m", "venv", "--clear", paths.VENV],
        "venv",
        f"The virtual environment could not be made: install python3-venv for Python {minor}",
    )
