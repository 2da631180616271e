from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.access import GROUPS_STANDING


class ResPartner(models.Model):
    """How many complaints a customer has; and contacts with complaints are never deleted."""

    _inherit = "res.partner"

    customer_complaint_count = fields.Integer(
        string="Complaints", compute="_compute_customer_complaint_count", groups=GROUPS_STANDING
    )
    customer_open_complaint_count = fields.Integer(
        string="Open complaints",
        compute="_compute_customer_complaint_count",
        groups=GROUPS_STANDING,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_customer_complaint_count(self):
        """Count the customer's complaints the user may read: one query for any number.

        As on the card, the same one twice counts once.
        """
        complaints = self.env["customer.complaint"]
        totals, opened = {}, {}
        if self.ids and complaints.has_access("read"):
            rows = complaints._read_group(
                [
                    ("customer_id", "in", self.commercial_partner_id.ids),
                    ("duplicate_of_id", "=", False),
                ],
                ["customer_id"],
                ["__count", "close_date:count"],
            )
            for customer, count, closed in rows:
                totals[customer.id], opened[customer.id] = count, count - closed
        for partner in self:
            customer = partner.commercial_partner_id.id
            partner.customer_complaint_count = totals.get(customer, 0)
            partner.customer_open_complaint_count = opened.get(customer, 0)

    def action_open_complaints(self):
        """Open the complaints of the customer. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaints"),
            "res_model": "customer.complaint",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [
                ("customer_id", "=", self.commercial_partner_id.id),
                ("duplicate_of_id", "=", False),
            ],
            "context": {"default_partner_id": self.id},
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaints(self):
        domain = Domain("partner_id", "in", self.ids) | Domain("customer_id", "in", self.ids)
        complaint = self.env["customer.complaint"].sudo().search(domain, limit=1)
        if complaint:
            raise UserError(
                self.env._(
                    "%(contact)s cannot be deleted: there are complaints of this contact, and "
                    "they would be lost. Archive the contact, or merge it into another.",
                    contact=(complaint.partner_id & self or complaint.customer_id).display_name,
                )
            )
