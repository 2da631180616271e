from dataclasses import replace
from datetime import date

from odoo import api, models
from odoo.tools import SQL

from ..base.scope import Scope

# Whatever is posted counts for what it gives back, also when its day is still to come.
ALL_DAYS = date.max
# Statistics of small tables are not worth the time it takes to make them.
FEW_CUSTOMERS = 500
DOCUMENT_COLUMNS = SQL(
    """id, partner_id, move_type, invoice_date, invoice_date_due, revenue, amount_total_signed,
       amount_residual_signed, reversed_entry_id, payment_state, currency_id"""
)


class CustomerProfile(models.Model):
    """Work tables of a refresh: each large table is read once, not once for every family of facts.

    They hold what the queries of the families otherwise begin with, under statistics the planner
    can trust, and go with the transaction. The queries read the same with and without them.
    """

    _inherit = "customer.profile"

    @api.model
    def _stage_documents(self, scope: Scope) -> Scope:
        """Put the customers, and their sale documents of any day, into work tables.

        With the lines of the few documents that take part in giving something back.

        :return: the scope that reads them
        """
        plain = replace(scope, staged="")
        staged = replace(scope, staged="documents")
        partners = sorted(scope.partner_ids)
        self._stage(plain, "partner", SQL("SELECT unnest(%s::int[]) AS partner_id", partners))
        contact = SQL(
            """SELECT p.id, p.commercial_partner_id AS partner_id
                 FROM customer_work_partner w
                 JOIN res_partner p ON p.commercial_partner_id = w.partner_id"""
        )
        self._stage(plain, "contact", contact)
        self._stage(plain, "document", self._get_work_document_sql(plain))
        given_back = self.env["customer.given.back"]
        everything = staged.as_of(ALL_DAYS)
        lines = SQL(
            """WITH %s, %s, %s, %s
            SELECT * FROM sale_line""",
            self._get_document_sql(everything),
            given_back._get_goods_sql(everything),
            given_back._get_entangled_sql(),
            given_back._get_kind_of_line_sql(),
        )
        self._stage(plain, "line", lines)
        credit = given_back._get_credit_sql(SQL("customer_work_line"))
        self._stage(plain, "credit", credit)
        return staged

    @api.model
    def _stage_costs(self):
        """Read the costs of the staged documents that take something back once more."""
        self.env.cr.execute(
            SQL(
                """UPDATE customer_work_document d
                      SET cost = l.cost, absolute_cost = l.absolute_cost,
                          estimated_cost = l.estimated_cost, cost_missing = l.cost_missing
                     FROM (SELECT l.move_id, %s
                             FROM (SELECT DISTINCT move_id FROM customer_work_credit) c
                             JOIN account_move_line l ON l.move_id = c.move_id
                            WHERE l.display_type = 'product'
                         GROUP BY l.move_id) l
                    WHERE l.move_id = d.id""",
                self.env["customer.given.back"]._get_cost_sums_sql(),
            )
        )

    @api.model
    def _stage_moves(self, scope: Scope) -> Scope:
        """Put what was kept of the staged documents, up to the day of the scope, into a table.

        With the orders of the customers, and what they owe and paid by entries.

        :return: the scope that reads it
        """
        moves = SQL("WITH %s SELECT * FROM sale_move", self._get_sale_move_sql(scope))
        self._stage(scope, "move", moves)
        orders = SQL(
            "WITH %s, %s SELECT id, partner_id FROM customer_order",
            self._get_contact_sql(scope),
            self._get_named_order_sql(scope),
        )
        self._stage(scope, "order", orders)
        plain = replace(scope, staged="")
        receivables = SQL(
            "WITH %s %s", self._get_contact_sql(scope), self._get_receivable_line_sql(plain)
        )
        self._stage(scope, "receivable", receivables)
        return replace(scope, staged="moves")

    @api.model
    def _stage(self, scope, name, query):
        """Fill one work table anew."""
        cr, table = self.env.cr, SQL.identifier(f"customer_work_{name}")
        cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", table))
        cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))
        if len(scope.partner_ids) > FEW_CUSTOMERS:
            cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _get_work_document_sql(self, scope: Scope) -> SQL:
        """The documents of a scope of any day, each with what its lines add up to."""
        scope = scope.as_of(ALL_DAYS)
        return SQL(
            """WITH contact AS (SELECT * FROM customer_work_contact), %s, %s
            SELECT d.*, g.*
              FROM sale_document d
         LEFT JOIN goods g ON g.move_id = d.id""",
            self._get_plain_document_sql(scope),
            self.env["customer.given.back"]._get_goods_sql(scope),
        )

    @api.model
    def _get_staged_document_sql(self, scope: Scope) -> SQL:
        return SQL(
            """%s, sale_document AS (
                SELECT %s FROM customer_work_document WHERE invoice_date <= %s
            )""",
            self._get_contact_sql(scope),
            DOCUMENT_COLUMNS,
            scope.today,
        )

    @api.model
    def _get_staged_move_sql(self, scope: Scope) -> SQL:
        return SQL(
            "%s, sale_move AS (SELECT * FROM customer_work_move)", self._get_contact_sql(scope)
        )
