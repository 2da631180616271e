from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT


class CustomerTierChange(models.Model):
    """Append-only journal: which tier a customer got, when, why, and who decided."""

    _name = "customer.tier.change"
    _description = "Tier Change"
    _inherit = "customer.date.bounds.mixin"
    _contact_history = ("partner_id",)
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    date = fields.Date(required=True, readonly=True)
    old_tier_id = fields.Many2one(
        string="From", comodel_name="customer.tier", ondelete="restrict", readonly=True
    )
    new_tier_id = fields.Many2one(
        string="To", comodel_name="customer.tier", ondelete="restrict", readonly=True
    )
    reason = fields.Selection(
        selection=[
            ("upgrade", "Earned a higher tier"),
            ("downgrade", "No longer meets the rules"),
            ("override", "Set by hand"),
            ("override_end", "The manual tier ended"),
        ],
        required=True,
        readonly=True,
    )
    note = fields.Char(readonly=True)
    values = fields.Json(
        readonly=True,
        groups=GROUPS_PROFIT,
        help="What was measured on that day, in company currency, days or purchase days.",
    )
    user_id = fields.Many2one(
        string="By",
        comodel_name="res.users",
        readonly=True,
        ondelete="set null",
        help="Empty when the rules decided.",
    )

    @api.model
    def _get_text_on(self, partner, company, day):
        """Return what the tier of a customer prints on documents of a day, in their language."""
        domain = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        if day:
            domain.append(("date", "<=", day))
        change = self.sudo().search(domain, limit=1)
        return change.new_tier_id.benefit_text or ""
