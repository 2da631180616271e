from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..models.base.access import ACCOUNTING, GROUPS_PROFIT
from ..models.calendar.company_calendar import (
    GREGORIAN,
    JALALI,
    get_month_end,
    get_next_month_sql,
)
from ..models.calendar.reader_date import format_month

BOOKING_FIELDS = (
    "customer_points_journal_id",
    "customer_points_liability_account_id",
    "customer_points_expense_account_id",
)

# Rows of one program: its id times this, plus the number of the month.
MONTHS_PER_PROGRAM = 10_000


class CustomerPointsBalance(models.Model):
    """Points outstanding at the end of each month, and today: what the company owes in rewards.

    Added up from the entries of the lots, which are never changed, so that a month says later what
    it said then. Months are those of the company's calendar. The value of a point is that of
    today.
    """

    _name = "customer.points.balance"
    _inherit = "customer.date.bounds.mixin"
    _description = "Outstanding Points"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "program_id"

    program_id = fields.Many2one(comodel_name="loyalty.program", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="At the end of", readonly=True)
    earned = fields.Float(readonly=True, digits=(16, 2))
    taken_back = fields.Float(readonly=True, digits=(16, 2))
    redeemed = fields.Float(readonly=True, digits=(16, 2))
    expired = fields.Float(readonly=True, digits=(16, 2))
    corrected = fields.Float(readonly=True, digits=(16, 2))
    outstanding = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    point_value = fields.Float(
        string="Value of a point",
        readonly=True,
        aggregator=None,
        groups=GROUPS_PROFIT,
        digits=(16, 6),
    )
    outstanding_amount = fields.Monetary(
        string="Value outstanding",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Points outstanding times what the program says a point is worth today.",
    )
    redeemed_amount = fields.Monetary(string="Value redeemed", readonly=True, groups=GROUPS_PROFIT)
    is_latest = fields.Boolean(string="As of today", readonly=True)
    booked_amount = fields.Monetary(
        string="Booked",
        compute="_compute_booking",
        groups=ACCOUNTING,
        help="Liability booked up to then by entries made here, their reversals included.",
    )
    is_bookable = fields.Boolean(
        string="Can be booked", compute="_compute_booking", groups=ACCOUNTING
    )
    breakage_ratio = fields.Float(
        string="Breakage",
        readonly=True,
        aggregator=None,
        help="Share of all points that came in up to then which has expired unused.",
    )

    @property
    def _table_query(self) -> SQL:
        self.env["loyalty.card"]._work_off_points()
        return SQL(
            """SELECT m.program_id * %(months)s + m.number AS id, m.program_id, m.company_id,
                      m.date, m.earned, m.taken_back, m.redeemed, m.expired, m.corrected,
                      SUM(m.total) OVER upto AS outstanding,
                      COALESCE(v.point_value, 0) AS point_value,
                      SUM(m.total) OVER upto * COALESCE(v.point_value, 0)
                          AS outstanding_amount,
                      m.redeemed * COALESCE(v.point_value, 0) AS redeemed_amount,
                      LEAD(m.number) OVER upto IS NULL AS is_latest,
                      COALESCE(SUM(m.expired) OVER upto
                          / NULLIF(SUM(m.came_in) OVER upto, 0), 0)::float8 AS breakage_ratio
                 FROM (SELECT d.program_id, d.company_id, d.number,
                              LEAST(%(next_month)s - 1, d.today) AS date,
                              COALESCE(SUM(e.points) FILTER (WHERE e.kind = 'earn'), 0) AS earned,
                              -COALESCE(SUM(e.points) FILTER (WHERE e.kind = 'take_back'), 0)
                                  AS taken_back,
                              -COALESCE(SUM(e.points) FILTER (WHERE e.kind = 'redeem'), 0)
                                  AS redeemed,
                              -COALESCE(SUM(e.points) FILTER (WHERE e.kind = 'expire'), 0)
                                  AS expired,
                              COALESCE(SUM(e.points) FILTER (WHERE e.kind = 'correct'), 0)
                                  AS corrected,
                              COALESCE(SUM(e.points) FILTER (
                                  WHERE e.kind IN ('earn', 'take_back')
                                     OR e.kind = 'correct' AND e.points > 0), 0) AS came_in,
                              COALESCE(SUM(e.points), 0) AS total
                         FROM (%(calendar)s) d
                    LEFT JOIN customer_points_entry e
                           ON e.program_id = d.program_id AND e.company_id = d.company_id
                          AND %(entry_month)s = d.month
                     GROUP BY d.program_id, d.company_id, d.number, d.month, d.today) m
            LEFT JOIN (%(values)s) v ON v.program_id = m.program_id
               WINDOW upto AS (PARTITION BY m.program_id, m.company_id ORDER BY m.number)""",
            months=MONTHS_PER_PROGRAM,
            calendar=self._get_calendar_sql(),
            values=self._get_values_sql(),
            next_month=get_next_month_sql(SQL("d.month")),
            entry_month=self._get_month_sql(SQL("e.date"), SQL("d.is_jalali")),
        )

    def _get_values_sql(self) -> SQL:
        """SELECT of what a point of each program is worth today, in company currency."""
        programs = self.env["loyalty.program"].sudo().with_context(active_test=False)
        programs = programs.search([("program_type", "=", "loyalty")])
        return SQL(
            "SELECT * FROM UNNEST(%s::int[], %s::numeric[]) AS v (program_id, point_value)",
            programs.ids,
            [program._get_booked_point_value() for program in programs],
        )

    def _get_calendar_sql(self) -> SQL:
        """SELECT of the months of each program, from its first entry to today."""
        return SQL(
            """SELECT t.*, (EXTRACT(YEAR FROM t.month)::int - 1900) * 12
                          + EXTRACT(MONTH FROM t.month)::int AS number
                 FROM (SELECT DISTINCT f.program_id, f.company_id, f.today, f.is_jalali,
                              %(month)s AS month
                         FROM (SELECT e.program_id, e.company_id,
                                      c.customer_calendar = 'jalali' AS is_jalali,
                                      MIN(e.date) AS first,
                                      GREATEST(MAX(e.date), %(today)s) AS today
                                 FROM customer_points_entry e
                                 JOIN res_company c ON c.id = e.company_id
                             GROUP BY e.program_id, e.company_id, c.id) f
                   CROSS JOIN LATERAL (
                              SELECT day::date AS day
                                FROM GENERATE_SERIES(f.first, f.today, INTERVAL '28 days') day
                               UNION SELECT f.today) s) t""",
            month=self._get_month_sql(SQL("s.day"), SQL("f.is_jalali")),
            today=fields.Date.context_today(self),
        )

    def _get_month_sql(self, day, is_jalali) -> SQL:
        """First day of the month of a day, in the calendar of a company."""
        return SQL(
            "CASE WHEN %s THEN %s ELSE %s END",
            is_jalali,
            JALALI.get_month_start_sql(day),
            GREGORIAN.get_month_start_sql(day),
        )

    # === ENTRIES OF ACCOUNTANTS ===

    def _compute_booking(self):
        booked = self.env["account.move"]._read_booked_points(self.program_id)
        today = fields.Date.context_today(self)
        books = {company: company._get_points_booking() for company in self.company_id}
        for row in self:
            rows = booked.get((row.program_id.id, row.company_id.id), [])
            row.booked_amount = -sum(balance for day, _acc, balance in rows if day <= row.date)
            is_over = row.date < today and row.date == get_month_end(row._get_month(row.date))
            row.is_bookable = bool(books[row.company_id]) and is_over

    def action_make_liability_entry(self):
        """Open the draft entry that brings the liability to this row, made now if there is none.

        Public: button. A notice tells when there is nothing to book.

        :raise AccessError: for users who are no accountants
        :raise UserError: where nothing is to be booked, or the day is locked
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accountants can make entries for points."))
        moves = self.env["account.move"].with_company(self.company_id)
        later = moves.search(
            [
                ("customer_points_program_id", "=", self.program_id.id),
                ("company_id", "=", self.company_id.id),
                ("customer_points_date", ">=", self.date),
                ("state", "!=", "cancel"),
            ],
            order="customer_points_date",
            limit=1,
        )
        if later.customer_points_date == self.date:
            return later._get_records_action()
        self._check_bookable(later)
        lines = self._prepare_liability_lines()
        if not lines:
            return self._tell_nothing_to_book()
        entry = moves.create(self._prepare_liability_entry(lines))
        entry.sudo().write(  # nobody writes these but we; the entry itself the user could make
            {
                "customer_points_program_id": self.program_id.id,
                "customer_points_date": self.date,
            }
        )
        return entry._get_records_action()

    def _check_bookable(self, later):
        """Refuse what would not be a true entry of a month end.

        :param later: an entry for a later month, or none
        """
        settings = self.company_id._get_points_booking()
        if not settings:
            raise UserError(
                self.env._("Switch on booking of outstanding points in the settings first.")
            )
        if not all(settings[name] for name in BOOKING_FIELDS):
            raise UserError(
                self.env._("Set the journal and the accounts for points in the settings first.")
            )
        if not self.is_bookable:
            raise UserError(self.env._("Points are booked when the month is over."))
        if later:
            raise UserError(
                self.env._(
                    "%(later)s has an entry for points already: it contains this month as well.",
                    later=self._name_month(later.customer_points_date),
                )
            )
        locks = self.company_id._get_violated_lock_dates(
            self.date, False, settings.customer_points_journal_id
        )
        if locks:
            raise UserError(
                self.env._(
                    "%(month)s is locked (%(locks)s). The next month contains what it leaves out.",
                    month=self._name_month(self.date),
                    locks=self.env["res.company"]._format_lock_dates(locks),
                )
            )

    def _prepare_liability_lines(self):
        """Return the lines, one for each account that has to change; none if all are right.

        An account that was used before is brought to zero.
        """
        currency = self.company_id.currency_id
        settings = self.company_id._get_points_booking()
        liability = settings.customer_points_liability_account_id
        wanted = {liability.id: -currency.round(self.outstanding_amount)}
        booked = self.env["account.move"]._read_booked_points(self.program_id)
        for day, account, balance in booked.get((self.program_id.id, self.company_id.id), []):
            if day <= self.date:
                wanted[account.id] = wanted.get(account.id, 0.0) - balance
        expense = settings.customer_points_expense_account_id.id
        amounts = [*wanted.items(), (expense, -sum(wanted.values()))]
        return [
            Command.create({"account_id": account, "balance": currency.round(amount)})
            for account, amount in amounts
            if not currency.is_zero(amount)
        ]

    def _prepare_liability_entry(self, lines):
        journal = self.company_id._get_points_booking().customer_points_journal_id
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": journal.id,
            "date": self.date,
            "ref": self.env._(
                "Outstanding points of %(program)s, %(month)s",
                program=self.program_id.sudo().name,
                month=self._name_month(self.date),
            ),
            "line_ids": lines,
        }

    def _name_month(self, day):
        return format_month(self.env, self._get_month(day), company=self.company_id)

    def _get_month(self, day):
        """Return the first day of the month of a day, in the calendar of the company."""
        return self.company_id._get_customer_calendar().get_month_start(day)

    def _tell_nothing_to_book(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The liability is right already: there is nothing to book."),
            },
        }

    def action_open_entries(self):
        """Open the entries up to this day, which add up to what is outstanding. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.points.entry"]._open_until(
            self.program_id, self.company_id, self.date
        )
