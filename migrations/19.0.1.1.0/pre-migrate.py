"""Give models, fields and values the names they have since the code moved into rooms.

Runs before the new code is loaded, so that Odoo finds its tables and columns under the new names
and neither empties nor deletes them. Every step may be repeated: what has the new name is left.
"""

import re

from odoo.tools import SQL, sql

MODELS = {
    "customer.answer.dimension": "customer.answer.dimension.mixin",
    "customer.channel": "customer.intake.channel",
    "customer.complaint.document": "customer.complaint.document.mixin",
    "customer.export.safe": "customer.export.safe.mixin",
    "customer.mail.screening": "customer.mail.screening.mixin",
    "customer.purchase.book": "customer.purchase.history",
}
FIELDS = {
    "customer.complaint": {"resolution_start_date": "solution_start_date"},
    "customer.complaint.deadline": {"kept_share": "kept_ratio"},
    "customer.feedback.rule": {"share": "asked_percent"},
    "customer.pipeline.line": {"chance": "win_probability", "chance_count": "quotation_count"},
    "customer.prediction.decile": {
        "actual": "actual_ratio",
        "highest": "highest_probability",
        "lowest": "lowest_probability",
        "predicted": "predicted_ratio",
    },
    "customer.prediction.model": {
        "affinity_hit_rate": "affinity_hit_ratio",
        "capture": "capture_ratio",
    },
    "customer.profile": {
        "cost_estimated_share": "cost_estimated_ratio",
        "paid_share_365": "paid_ratio_365",
        "revenue_change": "revenue_change_ratio",
    },
    "customer.recommendation": {"hit_rate": "hit_ratio"},
    "customer.refresh.run": {"yardsticks": "cutoffs"},
    "customer.sales.forecast": {"relative_error": "usual_miss_percent"},
    "customer.satisfaction.fact": {"share": "weight_ratio"},
    "customer.service.standard": {"resolution_hours": "solution_hours"},
}
# model -> field -> old value -> new value
VALUES = {"customer.complaint.deadline": {"kind": {"resolution": "solution"}}}

# Where *Reset template* finds the text a mail template began with.
FILES = {
    "customer_value/data/customer_feedback_mail_templates.xml": (
        "customer_value/data/mail_template_data.xml"
    )
}

# Where Odoo keeps the name of a model as text.
MODEL_COLUMNS = (
    *(("ir_model", "model"), ("ir_model_fields", "model"), ("ir_model_fields", "relation")),
    *(("ir_model_data", "model"), ("ir_ui_view", "model"), ("ir_act_window", "res_model")),
    *(("ir_filters", "model_id"), ("ir_exports", "resource"), ("ir_attachment", "res_model")),
    *(("mail_message", "model"), ("mail_activity", "res_model"), ("mail_followers", "res_model")),
    ("mail_template", "model"),
)


def migrate(cr, version):
    """Rename in a database of an earlier version; a new one has the names already."""
    if not version:
        return
    for old, new in MODELS.items():
        rename_model(cr, old, new)
    for model, names in FIELDS.items():
        for old, new in names.items():
            rename_field(cr, model, old, new)
    for old, new in FILES.items():
        cr.execute(
            SQL("UPDATE mail_template SET template_fs = %s WHERE template_fs = %s", new, old)
        )
    for model, names in VALUES.items():
        for field, values in names.items():
            for old, new in values.items():
                rename_value(cr, model, field, old, new)


def rename_model(cr, old, new):
    """Rename a model with its table and everything that knows it by name."""
    table, new_table = old.replace(".", "_"), new.replace(".", "_")
    if sql.table_exists(cr, table) and not sql.table_exists(cr, new_table):
        _rename_table(cr, table, new_table)
    for where, column in MODEL_COLUMNS:
        if sql.table_exists(cr, where):
            cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(new)s WHERE %(column)s = %(old)s",
                    table=SQL.identifier(where),
                    column=SQL.identifier(column),
                    new=new,
                    old=old,
                )
            )
    # Also the names that mixins of other modules gave to the model.
    _rename_external_ids(cr, rf"(^|_){table}(?!_mixin)(?=_|$)", rf"\1{new_table}")


def _rename_table(cr, old, new):
    """Rename a table with its sequence, constraints and indexes, which are called after it."""
    cr.execute(SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(old), SQL.identifier(new)))
    cr.execute(
        SQL(
            "ALTER SEQUENCE IF EXISTS %s RENAME TO %s",
            SQL.identifier(f"{old}_id_seq"),
            SQL.identifier(f"{new}_id_seq"),
        )
    )
    constraints = SQL(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND conname LIKE %s",
        new,
        f"{old}\\_%",
    )
    for name, renamed in _get_new_names(cr, constraints, old, new):
        cr.execute(
            SQL("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", SQL.identifier(new), name, renamed)
        )
    indexes = SQL(
        "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexname LIKE %s",
        new,
        f"{old}\\_%",
    )
    for name, renamed in _get_new_names(cr, indexes, old, new):
        cr.execute(SQL("ALTER INDEX %s RENAME TO %s", name, renamed))
    cr.execute(
        SQL(
            """UPDATE ir_model_constraint SET name = %(new)s || substr(name, length(%(old)s) + 1)
                WHERE starts_with(name, %(old)s || '_')""",
            new=new,
            old=old,
        )
    )


def _get_new_names(cr, query, old, new):
    """Return (old, new) identifiers of what is called after a table; at most 63 characters."""
    cr.execute(query)
    return [
        (SQL.identifier(name), SQL.identifier(f"{new}{name[len(old) :]}"[:63]))
        for (name,) in cr.fetchall()
    ]


def rename_field(cr, model, old, new):
    """Rename a field with its column, and where users have saved its name."""
    table = model.replace(".", "_")
    if sql.column_exists(cr, table, old) and not sql.column_exists(cr, table, new):
        sql.rename_column(cr, table, old, new)
    cr.execute(
        SQL("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", new, model, old)
    )
    _rename_external_ids(cr, rf"^(field_|selection__){table}__{old}(?=__|$)", rf"\1{table}__{new}")
    _rename_in_views(cr, model, old, new)
    quoted = rf"""(['"]){old}(?=['":])"""
    for column in ("domain", "context", "sort"):
        cr.execute(
            SQL(
                """UPDATE ir_filters
                      SET %(column)s = regexp_replace(%(column)s, %(old)s, %(new)s, 'g')
                    WHERE model_id = %(model)s AND %(column)s ~ %(old)s""",
                column=SQL.identifier(column),
                old=quoted,
                new=rf"\1{new}",
                model=model,
            )
        )
    cr.execute(
        SQL(
            """UPDATE ir_exports_line l SET name = %s FROM ir_exports e
                WHERE e.id = l.export_id AND e.resource = %s AND l.name = %s""",
            new,
            model,
            old,
        )
    )


def _rename_in_views(cr, model, old, new):
    """Rename a field in views: those that extend another are checked before they are loaded."""
    cr.execute(
        SQL(
            """UPDATE ir_ui_view
                  SET arch_db = regexp_replace(arch_db::text, %(old)s, %(new)s, 'g')::jsonb
                WHERE model = %(model)s AND arch_db::text ~ %(old)s""",
            old=rf"\m{old}\M",
            new=new,
            model=model,
        )
    )


def rename_value(cr, model, field, old, new):
    """Rename a value of a selection in all rows, and in the list of values."""
    table = model.replace(".", "_")
    cr.execute(
        SQL(
            "UPDATE %(table)s SET %(field)s = %(new)s WHERE %(field)s = %(old)s",
            table=SQL.identifier(table),
            field=SQL.identifier(field),
            new=new,
            old=old,
        )
    )
    cr.execute(
        SQL(
            """UPDATE ir_model_fields_selection s SET value = %(new)s FROM ir_model_fields f
                WHERE f.id = s.field_id AND f.model = %(model)s AND f.name = %(field)s
                  AND s.value = %(old)s""",
            model=model,
            field=field,
            new=new,
            old=old,
        )
    )
    quoted = rf"""(['"]){old}(?=['"])"""
    cr.execute(
        SQL(
            """UPDATE ir_filters SET domain = regexp_replace(domain, %(old)s, %(new)s, 'g')
                WHERE model_id = %(model)s AND domain ~ %(old)s
                  AND strpos(domain, %(field)s) > 0""",
            old=quoted,
            new=rf"\1{new}",
            model=model,
            field=field,
        )
    )
    start = f"selection__{table}__{field}__"
    _rename_external_ids(cr, f"^{re.escape(start)}{old}$", f"{start}{new}")


def _rename_external_ids(cr, old, new):
    """Replace a pattern in external ids of the addon and of mixins on its models."""
    cr.execute(
        SQL(
            """UPDATE ir_model_data SET name = regexp_replace(name, %(old)s, %(new)s)
                WHERE name ~ %(old)s
                  AND (module = 'customer_value' OR name ~ '^(model_inherit|selection)__customer_')
            """,
            old=old,
            new=new,
        )
    )
