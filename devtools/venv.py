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
    todo = [name for name in files if not (there and is_done(f"venv-{name}", get_key(name)))]
    if not todo:
        return False
    if not _works(paths.PYTHON):
        create(paths.VENV)
    count = sum("==" in line for name in todo for line in _lines(name))
    done = [0]

    def watch(line):
        done[0] += line.startswith("Collecting ")
        installing = line.startswith("Installing collected")
        reporter.detail = "unpacking" if installing else f"{done[0]} of {count} packages"

    install(paths.PYTHON, todo, watch=watch)
    for name in todo:
        mark_done(f"venv-{name}", get_key(name))
    return True


def install(python, names, **options):
    """Install the pinned packages of requirement files."""
    command = [python, "-m", "pip", "install", "--no-deps", "--only-binary=:all:"]
    for name in names:
        command += ["-r", paths.ROOT / name]
    must(
        command,
        "pip",
        "The Python packages could not be fetched: check the network (or your pip "
        "configuration) and start again, it goes on where it stopped",
        **options,
    )


def _lines(name):
    return (paths.ROOT / name).read_text().splitlines()


def get_key(name):
    """Return what changes with the pins of a requirement file, or with the Python."""
    pins = (paths.ROOT / name).read_bytes() + str(sys.version_info[:2]).encode()
    return hashlib.sha256(pins).hexdigest()


def _works(python):
    """A folder left by an interrupted creation, or made for another Python, is no environment."""
    probe = "import sys, pip; print(sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == str(sys.version_info[:2])


def create(folder):
    """Make an empty environment, in place of what is there."""
    minor = f"3.{sys.version_info[1]}"
    if importlib.util.find_spec("ensurepip") is None:
        raise Fail(
            f"Python {minor} has no venv module: install it (apt install python3-venv) and "
            "start again."
        )
    must(
        [sys.executable, "-m", "venv", "--clear", folder],
        "venv",
        f"The virtual environment could not be made: install python3-venv for Python {minor}",
    )
