"""`./dev backtest`: hands over to `devtools.backtest` under a Python that has numpy."""

import os
import subprocess
import sys

from . import paths, venv
from .steps import Reporter, lock


def command(options):
    """Run the back-test; only numpy is needed, the packages are fetched if no Python has it."""
    python = _find_python()
    if not python:
        with lock("setup"):
            Reporter(1).run("Python packages", venv.ensure)
        python = paths.PYTHON
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.call([str(python), "-m", "devtools.backtest", *options.rest], env=environment)


def _find_python():
    for python in (paths.PYTHON, sys.executable):
        try:
            answer = subprocess.run([python, "-c", "import numpy"], capture_output=True)
        except OSError:
            continue
        if answer.returncode == 0:
            return python
    return None
