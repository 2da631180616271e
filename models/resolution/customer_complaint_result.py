from odoo import api, models

from ..guard.transaction_notes import shielded, watched


class CustomerComplaintResultMixin(models.AbstractModel):
    """Documents made for complaints, which tell them when they are made, cancelled or deleted.

    A fault in that never stops who posts, delivers or cancels them.
    """

    _name = "customer.complaint.result.mixin"
    _description = "Document Made for a Complaint"

    def unlink(self):
        lost = self._get_lost_results()
        result = super().unlink()
        self._tell_lost_results(lost)
        return result

    def _find_result_complaints(self):
        """Return the complaints the documents were made for: one query, whatever their number."""
        return self.env["customer.complaint"]

    def _follow_made(self):
        """Let the complaints take note of what has just been made for them."""
        complaints = self.env["customer.complaint"]
        with watched(self.env, "Following what was made for complaints"):
            complaints = self._find_result_complaints()
        if complaints:
            with shielded(self.env, "Following what was made for complaints"):
                complaints._follow_results()

    def _get_lost_results(self):
        """Return (complaints, name) of each document that was made for some."""
        with watched(self.env, "Telling complaints of what was cancelled"):
            if self._find_result_complaints():
                return [(record._find_result_complaints(), record.display_name) for record in self]
        return []

    @api.model
    def _tell_lost_results(self, lost):
        """Tell complaints that they get nothing of what was made for them."""
        if not lost:
            return
        with shielded(self.env, "Telling complaints of what was cancelled"):
            for complaints, name in lost:
                complaints._note_lost(name)
                complaints._follow_results()
