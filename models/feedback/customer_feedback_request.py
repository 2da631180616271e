from odoo import api, fields, models

from .customer_feedback import FEEDBACK_KINDS
from .customer_feedback_rule import CAUSES

STATES = [
    ("queued", "To send"),
    ("sent", "Asked"),
    ("answered", "Answered"),
    ("declined", "Does not want to be asked"),
    ("expired", "Not answered"),
    ("skipped", "Not asked"),
    ("failed", "Failed"),
]
SKIP_REASONS = [
    ("sampled_out", "Not in the share asked"),
    ("quiet", "Asked shortly before"),
    ("opt_out", "Does not want to be asked"),
    ("blacklisted", "E-mail address on the blacklist"),
    ("no_email", "No e-mail address"),
    ("archived", "Contact is archived"),
]


class CustomerFeedbackRequest(models.Model):
    """Queue and journal of asking: one row per document that could be asked about.

    Business transactions write nothing here: the cron finds finished documents by itself
    (``customer_feedback_request_collect``), decides, and sends through the mail queue
    (``customer_feedback_request_send``). Of the tokens only hashes are kept.
    """

    _name = "customer.feedback.request"
    _description = "Request for Feedback"
    _inherit = "customer.export.safe"
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    cause = fields.Selection(selection=CAUSES, required=True, readonly=True)
    kind = fields.Selection(
        selection=FEEDBACK_KINDS, string="Question", required=True, readonly=True
    )
    state = fields.Selection(
        selection=STATES, required=True, default="queued", readonly=True, index=True
    )
    skip_reason = fields.Selection(selection=SKIP_REASONS, string="Why not", readonly=True)
    error = fields.Text(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="cascade",
        index=True,
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", readonly=True)
    event_date = fields.Datetime(string="Event", readonly=True)
    sent_date = fields.Datetime(string="Asked on", readonly=True)
    reminder_days = fields.Integer(readonly=True)
    reminder_date = fields.Datetime(string="Reminded on", readonly=True)
    valid_days = fields.Integer(readonly=True, default=30)
    expires_date = fields.Datetime(string="Valid until", readonly=True)
    token_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    reminder_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    feedback_ids = fields.One2many(
        string="Answer", comodel_name="customer.feedback", inverse_name="request_id"
    )

    _document_uniq = models.Constraint(
        "UNIQUE(cause, res_model, res_id)", "Each document is asked about once."
    )
    _token_uniq = models.Constraint("UNIQUE(token_hash)", "A token belongs to one request.")
    _reminder_uniq = models.Constraint("UNIQUE(reminder_hash)", "A token belongs to one request.")
    _recent_idx = models.Index("(company_id, customer_id, sent_date) WHERE sent_date IS NOT NULL")

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for request in self:
            request.customer_id = request.partner_id.commercial_partner_id

    def action_retry(self):
        """Send failed requests again. Public: button.

        :raise AccessError: for users who may not change requests
        """
        self.check_access("write")
        failed = self.filtered(lambda request: request.state == "failed")
        failed.sudo().write({"state": "queued", "error": False})
        self._wake_worker()
        return True
