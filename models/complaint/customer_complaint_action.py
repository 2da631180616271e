from odoo import models
from odoo.fields import Domain

RESULTS = ("credit_note_ids", "return_ids", "replacement_ids")


class CustomerComplaint(models.Model):
    """The buttons that give something for a complaint, and open what was given."""

    _inherit = "customer.complaint"

    def _open_resolution(self, kind):
        self.ensure_one()
        self.check_access("write")
        resolutions = self.env["customer.complaint.resolution"]
        labels = dict(resolutions._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": labels[kind],
            "res_model": "customer.complaint.resolution",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_complaint_id": self.id, "default_kind": kind},
        }

    def action_credit(self):
        """Open the proposal of a credit note. Public: button."""
        return self._open_resolution("credit")

    def action_return(self):
        """Open the proposal of a return. Public: button."""
        return self._open_resolution("return")

    def action_replace(self):
        """Open the proposal of a replacement. Public: button."""
        return self._open_resolution("replacement")

    def action_give_points(self):
        """Open the proposal of loyalty points. Public: button."""
        return self._open_resolution("points")

    def action_open_result(self):
        """Open the documents made for the complaint, with the user's rights. Public: button.

        The context says which: ``result`` is credit_note_ids, return_ids or replacement_ids.
        """
        self.ensure_one()
        self.check_access("read")
        name = self.env.context.get("result")
        name = name if name in RESULTS else RESULTS[0]
        documents = self[name]
        documents.check_access("read")
        action = {
            "type": "ir.actions.act_window",
            "name": self._fields[name]._description_string(self.env),
            "res_model": documents._name,
        }
        if len(documents) == 1:
            return {**action, "res_id": documents.id, "views": [(False, "form")]}
        domain = list(Domain("id", "in", documents.ids))
        return {**action, "domain": domain, "views": [(False, "list"), (False, "form")]}

    def action_open_customer_complaints(self):
        """Open all complaints of the customer. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.customer_id.action_open_complaints()
