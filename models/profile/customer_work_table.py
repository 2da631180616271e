from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ..base.scope import ALL_DAYS, Scope

# Indexes of small tables are not worth the time it takes to make them.
FEW_DOCUMENTS = 3000
# Columns by which the steps look into each other's results.
LOOKED_UP = {
    "line": ("id", "move_id"),
    "taken_1": ("id",),
    "taken_2": ("id",),
    "taken": ("id",),
    "naming": ("named_id",),
    "given_back": ("move_id",),
    "used": ("id",),
    "sold": ("id", "order_line_id", "move_id"),
}
DOCUMENT_COLUMNS = SQL(
    """id, partner_id, move_type, invoice_date, invoice_date_due, revenue, amount_total_signed,
       amount_residual_signed, reversed_entry_id, payment_state, currency_id"""
)


class CustomerWorkTable(models.AbstractModel):
    """Work tables of a refresh: each large table is read once, not once for every family of facts.

    They hold what the queries of the families otherwise begin with, under statistics the planner
    can trust, and go with the transaction. The queries read the same with and without them.
    """

    _name = "customer.work.table"
    _description = "Work Tables of a Refresh"

    @api.model
    def _stage_documents(self, scope: Scope) -> Scope:
        """Put the customers, and their sale documents of any day, into work tables.

        With the lines of the few documents that take part in giving something back.

        :return: the scope that reads them
        """
        plain = replace(scope, staged="", is_large=False)
        # A sample of 9 000 rows is enough to choose between ways to join.
        self.env.cr.execute(SQL("SET LOCAL default_statistics_target = 30"))
        # What customers have is looked up, or every event and every range would read whole tables.
        self.env.cr.execute(SQL("SET LOCAL random_page_cost = 1.1"))
        partners = SQL("SELECT unnest(%s::int[]) AS partner_id", sorted(scope.partner_ids))
        self._stage("partner", partners, is_large=True)
        self._stage("contact", self._get_work_contact_sql(), is_large=True)
        count = self._stage("document", self._get_work_document_sql(plain), is_large=True)
        is_large = count > FEW_DOCUMENTS
        scope = replace(scope, staged="documents", is_large=is_large)
        given_back = self.env["customer.given.back"]
        everything = scope.as_of(ALL_DAYS)
        before = [given_back._get_document_sql(everything), given_back._get_goods_sql(everything)]
        steps = given_back._get_entangled_steps()
        if is_large:
            self._stage_steps(before, steps)
            before.append(self._get_work_sql("entangled"))
        else:
            before += [sql for sql, _names in steps]
        lines = SQL(
            "WITH %s, %s SELECT * FROM sale_line",
            SQL(", ").join(before),
            given_back._get_kind_of_line_sql(),
        )
        if not self._stage("line", lines, is_large):
            return replace(scope, is_large=False, is_plain=True)
        self._stage("credit", given_back._get_credit_sql(SQL("customer_work_line")), is_large)
        if is_large:
            self._stage_given_back(everything)
        return scope

    @api.model
    def _stage_given_back(self, scope: Scope):
        """Work out what was given back of many documents, step by step.

        PostgreSQL knows nothing of the results of CTEs: with thousands of rows it would compare
        each with each.
        """
        given_back = self.env["customer.given.back"]
        before = [
            given_back._get_document_sql(scope),
            given_back._get_goods_sql(scope),
            given_back._get_sale_line_sql(scope),
        ]
        self._stage_steps(before, given_back._get_given_back_steps(scope))

    @api.model
    def _stage_steps(self, before, steps):
        """Put the results of steps into work tables, each step with those before it.

        :param before: CTEs the first step begins with
        :param steps: (CTEs, names of those that later steps read)
        """
        for sql, names in steps:
            for name in names:
                query = SQL(
                    "WITH %s SELECT * FROM %s", SQL(", ").join((*before, sql)), SQL.identifier(name)
                )
                self._stage(name, query, is_large=True)
            before = [*before, self._get_work_sql(*names)]

    @api.model
    def _get_steps_sql(self, scope: Scope, steps) -> SQL:
        """CTEs of steps: read from work tables where the scope has them, else worked out."""
        return SQL(", ").join(
            self._get_work_sql(*names) if scope.is_large else sql for sql, names in steps
        )

    @api.model
    def _get_work_sql(self, *names) -> SQL:
        """CTEs that read work tables under the names of what they hold."""
        return SQL(", ").join(
            SQL(
                "%s AS (SELECT * FROM %s)",
                SQL.identifier(name),
                SQL.identifier(f"customer_work_{name}"),
            )
            for name in names
        )

    @api.model
    def _leave_out_later(self, scope: Scope):
        """Work out what was given back once more where documents are later than the scope's day."""
        if not scope.is_large:
            return
        later = SQL(
            "SELECT 1 FROM customer_work_document WHERE invoice_date > %s LIMIT 1", scope.today
        )
        if self.env.execute_query(later):
            self._stage_given_back(scope)

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
        self._leave_out_later(scope)
        profiles, is_large = self.env["customer.profile"], scope.is_large
        contact = profiles._get_contact_sql(scope)
        moves = SQL("WITH %s SELECT * FROM sale_move", profiles._get_sale_move_sql(scope))
        self._stage("sale_move", moves, is_large)
        orders = profiles._get_named_order_sql(scope)
        orders = SQL("WITH %s, %s SELECT id, partner_id FROM customer_order", contact, orders)
        self._stage("order", orders, is_large)
        judged = profiles._get_judged_sql(scope, profiles._get_judged_since(scope.today))
        self._stage("judged", SQL("WITH %s SELECT * FROM judged", judged), is_large)
        plain = replace(scope, staged="", is_large=False)
        receivables = SQL(
            """WITH %s SELECT r.* FROM (%s) r
                WHERE NOT EXISTS (SELECT FROM customer_work_document d WHERE d.id = r.move_id)""",
            contact,
            self.env["customer.given.back"]._get_receivable_line_sql(plain),
        )
        self._stage("receivable", receivables, is_large)
        return replace(scope, staged="moves")

    @api.model
    def _stage(self, name, query, is_large):
        """Fill one work table anew; return how many rows it has."""
        cr, table = self.env.cr, SQL.identifier(f"customer_work_{name}")
        cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", table))
        cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))
        count = cr.rowcount
        if is_large:
            for column in LOOKED_UP.get(name, ()):
                cr.execute(SQL("CREATE INDEX ON %s (%s)", table, SQL.identifier(column)))
        if count:
            cr.execute(SQL("ANALYZE %s", table))
        return count

    @api.model
    def _get_work_contact_sql(self) -> SQL:
        """The contacts of the staged customers."""
        return SQL(
            """SELECT p.id, p.commercial_partner_id AS partner_id
                 FROM customer_work_partner w
                 JOIN res_partner p ON p.commercial_partner_id = w.partner_id"""
        )

    @api.model
    def _get_work_document_sql(self, scope: Scope) -> SQL:
        """The documents of a scope of any day, each with what its lines add up to."""
        scope, given_back = scope.as_of(ALL_DAYS), self.env["customer.given.back"]
        return SQL(
            """WITH contact AS (SELECT * FROM customer_work_contact), %s, %s
            SELECT d.*, g.*
              FROM sale_document d
         LEFT JOIN goods g ON g.move_id = d.id""",
            given_back._get_plain_document_sql(scope),
            given_back._get_goods_sql(scope),
        )

    @api.model
    def _get_document_sql(self, scope: Scope) -> SQL:
        """CTE ``sale_document`` from its work table."""
        return SQL(
            "sale_document AS (SELECT %s FROM customer_work_document WHERE invoice_date <= %s)",
            DOCUMENT_COLUMNS,
            scope.today,
        )

    @api.model
    def _get_move_sql(self, scope: Scope) -> SQL:
        """CTEs ``contact`` and ``sale_move`` from their work tables."""
        contact = self.env["customer.profile"]._get_contact_sql(scope)
        return SQL("%s, %s", contact, self._get_work_sql("sale_move"))
