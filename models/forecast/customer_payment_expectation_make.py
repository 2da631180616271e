from datetime import date, timedelta

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine import payment as engine
from ..base.scope import get_column_arrays
from ..guard.customer_date_bounds import bound_day

# Customers whose instalments are read at once, and rows written at once.
BATCH = 5_000
# An instalment due before that has no day any more.
TOO_OLD = timedelta(days=365)
NIGHTLY = ("week_date", "week_amounts")
COLUMNS = (
    *("document_key", "kind", "move_id", "order_id", "partner_id", "user_id", "date", "is_open"),
    *("issue_date", "due_date", "amount", "weight", "late_probability", "expected_date"),
    *("from_date", "until_date", "missing", "own_count", "own_late_count", "own_days_late"),
    "causes",
)
# A cause is told from a tenth of a unit of log-odds on, the two strongest.
LEAST_PART, MAX_CAUSES = 0.1, 2


class CustomerPaymentExpectation(models.Model):
    """Making the expectations: all at night, one's invoices with the refresh of a customer."""

    _inherit = "customer.payment.expectation"

    @api.model
    def _rebuild(self, company, record, today):
        """Foretell every open instalment, order and quotation of a company anew.

        Also what is expected of each in which week: rows of these weeks stay until the next night.
        """
        rows = [*self._read_open(company, None, today), *self._read_orders(company)]
        rows.sort(key=lambda row: (row["partner_id"] or 0, row["document_key"]))
        kept = []
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            self._add_outlook(company, record, today, part, with_weeks=True)
            self._upsert(company, part, (*COLUMNS, *NIGHTLY))
            kept += [row["document_key"] for row in part]
        self._delete_gone(company, kept)

    @api.model
    def _refresh_invoices(self, company, partner_ids, today):
        """Foretell the open instalments of some customers anew; what is settled is closed.

        The weeks stay as they were added up last night.
        """
        record = self.env["customer.payment.model"]._get_active(company)
        if not record:
            return  # the first night makes everything
        rows = self._read_open(company, partner_ids, today)
        self._add_outlook(company, record, today, rows, with_weeks=False)
        self._close_gone(company, partner_ids, [row["document_key"] for row in rows])
        self._upsert(company, rows, COLUMNS)

    @api.model
    def _read_open(self, company, partner_ids, today):
        """Return the values of open instalments."""
        scope = self.env["customer.profile"]._get_scope(company, partner_ids, today)
        self.env.flush_all()
        rows = []
        for row in self.env.execute_query_dict(self._get_open_sql(scope)):
            rows.append(
                {
                    "document_key": f"line {row['id']}",
                    "kind": "entry" if row["is_entry"] else "invoice",
                    "move_id": row["move_id"],
                    "order_id": None,
                    "partner_id": row["partner_id"],
                    "user_id": row["invoice_user_id"],
                    "issue_date": bound_day(row["issued"]),
                    "due_date": bound_day(row["due"]),
                    "amount": row["amount"],
                    "weight": 1.0,
                    "is_blocked": row["is_blocked"],
                }
            )
        return rows

    @api.model
    def _read_orders(self, company):
        """Return the values of orders and quotations in the pipeline, with taxes.

        Due when their payment terms say if they are invoiced when the sales forecast expects it.
        """
        lines = self.env["customer.pipeline.line"].sudo()
        domain = [("company_id", "=", company.id), ("kind", "in", ("order", "quotation"))]
        rows = []
        for line in lines.search([*domain, ("amount", ">", 0), ("weight", ">", 0)]):
            order = line.order_id
            taxed = order.amount_total / order.amount_untaxed if order.amount_untaxed else 1.0
            terms = order.payment_term_id.line_ids
            due = max([term._get_due_date(line.expected_date) for term in terms] or [date.min])
            rows.append(
                {
                    "document_key": f"order {order.id}",
                    "kind": line.kind,
                    "move_id": None,
                    "order_id": order.id,
                    "partner_id": line.partner_id.id or None,
                    "user_id": line.user_id.id or None,
                    "issue_date": line.expected_date,
                    "due_date": bound_day(max(due, line.expected_date)),
                    "amount": company.currency_id.round(line.amount * max(taxed, 0.0)),
                    "weight": line.weight,
                    "is_blocked": False,
                }
            )
        return rows

    @api.model
    def _add_outlook(self, company, record, today, rows, with_weeks):
        """Add to rows what the engine foretells, in place: two queries for any number of rows."""
        if not rows:
            return
        model = record._get_engine_model()
        partners = sorted({row["partner_id"] for row in rows if row["partner_id"]})
        outlook = None
        if model.level == "full":
            documents = self._get_documents(company, partners, today, rows)
            history = self._get_history(company, partners, today)
            outlook = engine.foretell_payment(model, history, documents, today.toordinal())
        monday = today - timedelta(days=today.weekday())
        for place, row in enumerate(rows):
            row.update(date=today, is_open=True, week_date=monday, week_amounts=None)
            row.update(_get_known(model, outlook, place))
            if outlook is not None and row["expected_date"] is None:
                is_too_old = row["due_date"] + TOO_OLD < today
                row["missing"] = "too_old" if is_too_old else "not_in_sight"
        if with_weeks and outlook is not None:
            amounts = engine.get_week_amounts(
                [row["amount"] for row in rows],
                [row["weight"] for row in rows],
                outlook.weeks,
                company.currency_id.rounding,
            )
            for row, weeks in zip(rows, amounts.tolist(), strict=True):
                row["week_amounts"] = "[" + ",".join(map(repr, weeks)) + "]"

    @api.model
    def _get_documents(self, company, partners, today, rows):
        """Return the rows as the engine takes them; blocked invoices count as disputed."""
        day = today.toordinal()
        who = [row["partner_id"] or 0 for row in rows]
        due = [row["due_date"].toordinal() for row in rows]
        # An opening balance of today may have been due long ago.
        issued = [min(row["issue_date"], row["due_date"]).toordinal() for row in rows]
        moves = [row["move_id"] for row in rows]
        # As of those that are closed: whoever complained of it before it was due.
        until = [max(start, min(end, day)) for start, end in zip(issued, due, strict=True)]
        told = self._get_complaint_starts(company, partners, who, moves, issued, until)
        complaining, disputed = map(np.isfinite, told)
        disputed |= np.array([bool(row["is_blocked"]) for row in rows])
        amounts = [row["amount"] for row in rows]
        return engine.OpenDocuments.of(who, issued, due, amounts, complaining, disputed)

    @api.model
    def _upsert(self, company, rows, names):
        """Insert or update rows; one that would not change is not written."""
        if not rows:
            return
        columns = SQL(", ").join(map(SQL.identifier, names))
        self.env.execute_query(
            SQL(
                """WITH fresh AS (
                    SELECT * FROM unnest(%(values)s) AS fresh(%(columns)s)
                )
                INSERT INTO customer_payment_expectation AS e (company_id, %(columns)s)
                SELECT %(company)s, %(fresh)s FROM fresh
           ON CONFLICT (company_id, document_key) DO UPDATE
                   SET (%(columns)s) = ROW (%(excluded)s)
                 WHERE (%(current)s) IS DISTINCT FROM (%(excluded)s)
             RETURNING id""",
                values=get_column_arrays(self, rows, names),
                columns=columns,
                company=company.id,
                fresh=SQL(", ").join(SQL("fresh.%s", SQL.identifier(name)) for name in names),
                current=SQL(", ").join(SQL("e.%s", SQL.identifier(name)) for name in names),
                excluded=SQL(", ").join(SQL("EXCLUDED.%s", SQL.identifier(name)) for name in names),
            )
        )
        self.invalidate_model()

    @api.model
    def _delete_gone(self, company, keys):
        """Delete what is no longer open."""
        self.env.execute_query(
            SQL(
                """DELETE FROM customer_payment_expectation
                    WHERE company_id = %s AND NOT document_key = ANY(%s)
                RETURNING id""",
                company.id,
                keys,
            )
        )
        self.invalidate_model()

    @api.model
    def _close_gone(self, company, partner_ids, keys):
        """Close instalments of customers that are settled; the weeks keep them until tonight."""
        self.env.execute_query(
            SQL(
                """UPDATE customer_payment_expectation
                      SET is_open = FALSE
                    WHERE company_id = %s AND partner_id = ANY(%s) AND is_open
                      AND kind IN ('invoice', 'entry') AND NOT document_key = ANY(%s)
                RETURNING id""",
                company.id,
                list(partner_ids),
                keys,
            )
        )
        self.invalidate_model()


def _get_known(model, outlook, place):
    """Return the foretold values of one row; all empty with the reason where there are none."""
    values = dict.fromkeys(
        (
            *("late_probability", "expected_date", "from_date", "until_date", "missing"),
            *("own_count", "own_late_count", "own_days_late", "causes"),
        )
    )
    if outlook is None:
        return values | {"missing": model.level}
    days = [_to_day(column[place]) for column in (outlook.day, outlook.low, outlook.high)]
    delay = outlook.own_delay[place]
    return {
        "late_probability": round(float(outlook.late[place]), 4),
        "expected_date": days[0],
        "from_date": days[1],
        "until_date": days[2],
        "missing": None,
        "own_count": round(outlook.own[place]),
        "own_late_count": round(outlook.own_late[place]),
        "own_days_late": None if np.isnan(delay) else round(float(delay), 1),
        "causes": _get_causes(outlook.parts[place]) if model.late_source == "model" else None,
    }


def _to_day(ordinal):
    return None if np.isnan(ordinal) else bound_day(date.fromordinal(int(ordinal)))


def _get_causes(parts):
    """Return the two features that raise the probability most, as text; months are one."""
    found = []
    for place in np.argsort(-parts, kind="stable"):
        if parts[place] < LEAST_PART or len(found) == MAX_CAUSES:
            break
        name = engine.FEATURES[place]
        name = "month" if name.startswith("month_") else name
        if name != "experience" and name not in found:
            found.append(name)
    return ",".join(found) or None
