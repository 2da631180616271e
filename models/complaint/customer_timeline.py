from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.Model):
    """Complaints, for those who may read them, and what is written on them."""

    _inherit = "customer.timeline"

    kind = fields.Selection(selection_add=[("complaint", "Complaint"), ("other",)])

    @api.model
    def _get_timeline_branches(self):
        return super()._get_timeline_branches() | {
            "complaint": (16, self._get_timeline_complaints),
        }

    @api.model
    def _get_timeline_holders(self):
        return super()._get_timeline_holders() | {
            "customer.complaint": ("name", "user_id", self._get_timeline_complaint_sources),
        }

    @api.model
    def _get_timeline_complaint_sources(self):
        return [
            self._get_timeline_source(
                "customer.complaint", "partner_id", Domain.TRUE, "customer_id"
            )
        ]

    def _get_timeline_complaints(self, number):
        (source,) = self._get_timeline_complaint_sources()
        if not source:
            return []
        query = source.query
        stage = query.left_join(
            query.table, "stage_id", "customer_complaint_stage", "id", "timeline_stage"
        )
        names = self._get_timeline_columns(
            source, date="open_date", number="name", subject="subject"
        )
        columns = self._get_timeline_columns(source, user_id="user_id", company_id="company_id")
        columns |= {
            "date": SQL("date_trunc('second', %s)", names["date"]),
            "kind": SQL("'complaint'"),
            "direction": SQL("'in'"),
            "channel": SQL("'other'"),
            "subject": SQL("concat_ws(' · ', %s, %s)", names["number"], names["subject"]),
            "status": self.env["customer.complaint.stage"]._field_to_sql(stage, "name"),
        }
        return [self._select_timeline(number, source, columns)]
