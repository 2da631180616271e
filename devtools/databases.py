"""Databases with their filestore: made, cloned, renamed and dropped together."""

import ast
import contextlib
import hashlib
import os
import re
import shutil

from . import odoo, odoo_tree, paths
from .steps import Fail, lock

LANGUAGE = "fa_IR"


def manifest():
    """Return the manifest of the addon.

    :raise Fail: in an incomplete checkout
    """
    path = paths.ROOT / "__manifest__.py"
    if not path.exists():
        raise Fail(f"There is no {path}: start ./dev from a complete checkout of the addon.")
    return ast.literal_eval(path.read_text(encoding="utf-8"))


# === PLAIN OPERATIONS ===


def exists(server, name):
    """Tell whether the server has a database of that name."""
    return server.psql("SELECT 1 FROM pg_database WHERE datname = :'name'", name=name) == "1"


def create(server, name, template=None):
    """Create a database: a copy of the template, or an empty one as Odoo wants it."""
    if template:
        server.psql('CREATE DATABASE :"name" TEMPLATE :"source"', name=name, source=template)
        return
    empty = """CREATE DATABASE :"name" ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0"""
    server.psql(empty, name=name)
    for extension in (
        "pg_trgm",
        "unaccent",
    ):  # the embedded server has neither; Odoo can do without
        with contextlib.suppress(Fail):
            server.psql('CREATE EXTENSION IF NOT EXISTS :"name"', name, name=extension)


def drop(server, name):
    """Delete a database with its files; one that is not there is no fault."""
    server.psql('DROP DATABASE IF EXISTS :"name" WITH (FORCE)', name=name)
    shutil.rmtree(filestore(server, name), ignore_errors=True)


def rename(server, old, new):
    """Give a database and its files another name; files left under that name go."""
    shutil.rmtree(filestore(server, new), ignore_errors=True)
    if filestore(server, old).exists():
        filestore(server, old).rename(filestore(server, new))
    server.psql('ALTER DATABASE :"old" RENAME TO :"new"', old=old, new=new)


def clone(server, source, name):
    """Copy a database; its files are linked, not copied, as Odoo never changes them in place."""
    create(server, name, template=source)
    if filestore(server, source).exists():
        shutil.copytree(filestore(server, source), filestore(server, name), copy_function=os.link)


def filestore(server, name):
    """Return the folder of the files of a database."""
    return server.data_dir / "filestore" / name


# === TEMPLATE AND ITS CLONES ===


def ensure_template(server, reporter):
    """Build the database every test run is cloned from; return its name.

    It holds all modules the addon depends on, without demo data, in English and Persian.
    """
    depends = sorted(manifest()["depends"])
    recipe = f"{odoo_tree.version()} {depends} {LANGUAGE}"
    name = f"cv_{paths.MARK}_base_{hashlib.sha256(recipe.encode()).hexdigest()[:8]}"
    with lock("template"):
        if exists(server, name):
            return name
        draft = f"{name}_draft"
        drop(server, draft)
        create(server, draft)
        odoo.must_install(
            "The modules the addon depends on could not be installed: see why and start again",
            *(server, draft, depends, "template", reporter, "--load-language", LANGUAGE),
        )
        rename(server, draft, name)
    return name


@contextlib.contextmanager
def scratch(server, template, purpose):
    """Yield the name of a clone that is dropped afterwards."""
    drop_orphans(server)
    name = f"cv_{paths.MARK}_{purpose}_{os.getpid()}"
    drop(server, name)
    with lock("template"):
        clone(server, template, name)
    try:
        yield name
    finally:
        drop(server, name)


def drop_orphans(server):
    """Drop clones whose process was killed before it could do so itself."""
    for name in ours(server):
        found = re.search(r"_(\d+)$", name)
        if found and "_base_" not in name and not os.path.exists(f"/proc/{found[1]}"):
            drop(server, name)


def ours(server):
    """Names of all databases this cache has made for tests."""
    sql = "SELECT datname FROM pg_database WHERE starts_with(datname, :'start')"
    return server.psql(sql, start=f"cv_{paths.MARK}_").split()
