from odoo import api, models


class CustomerComplaintResultMixin(models.AbstractModel):
    """Documents made for complaints, which tell them when they are made, cancelled or deleted."""

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

    def _get_lost_results(self):
        """Return (complaints, name) of each document that was made for some."""
        if not self._find_result_complaints():
            return []
        return [(document._find_result_complaints(), document.display_name) for document in self]

    @api.model
    def _tell_lost_results(self, lost):
        """Tell complaints that they get nothing of what was made for them."""
        for complaints, name in lost:
            complaints._note_lost(name)
            complaints._follow_results()
