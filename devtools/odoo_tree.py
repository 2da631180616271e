"""Odoo 19 itself: Debian's package, unpacked without root, or the tree named by ODOO_PATH."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from . import node, paths
from .steps import Fail, is_done, mark_done, must

PACKAGE = "odoo-19"
# Debian's Odoo points at these packages by relative links; they belong into the same tree.
LINKED = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
DOWNLOAD_MB = 132
SUITES = {"debian": ("sid", "main"), "ubuntu": ("devel", "main universe")}
KEYRINGS = ("archive-keyring.gpg", "archive-keyring.pgp")
MEND = "or set ODOO_PATH to an existing Odoo 19 tree"


def ensure(reporter):
    """Make sure there is an Odoo 19; return False if it was there already."""
    if os.environ.get("ODOO_PATH"):
        _check_version(python_path())
        return False
    key = f"{PACKAGE} {' '.join(LINKED)} {' '.join(node.PACKAGES)}"
    if is_done("odoo", key) and paths.TREE.exists():
        return False
    debs = paths.CACHE / "apt" / "debs"
    reporter.detail = lambda: f"{paths.size_of(debs) // 1_000_000} of {DOWNLOAD_MB} MB"
    _download(debs)
    aside = paths.CACHE / "odoo.new"
    shutil.rmtree(aside, ignore_errors=True)
    reporter.detail = "unpacking"
    for deb in sorted(debs.glob("*.deb")):
        must(["dpkg", "-x", deb, aside], "dpkg", "Odoo could not be unpacked: is the disk full?")
    _add_what_debian_leaves_out(aside)
    shutil.rmtree(paths.TREE, ignore_errors=True)
    aside.rename(paths.TREE)
    _check_version(python_path())
    shutil.rmtree(paths.CACHE / "apt", ignore_errors=True)
    mark_done("odoo", key)
    return True


def python_path():
    """The folder that contains the `odoo` Python package."""
    base = Path(os.environ.get("ODOO_PATH") or paths.TREE).expanduser().absolute()
    for folder in (base, base / "usr/lib/python3/dist-packages"):
        if (folder / "odoo" / "release.py").exists():
            return folder
    raise Fail(
        f"There is no Odoo in {base}: ODOO_PATH must name the folder that contains odoo/release.py."
    )


def extra_addons():
    """In a source checkout most apps lie beside the `odoo` package; in Debian's, inside it."""
    beside = python_path() / "addons"
    return [] if (python_path() / "odoo/addons/web").exists() else [beside]


def version():
    """Version and, for Debian's package, when it was built: enough to name a database template."""
    release = python_path() / "odoo" / "release.py"
    found = re.search(r"^version_info = \((\d+), (\d+), (\d+)", release.read_text(), re.MULTILINE)
    return ".".join(found.groups()) if found else "unknown"


def _check_version(folder):
    if not version().startswith("19.0"):
        raise Fail(
            f"{folder} holds Odoo {version()} but this addon is for 19.0: set ODOO_PATH to an "
            "Odoo 19 tree."
        )


# === APT WITHOUT ROOT ===


def _download(debs):
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise Fail(
            "This machine has no apt to fetch Odoo with: set ODOO_PATH to an existing Odoo 19 tree."
        )
    family = _family()
    apt = _private_apt(debs.parent, family)
    must(
        [*apt, "update"],
        "apt-update",
        f"The list of {family.title()} packages could not be fetched: check the network and "
        f"start again, {MEND}",
    )
    debs.mkdir(parents=True, exist_ok=True)
    must(
        [*apt, "download", PACKAGE, *LINKED],
        "apt-download",
        f"Odoo could not be fetched from {family.title()} {SUITES[family][0]}: check the "
        "network and start again, "
        f"{MEND}",
        cwd=debs,
    )


def _family():
    try:
        text = Path("/etc/os-release").read_text()
    except OSError:
        text = ""
    facts = dict(line.split("=", 1) for line in shlex.split(text) if "=" in line)
    names = f"{facts.get('ID', '')} {facts.get('ID_LIKE', '')}".split()
    for name in names:
        if name in SUITES:
            return name
    raise Fail(
        "Odoo can be fetched on Debian and Ubuntu only: set ODOO_PATH to an existing Odoo 19 tree."
    )


def _private_apt(folder, family):
    """An `apt-get` with its own lists and status, so that no root is needed and nothing is
    installed.
    """
    suite, components = SUITES[family]
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    keyring = next(
        (
            f"/usr/share/keyrings/{family}-{end}"
            for end in KEYRINGS
            if Path(f"/usr/share/keyrings/{family}-{end}").exists()
        ),
        None,
    )
    signed = f"[signed-by={keyring}] " if keyring else ""
    (folder / "sources.list").write_text(f"deb {signed}{_mirror(family)} {suite} {components}\n")
    options = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": folder,
        "Dir::State::Lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",  # else no network is only a warning
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return ["apt-get", "-q"] + [
        part for key, value in options.items() for part in ("-o", f"{key}={value}")
    ]


def _mirror(family):
    """The archive this machine already uses; its security and third-party archives have no Odoo."""
    answer = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True
    )
    uris = sorted({line.strip() for line in answer.stdout.splitlines() if line.strip()})
    ours = [
        uri for uri in uris if re.search(rf"/{family}(-ports)?/?$", uri) and "security" not in uri
    ]
    if not ours:
        raise Fail(
            f"apt on this machine names no {family.title()} archive to take Odoo from: add "
            f"one, {MEND}."
        )
    return ours[0]


# === REPAIRS ===


def _add_what_debian_leaves_out(tree):
    """Put in the icons, browser library and font that Debian's package points at in vain."""
    icons = tree / "usr/share/fonts-font-awesome/fonts"
    shutil.copytree(node.MODULES / "font-awesome/fonts", icons, dirs_exist_ok=True)
    addons = tree / "usr/lib/python3/dist-packages/odoo/addons"
    segmentation = addons / "mail/static/lib/selfie_segmentation"
    segmentation.mkdir(parents=True, exist_ok=True)
    script = node.MODULES / "@mediapipe/selfie_segmentation/selfie_segmentation.js"
    shutil.copy(script, segmentation / script.name)
    for link in broken_links(addons):
        regular = next((tree / "usr/share/fonts").rglob(f"{link.stem}-Regular{link.suffix}"), None)
        if regular:
            link.unlink()
            link.symlink_to(os.path.relpath(regular, link.parent))
    for link in broken_links(addons):
        print(f"(a file is missing in Debian's package: {link.relative_to(addons)}) ", end="")


def broken_links(folder):
    """Links below a folder that lead nowhere."""
    names = (
        Path(base, name) for base, folders, files in os.walk(folder) for name in (*folders, *files)
    )
    return [path for path in names if path.is_symlink() and not path.exists()]
