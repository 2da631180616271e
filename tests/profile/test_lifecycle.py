"""Install, work, upgrade, uninstall, install again: silent, and nothing is left behind.

Plain pytest on a scratch database of its own (plain pytest, no Odoo in this process).
"""

import os
import re
import subprocess
from collections import Counter

import pytest

from ...devtools import databases, odoo, paths, postgres
from ..tools import first_version

LOUD = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")
COUNTED = (
    "ir_act_window",
    "ir_act_server",
    "ir_config_parameter",
    "ir_cron",
    "ir_default",
    "ir_model",
    "ir_model_access",
    "ir_model_constraint",
    "ir_model_data",
    "ir_model_fields",
    "ir_rule",
    "ir_ui_menu",
    "ir_ui_view",
    "mail_alias",
    "mail_template",
    "res_groups",
    "res_groups_privilege",
)
# Tables of millions of rows: the install must not rewrite them, whatever they hold.
LARGE = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "mail_message",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "stock_move",
    "stock_picking",
)
WORK = """
env["account.chart.template"].try_loading("generic_coa", company=env.company, install_demo=False)
partner = env["res.partner"].create({"name": "Lifecycle"})
product = env["product.product"].create({"name": "Thing", "standard_price": 4})
env["account.move"].create({
    "move_type": "out_invoice", "partner_id": partner.id,
    "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": 9, "tax_ids": False})],
}).action_post()
env["customer.refresh.queue"]._cron_refresh()
assert partner.customer_profile_id.revenue_total == 9, partner.customer_profile_id
assert partner.customer_tier_id.sequence == 10
env["customer.intake.channel"].create({"name": "Lifecycle", "alias_name": "lifecycle"})
call = {"kind": "missed", "call_id": "life", "at": "2026-01-01 00:00:00.000000", "from": "+1"}
env["customer.call"]._register_event(env.company, call)
env.cr.commit()
"""
READ = """
partner = env["res.partner"].search([("name", "=", "Lifecycle")])
assert partner.customer_profile_id.revenue_total == 9
assert len(partner.customer_profile_id.tier_change_ids) == 1
"""
GRANT = """
partner = env["res.partner"].search([("name", "=", "Lifecycle")])
partner.customer_tier_id.benefit_payment_term_id = env["account.payment.term"].search([], limit=1)
env["customer.profile"]._refresh(env.company, partner.ids)
assert partner.property_payment_term_id == partner.customer_tier_id.benefit_payment_term_id
env.cr.commit()
"""
TAKEN_BACK = """
assert not env["res.partner"].search([("name", "=", "Lifecycle")]).property_payment_term_id
"""


class Life:
    """One scratch database and the commands run on it."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.conf = odoo.configuration(server)

    def run(self, command, *arguments, text=None):
        """Run an Odoo command; fail on its exit code and on any warning it logs."""
        done = subprocess.run(
            [str(part) for part in odoo.command(command, self.conf, "-d", self.name, *arguments)],
            env=odoo.environment(self.server),
            input=text,
            capture_output=True,
            text=True,
        )
        lines = (done.stdout + done.stderr).splitlines()
        loud = [line for line in lines if LOUD.match(line) or line.startswith("Traceback")]
        assert not done.returncode and not loud, "\n".join(loud + ["…"] + lines[-20:])

    def server_run(self, option):
        self.run("server", option, paths.ADDON, "--stop-after-init", "--no-http")

    def shell(self, text):
        # exec: the shell's own loop would go on after a failed line
        self.run("shell", "--no-http", text=f"exec({text!r})\n")

    def schema(self):
        """Return the lines of the schema, sorted: columns an upgrade adds are the last ones."""
        dump = subprocess.run(
            [str(postgres.binary("pg_dump")), "--schema-only", "--no-owner", "-d", self.name],
            env=self.server.environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        # Odoo names the counter of a sequence after its id: another at every installation.
        dump = re.sub(r"ir_sequence_\d+", "ir_sequence_N", dump)
        lines = (line.rstrip(",") for line in dump.splitlines())
        return sorted(line for line in lines if not line.startswith(("--", "\\")))

    def files(self):
        """Return the file of each large table: PostgreSQL gives a rewritten table a new one."""
        numbers = ", ".join(f"pg_relation_filenode('{table}')" for table in LARGE)
        return self.server.psql(f"SELECT {numbers}", self.name)

    def rows(self):
        counts = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in COUNTED)
        numbers = self.server.psql(f"SELECT {counts}", self.name).split("|")
        return dict(zip(COUNTED, numbers, strict=True))


def assert_same(schema, expected):
    """Compare two schemas; what differs is said line by line."""
    # Odoo declares this table from both of its ends; which of them has the say is chance.
    schema, expected = (
        [line for line in lines if "rule_group_rel_group_id_fkey" not in line]
        for lines in (schema, expected)
    )
    found, wanted = Counter(schema), Counter(expected)
    assert (found - wanted, wanted - found) == (Counter(), Counter())


def become_first_version(life):
    """Give a filled database the names of the first version; return its rows by today's tables."""
    life.shell(first_version.FILL)
    life.shell(first_version.MAKE_FIRST.format(script=str(first_version.SCRIPT)))
    first_version.drop_new_columns(life.server, life.name)
    columns = first_version.read_columns(life.server, life.name)
    first = first_version.get_first_columns()
    assert {table: columns.get(table) for table in first} == first
    names = first_version.RENAMED_TABLES
    rows = first_version.count_rows(life.server, life.name)
    return {names.get(table, table): count for table, count in rows.items()}


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_install_upgrade_uninstall_install():
    with postgres.running("test") as server:
        template = databases.ensure_template(server, None)
        with databases.scratch(server, template, "life") as name:
            life = Life(server, name)
            schema, rows, files = life.schema(), life.rows(), life.files()
            life.server_run("-i")
            assert life.files() == files
            installed = life.schema()
            assert "CREATE TABLE public.customer_profile (" in installed
            life.shell(WORK)
            before = become_first_version(life)
            life.server_run("-u")
            assert_same(life.schema(), installed)
            assert first_version.count_rows(server, name) == before
            life.shell(READ)
            life.shell(first_version.READ)
            life.shell(GRANT)
            life.run("module uninstall", paths.ADDON)
            life.shell(TAKEN_BACK)
            assert_same(life.schema(), schema)
            assert life.rows() == rows
            life.server_run("-i")
            assert life.schema() == installed
