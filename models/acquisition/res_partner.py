from odoo import api, fields, models

from ..base.access import GROUPS_STANDING

SIZES = [
    ("micro", "1 to 9 employees"),
    ("small", "10 to 49 employees"),
    ("medium", "50 to 249 employees"),
    ("large", "250 employees and more"),
]


class ResPartner(models.Model):
    """How large a contact is, and where it came from as a customer."""

    _inherit = "res.partner"

    customer_size = fields.Selection(selection=SIZES, string="Size", groups=GROUPS_STANDING)
    customer_source_id = fields.Many2one(
        string="Came from",
        comodel_name="utm.source",
        compute="_compute_customer_source_id",
        groups=GROUPS_STANDING,
        help="The source of the first order or invoice; later ones change nothing.",
    )
    customer_campaign_id = fields.Many2one(
        string="By the campaign",
        comodel_name="utm.campaign",
        compute="_compute_customer_source_id",
        groups=GROUPS_STANDING,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_customer_source_id(self):
        """One query for any number of contacts."""
        rows = self.env["customer.acquisition"].search_fetch(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "counts"),
            ],
            ["partner_id", "source_id", "campaign_id"],
        )
        found = {row.partner_id: row for row in rows}
        none = rows.browse()
        for partner in self:
            row = found.get(partner.commercial_partner_id, none)
            partner.customer_source_id = row.source_id
            partner.customer_campaign_id = row.campaign_id

    def action_open_referrer(self):
        """Open the code, the link and the referrals of a customer. Public: button.

        :raise AccessError: for users who do not work with customers
        """
        self.ensure_one()
        self.check_access("read")
        referrers = self.env["customer.referrer"]
        referrers.check_access("read")
        referrer = referrers._get_for(self, self.env.company)
        return referrers.browse(referrer.id)._get_records_action(context={})
