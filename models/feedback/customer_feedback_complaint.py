from odoo import fields, models
from odoo.tools import plaintext2html

from ..base.access import GROUPS_STANDING

SUBJECT_LENGTH = 80


class CustomerFeedback(models.Model):
    """From a low answer to the complaint it is about, and back."""

    _inherit = "customer.feedback"

    complaint_ids = fields.One2many(
        string="Complaints",
        comodel_name="customer.complaint",
        inverse_name="feedback_id",
        groups=GROUPS_STANDING,
    )

    def action_create_complaint(self):
        """Open a new complaint about what the customer answered, else the one there is.

        Public: button.

        :raise AccessError: for users who may not write down complaints
        """
        self.ensure_one()
        self.check_access("read")
        complaints = self.env["customer.complaint"]
        complaints.check_access("create")
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint"),
            "res_model": complaints._name,
            "views": [(False, "form")],
        }
        if self.complaint_ids:
            return {**action, "res_id": self.complaint_ids[:1].id}
        values = self._prepare_complaint()
        return {**action, "context": {f"default_{name}": values[name] for name in values}}

    def _prepare_complaint(self):
        """Return the values of a complaint about the answer."""
        self.ensure_one()
        comment = (self.comment or "").strip()
        subject = comment.splitlines()[0][:SUBJECT_LENGTH] if comment else self.display_name
        values = {
            "feedback_id": self.id,
            "subject": subject,
            "description": plaintext2html(comment) if comment else False,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "concerned_user_id": self.user_id.id,
            "user_id": self.responsible_id.id or self.env.uid,
        }
        picking = self._get_document() if self.res_model == "stock.picking" else None
        if picking:
            values["picking_id"] = picking.id
            products = picking.sudo().move_ids.product_id
            values["product_id"] = products.id if len(products) == 1 else False
        return values
