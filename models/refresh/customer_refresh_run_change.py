from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_refresh_run import NIGHTLY_CRON, UNFINISHED

# A change is large from more than a tenth of the customers, or a fifth of the purchase days.
CUSTOMERS_PER_CHANGE, OCCASIONS_PER_GROWTH = 10, 5
# Below these it is everyday work, however few customers there are.
MIN_CHANGED_CUSTOMERS, MIN_GROWN_OCCASIONS = 3, 5
# After a run so many times its duration passes before the next follows by itself.
REST_PER_RUN = 4
REASONS = ("change", "prediction", "request", "night")


class CustomerRefreshRun(models.Model):
    """Large changes: borders drawn for other customers mean nothing, so a run follows by itself.

    Every refresh of a queued customer notes since which run they changed
    (``customer_profile.py``), so that counting reads an index. Whoever finds that it is much
    inserts a request; runs are opened by the nightly job alone, which Odoo never runs twice.
    """

    _inherit = "customer.refresh.run"

    reason = fields.Selection(
        selection=[
            ("change", "Many customers changed"),
            ("prediction", "New prediction"),
            ("request", "Settings changed, or asked for"),
            ("night", "New day"),
        ],
        default="night",
        required=True,
        readonly=True,
    )
    start_datetime = fields.Datetime(string="Started", readonly=True)
    compared_count = fields.Integer(
        string="Customers compared", readonly=True, help="Customers who ever bought."
    )
    occasion_count = fields.Integer(
        string="Purchase days", readonly=True, help="Of all customers compared."
    )

    @api.model
    def _get_changed(self, companies):
        """Return the companies whose customers changed largely since their borders were drawn.

        More than a tenth of the customers, or of the purchase days more than a fifth; the reading
        stops there. Where nobody was compared yet, the first customer is a large change.
        """
        self.env.flush_all()
        borders = self._get_borders(companies)
        unmeasured = {key for key, (_run, compared, _days) in borders.items() if compared is None}
        counts = [
            self._get_moved_count_sql(company, *borders.get(company.id, (0, 0, 0)))
            for company in companies
            if company.id not in unmeasured
        ]
        rows = self.env.execute_query(SQL(" UNION ALL ").join(counts)) if counts else ()
        moved = {company for (company,) in rows}
        return companies.filtered(lambda company: company.id in moved | unmeasured)

    @api.model
    def _get_borders(self, companies):
        """Return company id -> (id, customers, purchase days) of the run its borders are of.

        Customers are ``None`` where that run did not count them.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (company_id) company_id, id, compared_count, occasion_count
                     FROM customer_refresh_run
                    WHERE company_id = ANY(%s) AND state IN ('scores', 'done')
                 ORDER BY company_id, date DESC, id DESC""",
                companies.ids,
            )
        )
        return {company: tuple(sizes) for company, *sizes in rows}

    @api.model
    def _get_moved_count_sql(self, company, run, compared, occasions):
        """Return the id of a company if its customers changed largely since a run, as SQL.

        The run is a constant: of a value it does not know PostgreSQL would expect as many rows as
        there are of the commonest, and read the whole table each time a contact is opened.
        """
        customers = max(compared // CUSTOMERS_PER_CHANGE + 1, MIN_CHANGED_CUSTOMERS)
        days = max((occasions or 0) // OCCASIONS_PER_GROWTH + 1, MIN_GROWN_OCCASIONS)
        return SQL(
            """(SELECT %(company)s AS company_id
                 FROM (SELECT COUNT(*) AS customers,
                              SUM(ABS(occasion_count - moved_occasion_count)) AS occasions
                         FROM (SELECT occasion_count, moved_occasion_count
                                 FROM customer_profile
                                WHERE company_id = %(company)s AND moved_run_id = %(run)s
                                LIMIT %(customers)s) AS one) AS moved
                WHERE moved.customers >= %(customers)s OR moved.occasions >= %(days)s)""",
            company=company.id,
            run=run,
            customers=customers if compared else 1,
            days=days if compared else 1,
        )

    @api.model
    def _get_changed_now(self, companies):
        """Return the largely changed companies for which a run may begin at once."""
        now = fields.Datetime.now()
        starts = self._get_starts(self._get_changed(companies))
        return companies.browse([company.id for company, start in starts.items() if start <= now])

    @api.model
    def _get_starts(self, companies):
        """Return company -> when the next run may follow by itself.

        Without those that have a run already, and those whose last run failed today: it would
        fail again.
        """
        busy = self.sudo().search(
            [("company_id", "in", companies.ids), ("state", "in", UNFINISHED)]
        )
        starts = {}
        for company in companies - busy.company_id:
            last = self.sudo().search([("company_id", "=", company.id)], order="id desc", limit=1)
            if last.state == "failed":
                if last.date < self.env["customer.profile"]._get_today(company):
                    starts[company] = fields.Datetime.now()
                continue
            starts[company] = last._get_rest_end()
        return starts

    def _get_rest_end(self):
        """Return until when this run keeps the next one from following by itself."""
        now = fields.Datetime.now()
        if not self.start_datetime or not self.end_datetime or self.end_datetime > now:
            return now
        duration = max(self.end_datetime - self.start_datetime, timedelta())
        return self.end_datetime + REST_PER_RUN * duration

    @api.model
    def _follow_changes(self, companies):
        """Ask for a run of the companies that changed largely, or have it asked for later.

        Only inserts, and waits for nobody. Two workers may ask for the same: one run is opened.
        """
        now = fields.Datetime.now()
        for company, start in self._get_starts(self._get_changed(companies)).items():
            if start <= now:
                self._request(company, "change")
            else:
                self._wake_at(start)

    def _follow_late_changes(self):
        """Ask for the next run when much changed while this one was going on.

        Besides what was noted against its borders: what was committed just after they were
        drawn, and noted against those before.
        """
        self.ensure_one()
        size = self._measure_size()
        grown = size["occasion_count"] - self.occasion_count
        more = size["compared_count"] - self.compared_count
        if (
            abs(more) >= max(self.compared_count / CUSTOMERS_PER_CHANGE, MIN_CHANGED_CUSTOMERS)
            or abs(grown) >= max(self.occasion_count / OCCASIONS_PER_GROWTH, MIN_GROWN_OCCASIONS)
            or (more and not self.compared_count)
        ):
            self._request(self.company_id, "change")
        else:
            self._follow_changes(self.company_id)

    @api.model
    def _wake_at(self, moment):
        """Let the nightly job look again at a moment; once, however many ask for it."""
        cron = self.env.ref(NIGHTLY_CRON)
        triggers = self.env["ir.cron.trigger"].sudo()
        if not triggers.search_count(
            [("cron_id", "=", cron.id), ("call_at", "=", moment)], limit=1
        ):
            cron._trigger(at=moment)

    def _measure_size(self):
        """Return how many customers of the company ever bought, and on how many days."""
        self.ensure_one()
        [(customers, occasions)] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COALESCE(SUM(occasion_count), 0)
                     FROM customer_profile
                    WHERE company_id = %s AND occasion_count > 0""",
                self.company_id.id,
            )
        )
        return {"compared_count": customers, "occasion_count": occasions}

    def _get_reasons(self, companies):
        """Return company -> the reason of its next run, which takes over these unfinished ones."""
        changed = self._get_changed(companies)
        reasons = {}
        for company in companies:
            given = {run.reason for run in self if run.company_id == company}
            given |= {"change"} if company in changed else set()
            reasons[company] = next((reason for reason in REASONS if reason in given), "night")
        return reasons

    @api.model
    def _is_computing(self, company):
        """Tell whether the borders of a company's customers are being drawn anew.

        Because many changed, or for the first time: until then what compares customers with
        each other is not shown.
        """
        changed = self._get_changed(company)
        runs = self.sudo().search([("company_id", "=", company.id), ("state", "in", UNFINISHED)])
        if not runs:
            return bool(self._get_starts(changed))
        is_first = self._get_border_run(company).state != "done"
        return is_first or bool(changed) or "change" in runs.mapped("reason")
