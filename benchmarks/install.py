"""Installing on years of history, beside a trivial addon: `./dev bench --install`."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from devtools import databases, odoo, odoo_tree, paths, postgres
from devtools.steps import Reporter

TRIVIAL = "customer_value_trivial"
TABLES = (
    *("account_move", "account_move_line", "res_partner", "sale_order", "sale_order_line"),
    *("stock_picking", "stock_move", "stock_move_line", "account_partial_reconcile"),
)
LIMIT_SECONDS = 10
MODEL = """from odoo import fields, models


class Trivial(models.Model):
    _name = "customer.value.trivial"
    _description = "Trivial"

    name = fields.Char()
"""
ACCESS = "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"


def measure_install(board, conf, sizes):
    """Print what the install takes above that of a trivial addon, and whether a table is new."""
    with postgres.running("test") as server, tempfile.TemporaryDirectory() as folder:
        _write_trivial(Path(folder))
        template = databases.ensure_template(server, Reporter(1))
        with databases.scratch(server, template, "empty") as name:
            empty = _install(server, name, paths.ADDON, folder)
        with databases.scratch(server, template, "history") as history:
            _make_history(history, conf, sizes)
            seconds = {}
            for module, kind in ((TRIVIAL, "trivial"), (paths.ADDON, "ours")):
                with databases.scratch(server, history, kind) as name:
                    before = _read_files(server, name)
                    seconds[kind] = _install(server, name, module, folder)
                    rewritten = [
                        table
                        for table, file in _read_files(server, name).items()
                        if file != before[table]
                    ]
    board.figure("install of a trivial addon", seconds["trivial"], "s")
    board.figure("install of Customer Value", seconds["ours"], "s")
    board.figure("install of Customer Value without any invoices", empty, "s")
    board.bar(
        "install, above a trivial addon",
        seconds["ours"] - seconds["trivial"],
        at_most=LIMIT_SECONDS,
        unit="s",
    )
    board.bar("install, tables of Odoo written anew", len(rewritten), at_most=0)
    for table in rewritten:
        board.note(f"written anew: {table}")


def _make_history(database, conf, sizes):
    command = [sys.executable, "-m", "benchmarks", "--db", database, "--config", conf]
    for name, value in sizes.items():
        command += [f"--{name}", str(value)] if value else []
    subprocess.run([*command, "--only", "history"], check=True)


def _install(server, database, module, folder):
    start = time.perf_counter()
    conf = odoo.configuration(server)
    path = ",".join([folder, *map(str, [paths.link_addon().parent, *odoo_tree.extra_addons()])])
    subprocess.run(
        odoo.command(
            *("server", conf, "-d", database, "-i", module, "--stop-after-init", "--no-http"),
            *("--addons-path", path, "--log-level", "error"),
        ),
        env=odoo.environment(server),
        check=True,
    )
    return time.perf_counter() - start


def _read_files(server, database):
    names = ", ".join(f"'{table}'" for table in TABLES)
    rows = server.psql(
        f"SELECT relname || ' ' || pg_relation_filenode(oid) FROM pg_class"
        f" WHERE relname IN ({names}) AND relkind = 'r'",
        database,
    )
    return dict(row.split() for row in rows.splitlines())


def _write_trivial(folder):
    addon = folder / TRIVIAL
    (addon / "security").mkdir(parents=True)
    manifest = {
        "name": "Trivial",
        "depends": databases.manifest()["depends"],
        "data": ["security/ir.model.access.csv"],
        "license": "LGPL-3",
    }
    (addon / "__manifest__.py").write_text(repr(manifest))
    (addon / "__init__.py").write_text("from . import models\n")
    (addon / "models.py").write_text(MODEL)
    access = f"{ACCESS}trivial,trivial,model_customer_value_trivial,base.group_user,1,1,1,1\n"
    (addon / "security" / "ir.model.access.csv").write_text(access)
