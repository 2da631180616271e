from odoo import models
from odoo.exceptions import UserError

from .customer_complaint import ASKED


class CustomerComplaint(models.Model):
    """What was asked for stays with the customer and company it was asked for."""

    _inherit = "customer.complaint"

    def _check_asked_stays(self, vals):
        """Refuse to take what was asked for or approved to another company or customer."""
        if self.env.su or {"company_id", "partner_id"}.isdisjoint(vals):
            return
        for complaint in self.filtered(
            lambda one: set(one.sudo().resolution_ids.mapped("state")) & set(ASKED)
        ):
            partner = complaint.partner_id.browse(vals.get("partner_id", complaint.partner_id.id))
            company_id = vals.get("company_id", complaint.company_id.id)
            if (
                company_id != complaint.company_id.id
                or partner.sudo().commercial_partner_id != complaint.customer_id
            ):
                raise UserError(
                    self.env._(
                        "Something was asked for or approved for complaint %(complaint)s: make or "
                        "refuse it before you change the customer or the company.",
                        complaint=complaint.display_name,
                    )
                )
