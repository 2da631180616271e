"""`./dev bench --engine`: the engine beside other libraries, in an environment of their own."""

import os
import subprocess

from . import paths, venv
from .steps import Reporter, is_done, lock, mark_done

REQUIREMENTS = "requirements-bench.txt"
VENV = paths.CACHE / "bench"
PYTHON = VENV / "bin" / "python"
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def run(parts):
    """Measure all parts or the named one; return the exit code."""
    with lock("setup"):
        Reporter(1).run("Libraries to compare with", ensure)
    environment = {**os.environ, **ONE_CORE, "PYTHONPATH": str(paths.ROOT)}
    return subprocess.call(
        [PYTHON, "-m", "benchmarks.engine", *parts], env=environment, cwd=paths.ROOT
    )


def ensure(_reporter):
    """Install the pinned libraries; return False if they were there already."""
    key = venv.get_key(REQUIREMENTS)
    if PYTHON.exists() and is_done("venv-bench", key):
        return False
    venv.create(VENV)
    venv.install(PYTHON, [REQUIREMENTS])
    mark_done("venv-bench", key)
    return True
