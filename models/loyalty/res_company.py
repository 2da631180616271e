from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS


class ResCompany(models.Model):
    """A new company begins with tiers of its own."""

    _inherit = "res.company"

    customer_tier_mail = fields.Boolean(
        string="Tell customers of their tier",
        help="They get an e-mail when their tier changes, unless they want none.",
        groups=GROUPS_SETTINGS,
    )
    customer_tier_mail_template_id = fields.Many2one(
        string="Mail about the tier",
        comodel_name="mail.template",
        domain="[('model', '=', 'customer.tier.change')]",
        ondelete="set null",
        help="Empty: the mail that comes with Customer Value.",
        groups=GROUPS_SETTINGS,
    )
    customer_tier_left_mail_template_id = fields.Many2one(
        string="Mail when no tier is left",
        comodel_name="mail.template",
        domain="[('model', '=', 'customer.tier.change')]",
        ondelete="set null",
        help="Empty: the mail that comes with Customer Value.",
        groups=GROUPS_SETTINGS,
    )
    customer_tier_invoice_prices = fields.Boolean(
        string="Propose tier prices on invoices",
        help="Odoo uses pricelists on quotations only. With this, a draft invoice without an order "
        "says what the prices of the customer's tier would be, and takes them on a button.",
        groups=GROUPS_SETTINGS,
    )

    @api.constrains("customer_tier_mail_template_id", "customer_tier_left_mail_template_id")
    def _check_tier_mail_template(self):
        """A template of something else would be filled from a record of the same number."""
        for company in self.sudo():
            templates = company.customer_tier_mail_template_id
            templates |= company.customer_tier_left_mail_template_id
            for template in templates.filtered(lambda one: one.model != "customer.tier.change"):
                raise ValidationError(
                    self.env._(
                        "%(template)s is not made for tiers: choose a mail about the tier.",
                        template=template.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["customer.tier"]._create_default_tiers(companies)
        return companies
