from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.access import GROUPS_STANDING


class ResPartner(models.Model):
    """Contacts with answers are archived or merged, never deleted."""

    _inherit = "res.partner"

    feedback_optout = fields.Boolean(
        string="Do not ask for feedback",
        help="No requests for feedback go to this contact; of a company, to none of its contacts.",
        groups=GROUPS_STANDING,
    )
    customer_feedback_count = fields.Integer(
        string="Feedback", compute="_compute_customer_feedback_count", groups=GROUPS_STANDING
    )

    @api.depends_context("allowed_company_ids")
    def _compute_customer_feedback_count(self):
        """Count the answers of the contact's customer; one query for any number of contacts."""
        counts = dict(
            self.env["customer.feedback"]._read_group(
                [("customer_id", "in", self.commercial_partner_id.ids), ("is_void", "=", False)],
                ["customer_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.customer_feedback_count = counts.get(partner.commercial_partner_id._origin, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_feedback(self):
        domain = Domain("partner_id", "in", self.ids) | Domain("customer_id", "in", self.ids)
        feedback = self.env["customer.feedback"].sudo().search(domain, limit=1)
        if feedback:
            raise UserError(
                self.env._(
                    "%(contact)s cannot be deleted: this contact gave feedback, and it would be "
                    "lost. Archive the contact, or merge it into another.",
                    contact=feedback.partner_id._get_plain_name(),
                )
            )
