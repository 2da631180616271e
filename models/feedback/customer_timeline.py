from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.Model):
    """Answers of customers; Odoo's own ratings are there already."""

    _inherit = "customer.timeline"

    kind = fields.Selection(
        selection_add=[("feedback", "Feedback")], ondelete={"feedback": "cascade"}
    )

    @api.model
    def _get_timeline_branches(self):
        return super()._get_timeline_branches() | {"feedback": (15, self._get_timeline_feedback)}

    def _get_timeline_feedback(self, number):
        source = self._get_timeline_source(
            "customer.feedback",
            "partner_id",
            Domain("source", "!=", "rating"),
            customer_name="customer_id",
        )
        if not source:
            return []
        columns = self._get_timeline_columns(
            source, date="date", user_id="user_id", company_id="company_id"
        )
        names = self._get_timeline_columns(
            source, rating="rating", nps="nps", gap="gap", void="is_void", origin="source"
        )
        labels = self._get_timeline_labels(source, "loop_state")
        columns |= {
            "kind": SQL("'feedback'"),
            "direction": SQL("'in'"),
            "channel": SQL(
                "CASE WHEN %s = 'agent' THEN 'phone' ELSE 'website' END", names["origin"]
            ),
            "subject": SQL(
                "COALESCE(%s || ' / 5', %s || ' / 10', to_char(%s, 'S0.00'))",
                names["rating"],
                names["nps"],
                names["gap"],
            ),
            "status": SQL(
                "CASE WHEN %s THEN %s ELSE %s END", names["void"], self.env._("Void"), labels
            ),
        }
        return [self._select_timeline(number, source, columns)]

    @api.model
    def _get_timeline_previews(self):
        return super()._get_timeline_previews() | {"feedback": ("customer.feedback", "comment")}

    @api.model
    def _get_timeline_rating_columns(self, source):
        """Say who recorded a rating no customer gave."""
        columns = super()._get_timeline_rating_columns(source)
        names = self._get_timeline_columns(
            source, mark="customer_recorded", user="customer_recorded_by_id"
        )
        status = SQL(
            "CASE WHEN %s IS NULL THEN %s ELSE %s END",
            names["mark"],
            columns["status"],
            self._get_timeline_labels(source, "customer_recorded"),
        )
        return columns | {"status": status, "user_id": names["user"]}
