"""`./dev screenshots`: take the pictures of docs/images anew, from the running demo."""

import shutil
import subprocess

from .. import demo, paths, test_run, venv
from ..steps import Fail, Reporter
from . import screens

IMAGES = paths.ROOT / "docs" / "images"
STORE = paths.ROOT / "static" / "description"


def command(options):
    """Take all pictures, or those that are named, in English and Persian; return the exit code."""
    unknown = set(options.names) - {screen.name for screen in screens.SCREENS}
    if unknown:
        known = ", ".join(screen.name for screen in screens.SCREENS)
        raise Fail(f"There is no screen {', '.join(sorted(unknown))}: choose of {known}")
    state = demo.running_demo()
    if not state:
        raise Fail("No demo is running: start ./dev demo in another terminal first.")
    reporter = Reporter(2)
    reporter.run("Python packages", lambda step: venv.ensure(step, tests=True))
    reporter.run("Browser", test_run.ensure_browser)
    arguments = [state["url"], state["db"], IMAGES, *options.names]
    code = subprocess.call(
        [str(part) for part in (paths.PYTHON, "-m", "devtools.showing.take", *arguments)],
        cwd=paths.ROOT,
    )
    for name, picture in screens.STORE.items():
        shutil.copyfile(IMAGES / f"{picture}.png", STORE / f"{name}.png")
    return code


def add_options(parser):
    """Describe the names that may follow."""
    parser.add_argument("names", nargs="*", help="screens to take; all without any")
