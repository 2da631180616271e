from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.access import GROUPS_PROFIT

GROSS_PROFIT = "gross_profit"
# Leaves room for the parts other features add; part of the ids of the rows.
PARTS_PER_PROFILE = 64


class CustomerProfitPart(models.Model):
    """What a customer's net profit is made of: gross profit less one row per cost driver.

    Read from the profile and the rates of the company; the rows of a window add up to the cost
    to serve and the net profit the profile shows.
    """

    _name = "customer.profit.part"
    _description = "Part of a Customer's Profit"
    _auto = False
    _order = "id"
    _rec_name = "part"

    profile_id = fields.Many2one(comodel_name="customer.profile", readonly=True)
    partner_id = fields.Many2one(string="Customer", comodel_name="res.partner", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    window = fields.Selection(
        selection=[("total", "Since the first document"), ("365", "Last 365 days")], readonly=True
    )
    part = fields.Selection(selection="_selection_part", readonly=True)
    quantity = fields.Float(readonly=True, groups=GROUPS_PROFIT, aggregator=None)
    rate = fields.Float(
        readonly=True,
        groups=GROUPS_PROFIT,
        aggregator=None,
        digits=(16, 6),
        help="Cost per unit, as set for the company.",
    )
    cost = fields.Monetary(readonly=True, groups=GROUPS_PROFIT)
    amount = fields.Monetary(
        string="Profit", readonly=True, groups=GROUPS_PROFIT, help="Gross profit, or minus a cost."
    )

    @api.model
    def _selection_part(self):
        profiles = self.env["customer.profile"]
        names = [GROSS_PROFIT, *profiles._get_cost_drivers()]
        return [
            (name, profiles._fields[f"{name}_total"]._description_string(self.env))
            for name in names
        ]

    @property
    def _table_query(self) -> SQL:
        return SQL(" UNION ALL ").join(
            branch for company in self.env.companies for branch in self._get_branches(company)
        )

    def _get_branches(self, company):
        """Return one SELECT per window and part of a company's profiles."""
        profiles = self.env["customer.profile"].with_company(company)
        drivers = {name: rate for name, rate in profiles._get_cost_drivers().items() if rate}
        digits = company.currency_id.decimal_places
        for offset, window in ((0, "total"), (PARTS_PER_PROFILE // 2, "365")):
            gross = self._get_profile_column(profiles, f"{GROSS_PROFIT}_{window}")
            yield self._get_branch(company, window, offset, GROSS_PROFIT, (None, 0), gross)
            for number, (name, rate) in enumerate(drivers.items(), offset + 1):
                quantity = self._get_profile_column(profiles, f"{name}_{window}")
                cost = SQL("ROUND(%s::numeric * %s::numeric, %s)", quantity, rate, digits)
                yield self._get_branch(
                    company, window, number, name, (quantity, rate), SQL("- %s", cost)
                )

    @api.model
    def _get_profile_column(self, profiles, name):
        return SQL.identifier("f", name, to_flush=profiles._fields[name])

    @api.model
    def _get_branch(self, company, window, number, part, driver, amount):
        """Return one row per profile that has this part.

        :param driver: (SQL of the counted quantity or ``None``, rate per unit)
        :param amount: SQL of what the part adds to the profit
        """
        quantity, rate = driver
        return SQL(
            """SELECT f.id * %(parts)s::bigint + %(number)s AS id, f.id AS profile_id,
                      f.partner_id, f.company_id, f.currency_id, %(window)s AS window,
                      %(part)s AS part, %(quantity)s::float8 AS quantity, %(rate)s::float8 AS rate,
                      %(cost)s AS cost, %(amount)s AS amount
                 FROM customer_profile f
                WHERE f.company_id = %(company)s AND %(amount)s IS NOT NULL""",
            parts=PARTS_PER_PROFILE,
            number=number,
            window=window,
            part=part,
            quantity=quantity,
            rate=rate,
            cost=SQL("- %s", amount) if quantity else SQL("0::numeric"),
            amount=amount,
            company=company.id,
        )

    @api.readonly
    def action_open_documents(self):
        """Open the documents that were counted. Public: button.

        :raise UserError: when the part has no documents of its own
        :raise AccessError: when the user may not see the number
        """
        self.ensure_one()
        metric = f"{self.part}_{self.window}"
        return self.profile_id.with_context(metric=metric).action_open_documents()
