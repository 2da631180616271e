"""What Odoo needs from npm: the right-to-left converter and two things Debian leaves out."""

import shutil

from . import paths
from .steps import Fail, is_done, mark_done, must

PACKAGES = (
    "rtlcss@4.3.0",  # without it Persian pages keep left-to-right styles
    "font-awesome@4.7.0",  # Debian's is 7.x, Odoo's icons are 4.7
    "@mediapipe/selfie_segmentation@0.1.1675465747",  # its absence breaks every browser test
)
MODULES = paths.NODE / "node_modules"


def ensure(_reporter):
    """Install the packages; return False if they were there already."""
    key = " ".join(PACKAGES)
    if is_done("node", key) and MODULES.exists():
        return False
    if not shutil.which("npm"):
        raise Fail(
            "npm is missing, and Odoo needs it for right-to-left pages: apt install npm, then "
            "start again."
        )
    paths.NODE.mkdir(parents=True, exist_ok=True)
    must(
        [
            "npm",
            "install",
            "--prefix",
            paths.NODE,
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--ignore-scripts",
            *PACKAGES,
        ],
        "npm",
        "npm could not fetch its packages: check the network and start again",
    )
    mark_done("node", key)
    return True
