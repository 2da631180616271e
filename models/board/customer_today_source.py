from odoo import api, fields, models
from odoo.tools import SQL

from ..calendar.reader_date import write_day

# What hangs on it if a customer is left alone with it, as a share of the profit expected of the
# next 12 months: our assumption, until the plays of a company have been measured.
SHARES = {
    "complaint_late": 0.3,
    "complaint": 0.2,
    "waiting": 0.2,
    "low_feedback": 0.2,
    "delivery_late": 0.1,
    "play_step": 0.1,
    "account_review": 0.05,
}
# Whoever has been spoken to this lately is not asked the same again.
QUIET_DAYS = {"slipping": 30, "due_purchase": 14}
# A purchase is talked about this many days before and after it is expected.
DUE_DAYS = 7


class CustomerToday(models.AbstractModel):
    """The reasons to contact a customer today: each a set-wise query of its own."""

    _inherit = "customer.today"

    @api.model
    def _get_today_sources(self):
        """Return kind of reason -> (label, query, sentence), the most urgent kind first.

        The query is a method from ``Scope`` to an SQL SELECT with the columns ``partner_id``,
        ``stake`` (company currency), ``day`` and ``user_id`` (who is responsible; NULL: the
        salesperson). It may read ``worth``: the profiles of the company with ``worth``, the
        profit expected of the next 12 months. The sentence is a method from the day to a text.

        :rtype: dict[str, tuple]
        """
        return {
            "complaint_late": (
                self.env._("Deadline missed"),
                self._get_late_complaint_sql,
                lambda day: self.env._("A complaint should have been dealt with by %s.", day),
            ),
            "waiting": (
                self.env._("Waits for an answer"),
                self._get_waiting_sql,
                lambda day: self.env._("Has been waiting for an answer since %s.", day),
            ),
            "delivery_late": (
                self.env._("Delivery late"),
                self._get_late_delivery_sql,
                lambda day: self.env._(
                    "A delivery promised for %s has not been finished yet.", day
                ),
            ),
            "low_feedback": (
                self.env._("Low answer"),
                self._get_low_feedback_sql,
                lambda day: self.env._("Was not satisfied on %s and has heard nothing since.", day),
            ),
            "complaint": (
                self.env._("Open complaint"),
                self._get_complaint_sql,
                lambda day: self.env._("Complained on %s; the complaint is still open.", day),
            ),
            **self._get_own_sources(),
        }

    @api.model
    def _get_own_sources(self):
        """Return the sources of what no customer has asked for; see above."""
        return {
            "slipping": (
                self.env._("May be leaving"),
                self._get_slipping_sql,
                lambda day: self.env._(
                    "Last bought on %s, is slipping away and worth keeping.", day
                ),
            ),
            "due_purchase": (
                self.env._("Purchase due"),
                self._get_due_purchase_sql,
                lambda day: self.env._("Is likely to buy around %s.", day),
            ),
            "play_step": (
                self.env._("Call of a play"),
                self._get_play_step_sql,
                lambda day: self.env._("A play planned a call for %s; its result is missing.", day),
            ),
            "account_review": (
                self.env._("Account review due"),
                self._get_account_review_sql,
                lambda day: self.env._("The account plan was to be reviewed by %s.", day),
            ),
            "contact_due": (
                self.env._("Contact due"),
                self._get_contact_due_sql,
                lambda day: self.env._("Should have heard from us by %s.", day),
            ),
        }

    @api.model
    def _get_today_reason(self, source, day):
        """Return the sentence of a source for a day, in the user's language."""
        return source[2](write_day(self.env, day) if day else "–")

    @api.model
    def _get_share_sql(self, kind):
        return SQL("w.worth * %s", SHARES[kind])

    @api.model
    def _get_uplift_sql(self):
        """Return the share of customers at risk whom a contact keeps, 0 to 1."""
        company = self.env.company.sudo()
        return SQL("%s", company.customer_retention_contact_uplift_percent / 100)

    @api.model
    def _get_quiet_sql(self, kind, scope):
        since = fields.Date.subtract(scope.today, days=QUIET_DAYS[kind])
        return SQL("(w.last_interaction_date IS NULL OR w.last_interaction_date <= %s)", since)

    # === WHAT A CUSTOMER WAITS FOR ===

    @api.model
    def _get_complaints_sql(self, scope, kind, day, condition):
        return SQL(
            """SELECT c.customer_id AS partner_id, %(stake)s AS stake, %(day)s AS day, c.user_id
                 FROM customer_complaint c
                 JOIN customer_complaint_stage s ON s.id = c.stage_id
                 JOIN worth w ON w.partner_id = c.customer_id
                WHERE NOT COALESCE(s.is_solved, FALSE) AND NOT COALESCE(s.is_waiting, FALSE)
                  AND %(companies)s AND %(condition)s""",
            stake=self._get_share_sql(kind),
            day=scope.local_day(day),
            companies=scope.where_company(SQL("c.company_id")),
            condition=condition,
        )

    @api.model
    def _get_late_complaint_sql(self, scope):
        """Open complaints whose deadline is past."""
        late = SQL("c.deadline_date < %s", fields.Datetime.now())
        return self._get_complaints_sql(scope, "complaint_late", SQL("c.deadline_date"), late)

    @api.model
    def _get_complaint_sql(self, scope):
        """Open complaints that wait for us, within their deadline or without one."""
        early = SQL("(c.deadline_date IS NULL OR c.deadline_date >= %s)", fields.Datetime.now())
        return self._get_complaints_sql(scope, "complaint", SQL("c.open_date"), early)

    @api.model
    def _get_waiting_sql(self, scope):
        """Interactions whose customer waits for an answer."""
        return SQL(
            """SELECT i.customer_id AS partner_id, %(stake)s AS stake, %(day)s AS day, i.user_id
                 FROM customer_interaction i
                 JOIN worth w ON w.partner_id = i.customer_id
                WHERE i.needs_answer AND i.answered_date IS NULL AND %(companies)s""",
            stake=self._get_share_sql("waiting"),
            day=scope.local_day(SQL("i.date")),
            companies=scope.where_company(SQL("i.company_id")),
        )

    @api.model
    def _get_low_feedback_sql(self, scope):
        """Low answers nobody has reacted to."""
        return SQL(
            """SELECT f.customer_id AS partner_id, %(stake)s AS stake, %(day)s AS day,
                      f.responsible_id AS user_id
                 FROM customer_feedback f
                 JOIN worth w ON w.partner_id = f.customer_id
                WHERE f.is_low AND f.loop_state = 'open' AND NOT COALESCE(f.is_void, FALSE)
                  AND %(companies)s""",
            stake=self._get_share_sql("low_feedback"),
            day=scope.local_day(SQL("f.date")),
            companies=scope.where_company(SQL("f.company_id")),
        )

    @api.model
    def _get_late_delivery_sql(self, scope):
        """Orders with goods on their way to the customer that were promised for an earlier day.

        Open orders are rarely invoiced, so the name on the order says whose it is.
        """
        deadline = scope.local_day(SQL("m.date_deadline"))
        return SQL(
            """SELECT w.partner_id, %(stake)s AS stake, MIN(%(day)s) AS day, so.user_id
                 FROM stock_move m
                 JOIN stock_location d ON d.id = m.location_dest_id AND d.usage = 'customer'
                 JOIN sale_order_line l ON l.id = m.sale_line_id
                 JOIN sale_order so ON so.id = l.order_id AND so.state = 'sale'
                 JOIN res_partner p ON p.id = COALESCE(so.customer_moved_from_id, so.partner_id)
                 JOIN worth w ON w.partner_id = p.commercial_partner_id
                WHERE m.state NOT IN ('draft', 'done', 'cancel')
                  AND %(day)s + %(tolerance)s < %(today)s AND %(companies)s
             GROUP BY w.partner_id, w.worth, so.id, so.user_id""",
            stake=self._get_share_sql("delivery_late"),
            day=deadline,
            tolerance=scope.delivery_tolerance_days,
            today=scope.today,
            companies=scope.where_company(SQL("so.company_id")),
        )

    # === WHAT WE CAN CHANGE ===

    @api.model
    def _get_slipping_sql(self, scope):
        """Customers at risk who are worth a contact or an offer: what it is expected to bring."""
        return SQL(
            """SELECT w.partner_id, w.retention_gain AS stake, w.last_occasion_date AS day,
                      NULL::int AS user_id
                 FROM worth w
                WHERE w.retention_verdict IN ('contact', 'offer') AND w.retention_gain > 0
                  AND %s""",
            self._get_quiet_sql("slipping", scope),
        )

    @api.model
    def _get_due_purchase_sql(self, scope):
        """Customers expected to buy about now: the profit of one purchase × a contact's chance."""
        return SQL(
            """SELECT w.partner_id,
                      w.worth / GREATEST(w.expected_purchases, 1) * %(uplift)s AS stake,
                      w.next_purchase_date AS day, NULL::int AS user_id
                 FROM worth w
                WHERE w.next_purchase_date BETWEEN %(first)s AND %(last)s AND %(quiet)s""",
            uplift=self._get_uplift_sql(),
            first=fields.Date.subtract(scope.today, days=DUE_DAYS),
            last=fields.Date.add(scope.today, days=DUE_DAYS),
            quiet=self._get_quiet_sql("due_purchase", scope),
        )

    @api.model
    def _get_contact_due_sql(self, scope):
        """Customers whose contact policy is overdue: value at risk × a contact's chance."""
        due = self.env["customer.profile"]._get_contact_due_sql("w")
        return SQL(
            """SELECT w.partner_id, COALESCE(w.value_at_risk, w.worth) * %(uplift)s AS stake,
                      %(due)s AS day, NULL::int AS user_id
                 FROM worth w
                WHERE %(due)s <= %(today)s""",
            uplift=self._get_uplift_sql(),
            due=due,
            today=scope.today,
        )

    @api.model
    def _get_play_step_sql(self, scope):
        """Calls of running plays without a result; nobody has been in touch since they were due."""
        return SQL(
            """SELECT a.partner_id, %(stake)s AS stake, a.due_date AS day, a.user_id
                 FROM customer_play_action a
                 JOIN customer_play p ON p.id = a.play_id AND p.state = 'running'
                 JOIN customer_play_member m ON m.id = a.member_id AND m.state <> 'left'
                 JOIN worth w ON w.partner_id = a.partner_id
                WHERE a.kind = 'activity' AND a.state = 'done' AND a.result IS NULL
                  AND a.due_date <= %(today)s AND a.company_id = %(company)s
                  AND (w.last_interaction_date IS NULL OR w.last_interaction_date < a.due_date)""",
            stake=self._get_share_sql("play_step"),
            today=scope.today,
            company=scope.company_id,
        )

    @api.model
    def _get_account_review_sql(self, scope):
        """Open account plans whose review is due; whoever is responsible for the plan."""
        return SQL(
            """SELECT p.partner_id, %(stake)s AS stake, p.review_date AS day, p.user_id
                 FROM customer_account_plan p
                 JOIN worth w ON w.partner_id = p.partner_id
                WHERE p.state = 'open' AND p.review_date <= %(today)s
                  AND p.company_id = %(company)s""",
            stake=self._get_share_sql("account_review"),
            today=scope.today,
            company=scope.company_id,
        )
