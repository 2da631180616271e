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
        self.check_access("write")
        for complaint in self:
            asked = complaint.sudo().resolution_ids.filtered(lambda one: one.state in ASKED)
            company = complaint._get_given(vals, "company_id")
            if asked and (
                company != complaint.company_id
                or complaint._get_named_customer(vals) != complaint.customer_id
            ):
                raise UserError(
                    self.env._(
                        "Something was asked for or approved for complaint %(complaint)s: make or "
                        "refuse it before you change the customer or the company.",
                        complaint=complaint.display_name,
                    )
                )
