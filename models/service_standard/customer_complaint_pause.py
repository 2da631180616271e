from odoo import fields, models


class CustomerComplaintPause(models.Model):
    """A time in which a complaint waited for the customer: its deadlines stood still."""

    _name = "customer.complaint.pause"
    _description = "Pause of a Complaint"
    _inherit = "customer.date.bounds.mixin"
    _order = "start_date, id"
    _rec_name = "complaint_id"

    complaint_id = fields.Many2one(
        comodel_name="customer.complaint",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    start_date = fields.Datetime(required=True, readonly=True)
    end_date = fields.Datetime(readonly=True)

    _open_uniq = models.UniqueIndex(
        "(complaint_id) WHERE end_date IS NULL", "A complaint waits for the customer once."
    )
    _order_check = models.Constraint(
        "CHECK(end_date IS NULL OR end_date >= start_date)", "A pause ends after its start."
    )
