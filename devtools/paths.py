"""Where things are. One cache folder holds all that is downloaded or built."""

import hashlib
import os
from pathlib import Path

ADDON = "customer_value"
ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("CUSTOMER_VALUE_HOME") or ROOT / ".odoo").expanduser().absolute()

VENV = CACHE / "venv"
PYTHON = VENV / "bin" / "python"
NODE = CACHE / "node"
TREE = CACHE / "odoo"
ADDONS = CACHE / "addons"
LINK = ADDONS / ADDON
LOGS = CACHE / "log"
STAMPS = CACHE / "stamps"

# Two checkouts may share one database server (PGHOST): their databases must not meet.
MARK = hashlib.sha256(str(CACHE).encode()).hexdigest()[:6]

NOT_THE_ADDON = {"node_modules", "__pycache__", "venv"}


def link_addon():
    """Show the repository to Odoo under its technical name, without the cache inside it.

    Odoo's term export follows links, so one link to the root would lead it into `.odoo` and round
    in circles. Hence a folder of links to the top-level entries, brought up to date at each start.
    """
    LINK.mkdir(parents=True, exist_ok=True)
    wanted = {
        entry.name: entry
        for entry in ROOT.iterdir()
        if not entry.name.startswith(".") and entry.name not in NOT_THE_ADDON and entry != CACHE
    }
    for link in LINK.iterdir():
        if link.is_symlink() and link.readlink() != wanted.get(link.name):
            link.unlink(missing_ok=True)
    for name, entry in wanted.items():
        if not (LINK / name).is_symlink():
            try:
                (LINK / name).symlink_to(entry)
            except FileExistsError:  # another ./dev was faster
                pass
    return LINK


def size_of(folder):
    """Bytes below a folder, for showing how far a download is."""
    total = 0
    for base, _folders, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(base, name)).st_size
            except OSError:  # a download renames its parts while we look
                continue
    return total
