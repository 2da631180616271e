from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_DAYS = 1100


class CustomerAcquisitionCost(models.Model):
    """What was spent to win customers from a source: entered by hand, for a day or a period.

    What stands on vendor bills is read from there (``customer.acquisition.account``).
    """

    _name = "customer.acquisition.cost"
    _description = "Cost of a Source"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _check_company_auto = True
    _order = "date_from desc, id desc"

    name = fields.Char(string="What for", required=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    source_id = fields.Many2one(
        comodel_name="utm.source", required=True, ondelete="restrict", index=True
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign", ondelete="restrict", index="btree_not_null"
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(
        string="Until",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="A period is spread evenly over its days.",
    )
    amount = fields.Monetary(required=True)

    _amount_range = models.Constraint("CHECK(amount >= 0)", "A cost cannot be negative.")

    @api.depends("date_from")
    def _compute_date_to(self):
        for cost in self:
            if not cost.date_to or cost.date_to < cost.date_from:
                cost.date_to = cost.date_from

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for cost in self:
            if not 0 <= (cost.date_to - cost.date_from).days < MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "The period of “%(cost)s” must end after it begins, and within three "
                        "years.",
                        cost=cost.name,
                    )
                )
