"""What comes from npm: what Odoo needs for its pages, linters, what finds barriers on a page."""

import shutil

from . import paths
from .steps import Fail, is_done, lock, mark_done, must

PACKAGES = (
    "rtlcss@4.3.0",  # without it Persian pages keep left-to-right styles
    "font-awesome@4.7.0",  # Debian's is 7.x, Odoo's icons are 4.7
    "@mediapipe/selfie_segmentation@0.1.1675465747",  # its absence breaks every browser test
)
MODULES = paths.NODE / "node_modules"
# In a folder of their own, because a demo does without them: only the checks fetch them.
LINTERS = (
    "eslint@9.39.5",  # 10 wants a newer Node.js than Debian 12 has
    "@eslint/js@9.39.5",
    "prettier@3.6.2",
)
LINT_MODULES = paths.CACHE / "node-lint" / "node_modules"

# Only a test of the screens needs it.
BARRIERS = ("axe-core@4.10.3",)
BARRIER_MODULES = paths.CACHE / "node-axe" / "node_modules"


def ensure(_reporter):
    """Install the packages; return False if they were there already."""
    return _install("node", PACKAGES, MODULES)


def ensure_linters():
    """Install the linters, one process at a time; return the folder they are in."""
    with lock("node-lint"):
        _install("node-lint", LINTERS, LINT_MODULES)
    return LINT_MODULES


def ensure_axe():
    """Install axe-core, one process at a time; return the script a page is examined with."""
    with lock("node-axe"):
        _install("node-axe", BARRIERS, BARRIER_MODULES)
    return BARRIER_MODULES / "axe-core" / "axe.min.js"


def _install(stamp, packages, modules):
    key = " ".join(packages)
    if is_done(stamp, key) and modules.exists():
        return False
    if not shutil.which("npm"):
        raise Fail(
            "npm is missing, and Odoo needs it for right-to-left pages: apt install npm, then "
            "start again."
        )
    modules.parent.mkdir(parents=True, exist_ok=True)
    must(
        [
            "npm",
            "install",
            "--prefix",
            modules.parent,
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--ignore-scripts",
            *packages,
        ],
        "npm",
        "npm could not fetch its packages: check the network and start again",
    )
    mark_done(stamp, key)
    return True
