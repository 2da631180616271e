from odoo import fields, models

from ..base.access import GROUPS_SETTINGS

TIER_ON_INVOICES = [
    ("nothing", "Nothing"),
    ("text", "The text of the tier"),
    ("block", "Tier, since when, and its text"),
]


class ResCompany(models.Model):
    """What documents say about the tier of their customer."""

    _inherit = "res.company"

    customer_tier_on_invoices = fields.Selection(
        selection=TIER_ON_INVOICES,
        string="Tier on invoices",
        required=True,
        default="text",
        groups=GROUPS_SETTINGS,
        help="What invoices and credit notes say about the tier their customer held that day.",
    )
