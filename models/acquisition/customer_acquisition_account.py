from odoo import fields, models


class CustomerAcquisitionAccount(models.Model):
    """Which analytic account holds the bills of which source."""

    _name = "customer.acquisition.account"
    _description = "Analytic Account of a Source"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _check_company_auto = True
    _order = "source_id, id"
    _rec_name = "analytic_account_id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    analytic_account_id = fields.Many2one(
        comodel_name="account.analytic.account",
        required=True,
        ondelete="cascade",
        check_company=True,
        help="Vendor bills with this account are what the source has cost, by their date.",
    )
    source_id = fields.Many2one(
        comodel_name="utm.source", required=True, ondelete="restrict", index=True
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign", ondelete="restrict", index="btree_not_null"
    )

    _account_uniq = models.Constraint(
        "UNIQUE(analytic_account_id, company_id)", "An analytic account belongs to one source."
    )
