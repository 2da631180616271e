from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_REVENUE


class CustomerAccountAim(models.Model):
    """Whether an aim was reached, and by its day: what counts is the first day it stood there."""

    _inherit = "customer.account.aim"

    reached_day = fields.Date(
        string="First reached on", readonly=True, copy=False, groups=GROUPS_REVENUE
    )

    def _get_state(self, value, today):
        """Return the state of an aim that stands at a value; of a closed plan, on its last day."""
        kept = self.sudo()
        day = kept.reached_day
        if day and (not self.date or day <= self.date):
            return "reached"
        if value is None:
            return "no_data"
        measured = kept.plan_id.end_date or today
        if value >= self.target:
            return "late" if self.date and (day or measured) > self.date else "reached"
        return "missed" if self.date and self.date < today else "on_way"

    # === WHAT IS KEPT ===

    @api.model
    def _follow_progress(self, company, scope):
        """Note which aims of refreshed customers stand at their target for the first time."""
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id
                     FROM customer_account_plan p
                     JOIN customer_account_aim a ON a.plan_id = p.id
                    WHERE p.company_id = %s AND p.state = 'open' AND a.reached_day IS NULL
                      AND %s""",
                company.id,
                scope.where_key(SQL("p.partner_id")),
            )
        )
        aims = self.browse([id_ for (id_,) in rows])
        if aims:
            aims._note_reached(aims._measure(), scope.today)

    def _note_reached(self, values, today):
        """Keep today as the day aims were first reached.

        :param dict values: aim -> what it stands at
        """
        for aim in self:
            value = values[aim]
            if not aim.reached_day and value is not None and value >= aim.target:
                aim.reached_day = today

    def _keep_start(self):
        today = {c: self.env["customer.profile"]._get_today(c) for c in self.company_id}
        values = self._measure()
        for aim, value in values.items():
            day = today[aim.company_id]
            aim.write({"start_value": value, "start_day": day, "reached_day": False})
            aim._note_reached(values, day)

    def _keep_target(self):
        """Look anew whether aims whose target has changed are reached."""
        values = self._measure()
        self.write({"reached_day": False})
        for aim in self:
            aim._note_reached(values, self.env["customer.profile"]._get_today(aim.company_id))

    def _keep_end(self):
        values = self._measure()
        for aim, value in values.items():
            aim.end_value = value
            aim._note_reached(values, self.env["customer.profile"]._get_today(aim.company_id))

    def _keep_readings(self, review):
        """Keep what is measured today with a review, all rights."""
        values = self._measure()
        self._note_reached(values, review.date)
        self.env["customer.account.reading"].create(
            [
                {
                    "review_id": review.id,
                    "aim_id": aim.id,
                    "measure": aim.measure,
                    "target": aim.target,
                    "value": value,
                    "progress": aim._get_progress(aim._get_start(), value),
                }
                for aim, value in values.items()
            ]
        )
