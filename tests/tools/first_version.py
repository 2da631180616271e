"""A filled database of the first version, to upgrade: it can not be installed any more.

So its names are given back to a database of today. That they are really those of the first version
is compared with what was read from one (first_version_columns.txt).
"""

from pathlib import Path

from ...devtools import paths

SCRIPT = paths.ROOT / "migrations" / "19.0.1.1.0" / "pre-migrate.py"
COLUMNS = Path(__file__).with_name("first_version_columns.txt")
RENAMED_TABLES = {"customer_channel": "customer_intake_channel"}
FILL = """
company = env.company
company.write({"customer_cost_per_delivery": 7.5, "customer_satisfaction_half_life": 90})
partner = env["res.partner"].create({"name": "Migrated", "is_company": True})
channel = env["customer.intake.channel"].create({"name": "Mailbox", "alias_name": "migrated"})
env["customer.interaction"].create(
    {"partner_id": partner.id, "kind": "email", "direction": "in", "subject": "Old",
     "channel_id": channel.id}
)
env["customer.service.standard"].create(
    {"name": "Quick", "solution_hours": 12, "first_response_hours": 3}
)
complaint = env["customer.complaint"].create({"subject": "Late", "partner_id": partner.id})
rules = env["customer.feedback.rule"].with_context(active_test=False)
rules.search([], limit=1).asked_percent = 37
env["ir.filters"].create(
    {"name": "Estimated", "model_id": "customer.profile", "user_ids": False,
     "domain": "[('cost_estimated_ratio', '>', 0.5)]", "sort": '["paid_ratio_365 desc"]'}
)
env["ir.filters"].create(
    {"name": "Channels", "model_id": "customer.intake.channel", "user_ids": False}
)
env.cr.commit()
"""
READ = """
channel = env["customer.intake.channel"].search([("name", "=", "Mailbox")])
assert env["customer.interaction"].search([("channel_id", "=", channel.id)]).subject == "Old"
assert channel.alias_id.alias_parent_model_id.model == "customer.intake.channel"
standard = env["customer.service.standard"].search([("name", "=", "Quick")])
assert (standard.solution_hours, standard.first_response_hours) == (12, 3)
rules = env["customer.feedback.rule"].with_context(active_test=False)
assert 37 in rules.search([]).mapped("asked_percent")
complaint = env["customer.complaint"].search([("subject", "=", "Late")])
kinds = complaint.deadline_ids.mapped("kind")
assert "solution" in kinds and "resolution" not in kinds, kinds
filters = env["ir.filters"].search([("name", "=", "Estimated")])
assert filters.domain == "[('cost_estimated_ratio', '>', 0.5)]", filters.domain
assert env["ir.filters"].search([("name", "=", "Channels")]).model_id == "customer.intake.channel"
assert env.company.customer_cost_per_delivery == 7.5
assert env.company.customer_satisfaction_half_life == 90
"""
MAKE_FIRST = """
import importlib.util
spec = importlib.util.spec_from_file_location("migration", {script!r})
names = importlib.util.module_from_spec(spec)
spec.loader.exec_module(names)
for model, fields in names.VALUES.items():
    for field, values in fields.items():
        for old, new in values.items():
            names.rename_value(env.cr, model, field, new, old)
for model, fields in names.FIELDS.items():
    for old, new in fields.items():
        names.rename_field(env.cr, model, new, old)
for old, new in names.MODELS.items():
    names.rename_model(env.cr, new, old)
env.cr.execute(
    "UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = 'customer_value'"
)
env.cr.commit()
"""


def read_columns(server, database):
    """Tables of ours and their columns, as the file lists them."""
    rows = server.psql(
        "SELECT table_name || ' ' || column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name LIKE 'customer\\_%'",
        database,
    )
    tables = {}
    for row in rows.splitlines():
        table, column = row.split()
        tables.setdefault(table, set()).add(column)
    return tables


def drop_new_columns(server, database):
    """Take away what tables of the first version have got since: an upgrade has to add it."""
    columns = read_columns(server, database)
    for table, first in get_first_columns().items():
        for column in sorted(columns.get(table, set()) - first):
            server.psql(f'ALTER TABLE "{table}" DROP COLUMN "{column}" CASCADE', database)


def count_rows(server, database):
    """Rows of each table of ours."""
    tables = sorted(read_columns(server, database))
    query = " UNION ALL ".join(f"SELECT '{name} ' || COUNT(*) FROM {name}" for name in tables)
    return dict(row.split() for row in server.psql(query, database).splitlines())


def get_first_columns():
    """Tables of the first version and their columns."""
    lines = COLUMNS.read_text(encoding="utf-8").splitlines()
    tables = (line.split(": ") for line in lines if not line.startswith("#"))
    return {table: set(names.split()) for table, names in tables}
