from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE
from ..base.nullable import NullableMonetary


class AccountMoveLine(models.Model):
    """What customers kept of the lines of a category they stopped buying."""

    _inherit = "account.move.line"

    customer_stopped_id = fields.Many2one(
        string="In the worth of",
        comodel_name="customer.stopped.category",
        compute="_compute_customer_stopped",
        search="_search_customer_stopped_id",
        groups=GROUPS_REVENUE,
    )
    customer_kept_revenue = fields.Monetary(
        string="Kept, untaxed",
        compute="_compute_customer_stopped",
        currency_field="company_currency_id",
        groups=GROUPS_REVENUE,
        help="Revenue of the line, less what was given back of it.",
    )
    customer_kept_profit = NullableMonetary(
        string="Gross profit of it",
        compute="_compute_customer_stopped",
        currency_field="company_currency_id",
        groups=GROUPS_PROFIT,
    )

    @api.depends("balance", "customer_cost")
    def _compute_customer_stopped(self):
        rows = {}
        partners = self.move_id.commercial_partner_id.commercial_partner_id
        for company, stopped in self._get_stopped(partners).items():
            query = stopped._get_lines_sql(company, stopped)
            rows |= {row["id"]: row for row in self.env.execute_query_dict(query)}
        for line in self:
            row = rows.get(line._origin.id, {})
            line.customer_stopped_id = row.get("stopped_id")
            line.customer_kept_revenue = row.get("revenue", 0)
            line.customer_kept_profit = row.get("profit")

    @api.model
    def _get_stopped(self, partners):
        """Return company -> what these customers stopped buying, of the companies measured."""
        companies = self.env["customer.profile"]._get_measured_company() or self.env.companies
        domain = [("partner_id", "in", partners.ids), ("company_id", "in", companies.ids)]
        return self.env["customer.stopped.category"].search(domain).grouped("company_id")

    @api.model
    def _search_customer_stopped_id(self, operator, value):
        self._check_field_access(self._fields["customer_stopped_id"], "read")
        if operator != "in":
            return NotImplemented
        ids = [number for number in value if number]
        # Only what the user may read: the rows name customers.
        stopped = self.env["customer.stopped.category"].search([("id", "in", ids)])
        parts = [
            SQL("SELECT id FROM (%s) AS counted", rows._get_lines_sql(company, rows))
            for company, rows in stopped.grouped("company_id").items()
        ]
        return (
            Domain("id", "in", SQL("(%s)", SQL(" UNION ALL ").join(parts)))
            if parts
            else (Domain.FALSE)
        )
