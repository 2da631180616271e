from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE
from ..base.nullable import NullableMonetary

# field -> method of the profile with the journal items counted for that customer
SETS = {
    "customer_overdue_of_id": "_get_overdue_lines_sql",
    "customer_written_off_of_id": "_get_written_off_lines_sql",
    "customer_discount_of_id": "_get_discount_lines_sql",
}


def _make_set_field(name, label):
    """Return the field with the customer a journal item was counted for; searched by the facts."""
    return fields.Many2one(
        string=label,
        comodel_name="res.partner",
        compute="_compute_customer_sets",
        search=lambda self, operator, value: self._search_customer_set(name, operator, value),
        groups=GROUPS_REVENUE,
    )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # No default and no compute: adding the columns must not rewrite a table of millions.
    customer_cost = NullableMonetary(
        string="Cost of goods",
        currency_field="company_currency_id",
        groups=GROUPS_PROFIT,
        readonly=True,
        copy=False,
        help="In company currency, fixed when the invoice was posted; negative on credit notes.",
    )
    customer_cost_source = fields.Selection(
        selection=[
            ("cogs", "Cost of goods sold entry"),
            ("delivery", "Value of the delivered goods"),
            ("product", "Product cost on the day of posting"),
            ("estimated", "Estimated from a later product cost"),
            ("returned", "Cost of the goods given back"),
            ("kept", "No goods were given back"),
            ("none", "No product"),
        ],
        string="Source of the cost",
        groups=GROUPS_PROFIT,
        readonly=True,
        copy=False,
    )
    customer_revenue = fields.Monetary(
        string="Revenue",
        compute="_compute_customer_profit",
        aggregator="sum",
        currency_field="company_currency_id",
        groups=GROUPS_PROFIT,
    )
    customer_profit = NullableMonetary(
        string="Gross profit",
        compute="_compute_customer_profit",
        aggregator="sum",
        currency_field="company_currency_id",
        groups=GROUPS_PROFIT,
    )
    customer_overdue_of_id = _make_set_field("customer_overdue_of_id", "In what is overdue of")
    customer_written_off_of_id = _make_set_field("customer_written_off_of_id", "In the bad debt of")
    customer_discount_of_id = _make_set_field("customer_discount_of_id", "In the cash discounts of")
    customer_written_off_amount = fields.Monetary(
        string="Written off",
        compute="_compute_customer_sets",
        currency_field="company_currency_id",
        groups=GROUPS_REVENUE,
    )

    @api.depends("partner_id", "amount_residual", "parent_state", "date_maturity")
    def _compute_customer_sets(self):
        profiles = self.env["customer.profile"].sudo()
        lines = self.sudo().move_id.line_ids
        # Somebody else may have paid, or a company was moved since.
        debts = lines.matched_debit_ids.debit_move_id.move_id
        partners = (lines.partner_id | debts.commercial_partner_id).commercial_partner_id
        found = {
            name: profiles._read_documents(getattr(profiles, method), self, partners)
            for name, method in SETS.items()
        }
        for line in self:
            for name, rows in found.items():
                line[name] = rows.get(line.id, {}).get("partner_id")
            rows = found["customer_written_off_of_id"]
            line.customer_written_off_amount = rows.get(line.id, {}).get("amount", 0)

    def _search_customer_set(self, name, operator, value):
        self._check_field_access(self._fields[name], "read")
        profiles = self.env["customer.profile"]
        return profiles._search_documents(getattr(profiles, SETS[name]), operator, value)

    @api.depends("balance", "customer_cost", "display_type")
    def _compute_customer_profit(self):
        for line in self:
            line.customer_revenue = -line.balance
            sold = line.display_type == "product" and line.move_id.is_sale_document(True)
            unknown = sold and line.customer_cost is False
            line.customer_profit = False if unknown else -line.balance - (line.customer_cost or 0)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let revenue and profit be added up by groups, as in the lists behind the numbers."""
        if field_expr not in ("customer_revenue", "customer_profit") or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        revenue = SQL("-%s", super()._field_to_sql(alias, "balance", query))
        if field_expr == "customer_revenue":
            return revenue
        cost = super()._field_to_sql(alias, "customer_cost", query)
        return SQL("(%s - COALESCE(%s, 0))", revenue, cost)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_cost_is_not_written(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """A line that sells something else than before has no cost yet."""
        self._check_cost_is_not_written(vals)
        result = super().write(vals)
        if not {"product_id", "quantity", "product_uom_id"}.isdisjoint(vals):
            priced = self.sudo().filtered("customer_cost_source")
            priced.write({"customer_cost": False, "customer_cost_source": False})
        return result

    @api.model
    def _check_cost_is_not_written(self, names):
        """Refuse costs from outside: accountants may write invoice lines, not history."""
        if not self.env.su and not {"customer_cost", "customer_cost_source"}.isdisjoint(names):
            raise AccessError(
                self.env._(
                    "The cost of an invoice line is fixed when the invoice is posted and cannot "
                    "be entered: correct the product cost or the stock valuation instead."
                )
            )
