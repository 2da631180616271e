from odoo import api, fields, models
from odoo.fields import Domain

from ..base.access import GROUPS_STANDING


class CustomerComplaintDocumentMixin(models.AbstractModel):
    """Documents that show how many complaints they led to, or came from."""

    _name = "customer.complaint.document.mixin"
    _description = "Document of a Complaint"

    customer_complaint_count = fields.Integer(
        string="Complaints", compute="_compute_customer_complaint_count", groups=GROUPS_STANDING
    )

    @api.model
    def _get_complaint_paths(self):
        """Return the fields that lead from a complaint to documents of this model."""
        return []

    def _get_complaint_domain(self):
        """Return the domain of the complaints of the documents."""
        paths = self._get_complaint_paths()
        return Domain.OR([Domain(path, "in", self.ids) for path in paths])

    def _compute_customer_complaint_count(self):
        """Count complaints the user may read: one query however many documents there are."""
        complaints = self.env["customer.complaint"]
        self.customer_complaint_count = 0
        if not self.ids or not complaints.has_access("read"):
            return
        found = {}
        for complaint in complaints.search(self._get_complaint_domain()).sudo():
            for path in self._get_complaint_paths():
                for document in complaint.mapped(path).ids:
                    found.setdefault(document, set()).add(complaint.id)
        for document in self:
            document.customer_complaint_count = len(found.get(document.id, ()))

    def action_open_complaints(self):
        """Open the complaints of the documents. Public: button.

        :return: a window action; new complaints begin with what is known. Of a document without
            any, the first one for who may enter it
        """
        self.check_access("read")
        complaints = self.env["customer.complaint"]
        is_first = len(self) == 1 and complaints.has_access("create")
        if is_first and not complaints.search_count(self._get_complaint_domain(), limit=1):
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("New complaint"),
                "res_model": "customer.complaint",
                "views": [(False, "form")],
                "context": self._get_complaint_defaults(),
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaints"),
            "res_model": "customer.complaint",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": list(self._get_complaint_domain()),
            "context": self[:1]._get_complaint_defaults(),
        }

    def _get_complaint_defaults(self):
        """Return the context for a new complaint about the document."""
        return {"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id}
