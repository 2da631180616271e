from odoo import SUPERUSER_ID, api, fields, models

from ..base.access import GROUPS_EMPLOYEES
from .customer_feedback_answer import CRON

ANSWER = frozenset({"rating", "feedback", "consumed", "rated_on"})
# Whose answer it is, about what and whom, and who can give it.
IDENTITY = frozenset(
    {
        *("partner_id", "rated_partner_id", "res_model_id", "res_model", "res_id"),
        *("parent_res_model_id", "parent_res_model", "parent_res_id", "access_token"),
    }
)
MARKS = ("customer_recorded", "customer_recorded_by_id")


class RatingRating(models.Model):
    """Tells what customers answer from what one of us writes into their place.

    Every employee may create and change ratings in Odoo, and open the links customers get.
    Customers answer as nobody, or as portal users; the system writes as superuser.
    """

    _inherit = "rating.rating"

    customer_recorded = fields.Selection(
        selection=[("answer", "Answered by one of us"), ("made", "Made by one of us")],
        string="Not by the customer",
        readonly=True,
        copy=False,
        groups=GROUPS_EMPLOYEES,
        help="Does not count as the customer's answer. One that was made, or led to another "
        "customer, by hand stays so; one that was answered counts when the customer answers.",
    )
    customer_recorded_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Recorded by",
        readonly=True,
        copy=False,
        groups=GROUPS_EMPLOYEES,
        ondelete="set null",
    )

    # The timeline finds the answers of a customer through their contacts.
    _partner_idx = models.Index("(partner_id) WHERE consumed IS TRUE")

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._without_marks(vals) for vals in vals_list]
        for vals in vals_list:
            if self._is_by_us():
                is_answer = vals.get("consumed") or vals.get("rating")
                self._mark(vals, not self.env.su and "made", is_answer and "answer")
        ratings = super().create(vals_list)
        if any(ratings.mapped("consumed")):
            self._wake_feedback()
        return ratings

    def write(self, vals):
        vals = self._without_marks(vals)
        is_answer = not ANSWER.isdisjoint(vals)
        is_made = not self.env.su and not IDENTITY.isdisjoint(vals)
        if not self._is_by_us():
            result = super().write(vals)
            answered = self.filtered(lambda rating: rating.sudo().customer_recorded == "answer")
            if is_answer and answered:
                super(RatingRating, answered).write(dict.fromkeys(MARKS, False))
        elif is_answer or is_made:
            self.env["customer.feedback"]._take_in_ratings(self)
            made = self.filtered(lambda rating: rating.sudo().customer_recorded == "made")
            result = super(RatingRating, made).write(self._mark(dict(vals), "made"))
            others = self._mark(dict(vals), is_made and "made", "answer")
            result = super(RatingRating, self - made).write(others) and result
        else:
            result = super().write(vals)
        if not {"consumed", "rating", "feedback", "partner_id"}.isdisjoint(vals):
            self._wake_feedback()
        return result

    def reset(self):
        """Let the customer answer anew; the answer given stays until then."""
        self.check_access("write")
        return super(RatingRating, self.sudo()).reset()

    @api.model
    def _is_by_us(self):
        """Whether one of us writes: neither a customer nor the system."""
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

    @api.model
    def _without_marks(self, vals):
        """Return values without what only this model writes."""
        return {name: value for name, value in vals.items() if name not in MARKS}

    @api.model
    def _mark(self, vals, *marks):
        """Add the first of the marks there is, and who the user is, to values; return them."""
        if mark := next(filter(None, marks), None):
            vals |= {"customer_recorded": mark, "customer_recorded_by_id": self.env.uid}
        return vals

    @api.model
    def _wake_feedback(self):
        """Have the new rating read as an answer soon; giving it waits for nothing."""
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron.sudo()._trigger()
