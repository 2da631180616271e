import logging
from collections import Counter
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.standing import CompanyGaps, Cutoffs, get_weighted_quantiles

_logger = logging.getLogger(__name__)

KEPT_DAYS = 60
UNFINISHED = ("requested", "facts", "scores")
NIGHTLY_CRON = "customer_value.ir_cron_customer_value_nightly"
# Odoo runs a cron on one worker at a time: each of these is one worker more.
CRONS = (
    NIGHTLY_CRON,
    "customer_value.ir_cron_customer_value_nightly_2",
)


class CustomerRefreshRun(models.Model):
    """One full refresh of a company: facts of every range, cutoffs, scores of every range.

    The cutoffs of the last run are what event refreshes place single customers against.
    """

    _name = "customer.refresh.run"
    _is_guarded = True
    _description = "Full Customer Refresh"
    _inherit = "customer.date.bounds.mixin"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    date = fields.Date(required=True, readonly=True, help="The day the measures are taken for.")
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("facts", "Reading documents"),
            ("scores", "Scoring"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="facts",
        required=True,
        readonly=True,
    )
    end_datetime = fields.Datetime(string="Finished", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    changed_count = fields.Integer(string="Profiles changed", readonly=True)
    failed_count = fields.Integer(string="Customers failed", readonly=True)
    error = fields.Text(readonly=True, help="Why the run could not be completed.")
    cutoffs = fields.Json(readonly=True, groups="base.group_system")
    range_ids = fields.One2many(comodel_name="customer.refresh.range", inverse_name="run_id")

    @api.model
    def _get_border_run(self, company):
        """Return the run whose borders are in use: the last that got so far; empty before it."""
        return self.sudo().search(
            [("company_id", "=", company.id), ("state", "in", ("scores", "done"))], limit=1
        )

    def _read_cutoffs(self):
        """Return the cutoffs of a run; ``None`` without one, or if there was nobody to compare."""
        return Cutoffs.from_json(self.cutoffs) if self.compared_count else None

    @api.model
    def _request(self, companies, reason="request"):
        """Ask for a full refresh of companies: only inserts, and waits for no worker.

        :param reason: a value of the field
        """
        profiles = self.env["customer.profile"]
        self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "date": profiles._get_today(company),
                    "state": "requested",
                    "reason": reason,
                }
                for company in companies
            ]
        )
        self._wake_workers()

    @api.model
    def _wake_workers(self):
        """Let the crons that share the work run, soon."""
        for cron in CRONS:
            self.env.ref(cron)._trigger()

    @api.model
    def _open(self, companies):
        """Start a full refresh of companies; an unfinished older one is given up."""
        self.env["customer.refresh.queue"]._work_off()
        runs = self.sudo()
        unfinished = runs.search([("company_id", "in", companies.ids), ("state", "in", UNFINISHED)])
        reasons = unfinished._get_reasons(companies)
        unfinished.unlink()
        for company in companies:
            run = runs.create(
                {
                    "company_id": company.id,
                    "date": self.env["customer.profile"]._get_today(company),
                    "start_datetime": fields.Datetime.now(),
                    "reason": reasons[company],
                }
            )
            run.customer_count = run.range_ids._create_for(run)

    @api.model
    def _cron_nightly(self):
        """Open a run for every company that has none for today, then work on open runs.

        Runs every hour, so that a company's day begins soon after its own midnight.
        """
        try:
            opened = self._open_due()
        except psycopg2.OperationalError as error:
            _logger.info("Full refresh postponed: %s", error)
            self.env.cr.rollback()
            opened = True
        if opened:
            self._wake_workers()
        self.env["ir.cron"]._commit_progress(remaining=self._count_steps())
        self._cron_continue()

    @api.model
    def _open_due(self):
        """Open runs where one was requested, or many customers changed, or a new day has begun.

        :return: the companies
        """
        runs = self.sudo()
        requested = runs.search([("state", "=", "requested")]).company_id
        last = dict(runs._read_group([("state", "!=", "requested")], ["company_id"], ["date:max"]))
        profiles = self.env["customer.profile"]
        companies = self.env["res.company"].sudo().search([])
        changed = runs._get_changed_now(companies)
        due = companies.filtered(
            lambda company: (
                company in requested | changed or last.get(company) != profiles._get_today(company)
            )
        )
        self._open(due)
        return due

    @api.model
    def _cron_continue(self):
        """Work on open runs, range by range, until the time of this cron slice is over."""
        while True:
            try:
                done = self._step()
            except psycopg2.OperationalError as error:
                _logger.info("Full refresh postponed: %s", error)
                self.env.cr.rollback()
                done = 0
            remaining = self._count_steps()
            time_left = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            if not remaining:
                return
            if not done or not time_left:
                self._wake_workers()
                return

    @api.model
    def _count_steps(self):
        open_runs = self.sudo().search_count([("state", "in", UNFINISHED)])
        ranges = self.env["customer.refresh.range"].sudo().search_count([("done", "=", False)])
        return open_runs + ranges

    @api.model
    def _step(self):
        """Do one range, or move one run whose ranges are finished on to its next state.

        :return: 1 when something was done, 0 when other workers hold everything
        """
        ranges = self.env["customer.refresh.range"].sudo()
        waiting = ranges.search([("done", "=", False)], order="id", limit=4)
        if step := waiting.try_lock_for_update(limit=1):
            step.run_id._try(step._process)
            return 1
        runs = self.sudo().search(
            [
                ("state", "in", ("facts", "scores")),
                ("range_ids", "not any", [("done", "=", False)]),
            ]
        )
        for run in runs.try_lock_for_update(limit=1, allow_referencing=True):
            run._try(run._advance)
            return 1
        return 0

    def _try(self, work):
        """Do a piece of work of this run; if it fails for good, give up this run, not the others.

        :raise psycopg2.OperationalError: on a conflict with another transaction; retry later
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                work()
        except psycopg2.errors.QueryCanceled as error:
            self._fail(error)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            self._fail(error)

    def _fail(self, error):
        """Record why a run was given up, where administrators look."""
        _logger.error("Customer Value: the full refresh of %s failed", self.company_id.name)
        self.env.invalidate_all()
        self.range_ids.unlink()
        self.write({"state": "failed", "error": f"{type(error).__name__}: {error}"})

    def _advance(self):
        """Go from facts to scores, or from scores to done."""
        self.ensure_one()
        for name in ("changed_count", "failed_count"):
            self[name] += sum(self.range_ids.mapped(name))
        if self.state == "facts":
            self._update_statistics()
            self.write({"cutoffs": self._measure().to_json(), **self._measure_size()})
        self.range_ids.unlink()
        if self.state == "facts":
            self.state = "scores"
            self.range_ids._create_for(self)
            return
        self.write({"state": "done", "end_datetime": fields.Datetime.now()})
        self.env["customer.profile.snapshot"]._take_due(self.company_id, self.date)
        self._follow_late_changes()
        _logger.info(
            "Customer Value: %s customers of %s refreshed, %s profiles changed, %s failed",
            self.customer_count,
            self.company_id.name,
            self.changed_count,
            self.failed_count,
        )

    @api.model
    def _get_written_tables(self):
        """Return the names of the tables a run writes rows of many customers to."""
        return ["customer_profile"]

    @api.model
    def _update_statistics(self):
        """Tell the planner of tables a run has just filled: it would take them for empty.

        PostgreSQL does so by itself some minutes later, where it is allowed to.
        """
        grown = self.env.execute_query(
            SQL(
                """SELECT relname FROM pg_class
                    WHERE relname = ANY(%s) AND relkind = 'r' AND pg_table_is_visible(oid)
                      AND pg_stat_get_mod_since_analyze(oid) > 1000 + 0.2 * reltuples""",
                self._get_written_tables(),
            )
        )
        self.env.cr.execute(SQL("SET LOCAL default_statistics_target = 30"))
        for (table,) in grown:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _measure(self):
        """Return the cutoffs of the company's customers that ever bought."""
        self.ensure_one()
        return Cutoffs.from_populations(
            recency=self._get_population(SQL("last_occasion_date - DATE '0001-01-01' + 1")),
            frequency=self._get_population(SQL("occasion_count_365")),
            monetary=self._get_population(SQL("revenue_365")),
            profit=self._get_population(SQL("net_profit_365")),
            gaps=self._measure_gaps(),
            predicted=self._get_population(SQL("predicted_profit")),
            frequency_before_pause=self._get_population(SQL("occasion_count_before_pause")),
            monetary_before_pause=self._get_population(SQL("revenue_before_pause")),
        )

    def _get_population(self, value):
        """Return (distinct value, number of customers) pairs of one stored fact."""
        return [
            (float(number), count)
            for number, count in self.env.execute_query(
                SQL(
                    """SELECT %(value)s, COUNT(*)
                         FROM customer_profile
                        WHERE company_id = %(company)s AND occasion_count > 0
                          AND %(value)s IS NOT NULL
                     GROUP BY 1""",
                    value=value,
                    company=self.company_id.id,
                )
            )
        ]

    def _measure_gaps(self):
        """Return median, 80 % and 95 % quantile in days of all gaps the ranges have seen."""
        counts = Counter()
        for part in self.range_ids.mapped("gap_counts"):
            counts.update({int(days): number for days, number in (part or {}).items()})
        quantiles = get_weighted_quantiles(counts, (0.5, 0.8, 0.95))
        return CompanyGaps(*quantiles) if quantiles else CompanyGaps()

    @api.autovacuum
    def _gc_runs(self):
        """Delete finished runs older than :data:`KEPT_DAYS`, but never a company's last."""
        limit = fields.Date.today() - timedelta(days=KEPT_DAYS)
        old = self.search([("date", "<", limit), ("state", "in", ("done", "failed"))])
        latest = {
            self.search([("company_id", "=", company.id), ("state", "=", "done")], limit=1)
            for company in old.company_id
        }
        (old - self.union(*latest)).unlink()
