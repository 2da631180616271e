import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine.payment import Instalments
from ..base.scope import Scope
from ..guard.customer_date_bounds import bound_day


class CustomerPaymentExpectation(models.Model):
    """The facts: instalments of the past and open ones, as in the payment facts of the profile."""

    _inherit = "customer.payment.expectation"

    @api.model
    def _get_debt_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``remaining``: what is open of each receivable line, credits taken off.

        Those that what the customer has paid without matching it covers stay, with 0.
        """
        return SQL(
            """%(overdue)s, remaining AS (
                SELECT id, partner_id, due,
                       GREATEST(LEAST(amount_residual, SUM(amount_residual) OVER (
                           PARTITION BY partner_id ORDER BY due, id) - credit), 0) AS amount
                  FROM receivable
                 WHERE amount_residual > 0
            )""",
            overdue=self.env["customer.profile"]._get_overdue_sql(scope),
        )

    @api.model
    def _get_light_move_sql(self, scope: Scope) -> SQL:
        """CTEs ``contact`` and ``sale_move``: the documents without what was given back of them."""
        return SQL(
            """%s, sale_move AS (
                SELECT d.*, 2 AS due_count, NULL::int AS due_line_id, NULL::date AS due_date,
                       0 AS due_residual
                  FROM sale_document d
            )""",
            self.env["customer.given.back"]._get_document_sql(scope),
        )

    @api.model
    def _get_history_sql(self, scope: Scope) -> SQL:
        """One row per invoice and due date: issued, due, day of the last money or of the loss.

        Left out: what was only credited, and open ones that unmatched money may have paid.
        """
        profiles = self.env["customer.profile"]
        return SQL(
            """WITH %(moves)s, %(instalment)s, %(settlement)s, %(debt)s, term AS (
                SELECT i.partner_id, i.invoice_id, i.invoice_date, i.due,
                       COALESCE(SUM(r.amount), 0) AS open,
                       COALESCE(SUM(i.amount_residual) FILTER (WHERE NOT i.is_on_its_way), 0)
                           AS residual
                  FROM instalment i
             LEFT JOIN remaining r ON r.id = i.id
                 WHERE i.invoice_id IS NOT NULL AND i.due IS NOT NULL
              GROUP BY i.partner_id, i.invoice_id, i.invoice_date, i.due
            ), settled AS (
                SELECT invoice_id, due, COALESCE(SUM(money), 0) AS money,
                       COALESCE(SUM(lost), 0) AS lost,
                       MAX(day) FILTER (WHERE money > 0) AS paid_day,
                       MAX(day) FILTER (WHERE lost > 0) AS lost_day
                  FROM settlement
              GROUP BY invoice_id, due
            )
            SELECT t.partner_id, t.invoice_id, t.invoice_date, t.due,
                   CASE WHEN t.residual > 0 THEN NULL
                        WHEN s.money >= s.lost THEN s.paid_day ELSE s.lost_day END AS ended,
                   t.residual <= 0 AND s.money >= s.lost AS is_paid,
                   (COALESCE(s.money, 0) + COALESCE(s.lost, 0) + t.residual)::float8 AS amount
              FROM term t
         LEFT JOIN settled s ON s.invoice_id = t.invoice_id AND s.due = t.due
             WHERE t.open > 0 OR (t.residual <= 0 AND s.money + s.lost > 0)
          ORDER BY t.invoice_id, t.due""",
            moves=self._get_light_move_sql(scope),
            instalment=profiles._get_instalment_sql(scope),
            settlement=profiles._get_settlement_sql(scope),
            debt=self._get_debt_sql(scope),
        )

    @api.model
    def _get_open_sql(self, scope: Scope) -> SQL:
        """One row per open receivable line: what is to be expected of it, and whose it is."""
        return SQL(
            """WITH %(contact)s, %(debt)s
            SELECT r.id, r.partner_id, l.move_id, m.invoice_user_id,
                   COALESCE(m.invoice_date, l.date) AS issued, r.due, r.amount::float8 AS amount,
                   m.move_type = 'entry' AS is_entry, m.payment_state = 'blocked' AS is_blocked
              FROM remaining r
              JOIN account_move_line l ON l.id = r.id
              JOIN account_move m ON m.id = l.move_id
             WHERE r.amount > 0
          ORDER BY r.id""",
            contact=self.env["customer.profile"]._get_contact_sql(scope),
            debt=self._get_debt_sql(scope),
        )

    @api.model
    def _get_history(self, company, partner_ids, today):
        """Return the instalments of customers (``None``: of all) for the engine."""
        scope = self.env["customer.profile"]._get_scope(company, partner_ids, today)
        self.env.flush_all()
        rows = self.env.execute_query(self._get_history_sql(scope))
        columns = list(zip(*rows, strict=True)) if rows else [()] * 7
        who, moves, issued, due, ended, paid, amounts = columns
        issued, due, ended = (_to_ordinals(days) for days in (issued, due, ended))
        until = [min(day, end or day) for day, end in zip(due, ended, strict=True)]
        told = self._get_complaint_starts(company, partner_ids, who, moves, issued, until)
        return Instalments.of(who, issued, due, ended, paid, amounts, *told)

    @api.model
    def _get_complaint_starts(self, company, partner_ids, who, moves, begins, ends):
        """Return for each document since when a complaint was open: of the customer, and about it.

        :param begins: first and (``ends``) last day as ordinals
        :return: two arrays of ordinals, NaN without one open in these days
        """
        size = len(who)
        complaining, disputed = np.full((2, size), np.nan)
        told = self._get_complaint_days(company, partner_ids)
        if not told or not size:
            return complaining, disputed
        who, begins, ends = (np.array(values, dtype=float) for values in (who, begins, ends))
        moves = np.array([move or 0 for move in moves])
        order = np.argsort(who, kind="stable")
        ordered = who[order]
        for partner, move, first, last in told:
            low, high = np.searchsorted(ordered, (partner, partner + 1))
            rows = order[low:high]
            rows = rows[(begins[rows] <= last) & (ends[rows] >= first)]
            complaining[rows] = np.fmin(complaining[rows], first)
            if move:
                about = rows[moves[rows] == move]
                disputed[about] = np.fmin(disputed[about], first)
        return complaining, disputed

    @api.model
    def _get_complaint_days(self, company, partner_ids):
        """Return (customer, invoice or ``None``, first day, last day) of complaints, as ordinals.

        Hook of the room of complaints.
        """
        return []


def _to_ordinals(days):
    """Return days as ordinals, within reason; ``None`` stays."""
    return [day and bound_day(day).toordinal() for day in days]
