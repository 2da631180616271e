from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_account_plan import RESULTS, REVIEW_DAYS


class CustomerAccountReviewMake(models.TransientModel):
    """Record a review of an account plan; the last one closes it."""

    _name = "customer.account.review.make"
    _description = "Review an Account Plan"
    _inherit = ["customer.gate.mixin", "customer.date.bounds.mixin"]

    plan_id = fields.Many2one(
        comodel_name="customer.account.plan", required=True, ondelete="cascade"
    )
    is_closing = fields.Boolean()
    note = fields.Text(string="What was said and decided", required=True)
    next_date = fields.Date(string="Next review", default=lambda self: self._default_next_date())
    result = fields.Selection(selection=RESULTS)

    @api.model
    def _default_next_date(self):
        return self.env["customer.account.plan"]._default_day(REVIEW_DAYS)

    def action_save(self):
        """Keep the review, and close the plan if asked to. Public: button.

        :raise AccessError: for users who may not change the plan
        :raise UserError: a closed plan, no result, or a next review that is not to come
        """
        self.ensure_one()
        self.plan_id.check_access("write")
        self.plan_id._check_open()
        today = self.env["customer.profile"]._get_today(self.plan_id.company_id)
        if self.is_closing and not self.result:
            raise UserError(self.env._("Say what has become of the plan: choose a result."))
        if not self.is_closing and (not self.next_date or self.next_date <= today):
            raise UserError(self.env._("Choose a day from tomorrow on for the next review."))
        self.plan_id._record_review(
            self.note, self.next_date, self.result if self.is_closing else None
        )
        return {"type": "ir.actions.act_window_close"}
