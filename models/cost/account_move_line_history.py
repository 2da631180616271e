import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Posted invoices per step of filling in history: less than a second, of which planning is little.
COST_BATCH_SIZE = 2000
# In so many turns a long stretch of history is gone through; see `_find_history`.
COST_TURNS = 10
HISTORY_PLACE = ("customer_cost_cursor", "customer_cost_until", "customer_cost_turn")


class AccountMoveLine(models.Model):
    """The cost of what was sold before the install: filled in batch by batch, by a cron."""

    _inherit = "account.move.line"

    @api.model
    def _cron_fill_cost_history(self, batch_size=COST_BATCH_SIZE):
        """Fill in the cost of invoices posted before the install; resumable at any time."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].sudo().search([]):
            remaining = self._count_cost_history(company)
            while remaining:
                try:
                    count = self._fill_cost_batch(company, batch_size)
                except psycopg2.OperationalError as error:
                    _logger.info("Filling in costs postponed: %s", error)
                    self.env.cr.rollback()
                    count = 0
                remaining = max(remaining - count, 0)
                if not count or not cron._commit_progress(count, remaining=remaining):
                    if remaining:
                        self.env.ref("customer_value.ir_cron_customer_value_cost")._trigger()
                        return

    @api.model
    def _get_cost_history_domain(self, company):
        return Domain(
            [
                ("id", ">", company.customer_cost_cursor),
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ]
        )

    @api.model
    def _count_cost_history(self, company):
        return self.env["account.move"].sudo().search_count(self._get_cost_history_domain(company))

    @api.model
    def _fill_cost_batch(self, company, batch_size):
        """Fill in some of the next invoices and queue their customers; return how many invoices.

        What credit notes give back is settled at the end of a stretch: batch by batch it would be
        worked out again for the same customers, and left to a full run it would be written while
        that holds its transaction open.
        """
        while True:
            move_ids, place = self._find_history(company, batch_size)
            if not place:
                return 0
            if move_ids and self._fix_cost_of_moves(move_ids, "estimated", settles_credits=False):
                self._enqueue_history(move_ids)
            if place[0] > company.customer_cost_cursor:
                self._settle_history(company, place[0])
            self._set_history_place(company, *place)
            if move_ids:
                return len(move_ids)

    @api.model
    def _settle_history(self, company, until):
        """Settle what the credit notes of a stretch give back, as far as the costs are known.

        With all documents of their customers: what one takes back another may have taken already.

        :param until: id of the last invoice of the stretch
        """
        stretch = self._get_cost_history_domain(company) & Domain("id", "<=", until)
        move_ids = self.env["account.move"].sudo().search(stretch).ids
        partners = [partner for (partner,) in self.env.execute_query(self._get_left_sql(move_ids))]
        if not partners:
            return
        scope = self.env["customer.profile"].sudo()._get_scope(company, partners)
        staged = self.env["customer.work.table"]._stage_documents(scope)
        if not staged.is_plain and self._settle_credit_costs(staged):
            pairs = [(partner, company.id) for partner in partners]
            self.env["customer.refresh.queue"]._enqueue(pairs, "cost")

    @api.model
    def _get_left_sql(self, move_ids):
        """Customers of invoices with lines that got no cost: they may take goods back."""
        return SQL(
            """SELECT DISTINCT c.commercial_partner_id
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id
                 JOIN res_partner c ON c.id = m.commercial_partner_id
                WHERE l.move_id = ANY(%s) AND l.display_type = 'product'
                  AND l.product_id IS NOT NULL AND l.customer_cost IS NULL
                  AND c.commercial_partner_id IS NOT NULL
             ORDER BY 1""",
            move_ids,
        )

    @api.model
    def _find_history(self, company, batch_size):
        """Return the ids of the invoices of the next batch, and the place after them.

        Of a long history they are not neighbours: a stretch is gone through in several turns, every
        so many-eth invoice in one. A line that is written takes new room, and an entry in each of
        twenty indexes; where others of its page went before, it takes theirs, and no entry in any:
        https://www.postgresql.org/docs/current/storage-hot.html.

        :return: (ids, arguments of :meth:`_set_history_place`); no arguments at the end
        """
        moves = self.env["account.move"].sudo()
        domain = self._get_cost_history_domain(company)
        cursor, until, turn = (company[name] for name in HISTORY_PLACE)
        if until <= cursor:
            ids = moves.search(domain, order="id", limit=batch_size * COST_TURNS).ids
            if len(ids) <= batch_size:
                return ids, ids[-1:]
            until = ids[-1]
        for now in range(turn, COST_TURNS):
            part = domain & Domain("id", "<=", until) & self._get_turn_domain(now)
            if ids := moves.search(part, order="id").ids:
                is_last = now == COST_TURNS - 1
                return ids, (until,) if is_last else (cursor, until, now + 1)
        return [], (until,)

    @api.model
    def _get_turn_domain(self, turn):
        """Return the domain of the invoices of a turn."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "MOD(%s, %s) = %s", model._field_to_sql(alias, "id", query), COST_TURNS, turn
            )
        )

    @api.model
    def _set_history_place(self, company, cursor, until=0, turn=0):
        """Remember how far it got: saving a company as its form does reads all its settings.

        :param cursor: id of an invoice up to which nothing is left
        :param until: last id of the stretch that is being gone through
        :param turn: the next one
        """
        company.flush_recordset(HISTORY_PLACE)
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET (%s) = (%s, %s, %s) WHERE id = %s",
                SQL(", ").join(map(SQL.identifier, HISTORY_PLACE)),
                cursor,
                until,
                turn,
                company.id,
            )
        )
        company.invalidate_recordset(HISTORY_PLACE, flush=False)

    @api.model
    def _enqueue_history(self, move_ids):
        """Queue the customers of posted invoices, which are too many to be read as records."""
        pairs = self.env.execute_query(
            SQL(
                """SELECT DISTINCT c.commercial_partner_id, m.company_id
                     FROM account_move m
                     JOIN res_partner c ON c.id = m.commercial_partner_id
                    WHERE m.id = ANY(%s)""",
                list(move_ids),
            )
        )
        self.env["customer.refresh.queue"]._enqueue(pairs, "cost")
