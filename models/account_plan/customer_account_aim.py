from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_amount, formatLang

from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableFloat
from ..base.scope import YEAR
from ..calendar.reader_date import format_numeric_day

MEASURES = [
    ("revenue", "Revenue"),
    ("net_profit", "Net profit"),
    ("satisfaction", "Satisfaction"),
    ("category", "Revenue of a category"),
]
# Aims of the profile: the measure of it that is compared with the target.
METRICS = {
    "revenue": "revenue_365",
    "net_profit": "net_profit_365",
    "satisfaction": "satisfaction",
}
MONEY = ("revenue", "net_profit", "category")
# For who may read all sales documents of the customer.
OF_DOCUMENTS = ("revenue", "category")
STATES = [
    ("no_data", "Not enough data"),
    ("not_shown", "Not shown to you"),
    ("on_way", "On the way"),
    ("reached", "Aim reached"),
    ("late", "Reached late"),
    ("missed", "Missed"),
]


class CustomerAccountAim(models.Model):
    """One aim of a plan: a measure, its target and by when, with the value at the start.

    Revenue and profit are those of the last 365 days, as on the profile.
    """

    _name = "customer.account.aim"
    _description = "Aim of an Account Plan"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "plan_id, date, id"
    _guarded_fields = frozenset({"start_value", "start_day", "end_value", "reached_day"})

    plan_id = fields.Many2one(
        comodel_name="customer.account.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    measure = fields.Selection(selection=MEASURES, required=True, default="revenue")
    category_id = fields.Many2one(
        string="Product category",
        comodel_name="product.category",
        ondelete="restrict",
        index="btree_not_null",
    )
    target = fields.Float(
        required=True,
        digits=(16, 2),
        aggregator=None,
        help="Company currency of the last 365 days, or satisfaction from 0 to 100: at least this.",
    )
    date = fields.Date(string="By", required=True, default=lambda self: self._default_date())
    start_day = fields.Date(string="Measured first on", readonly=True, copy=False)
    start_value = NullableFloat(readonly=True, copy=False, groups=GROUPS_REVENUE, aggregator=None)
    end_value = NullableFloat(readonly=True, copy=False, groups=GROUPS_REVENUE, aggregator=None)
    start_text = fields.Char(string="At the start", compute="_compute_progress")
    target_text = fields.Char(string="Aim", compute="_compute_progress")
    current_text = fields.Char(string="Now", compute="_compute_progress")
    progress = NullableFloat(
        string="Progress (%)", compute="_compute_progress", digits=(5, 1), aggregator=None
    )
    is_measured = fields.Boolean(string="Can be measured", compute="_compute_progress")
    state = fields.Selection(selection=STATES, compute="_compute_progress")

    _target_range = models.Constraint(
        "CHECK(target > 0)", "An aim is more than nothing: enter a target above 0."
    )

    @api.model
    def _default_date(self):
        today = self.env["customer.profile"]._get_today(self.env.company.sudo())
        return fields.Date.add(today, years=1)

    @api.constrains("measure", "category_id", "target")
    def _check_measure(self):
        for aim in self:
            if aim.measure == "category" and not aim.category_id:
                raise ValidationError(
                    self.env._("Choose the product category the customer is to be won for.")
                )
            if aim.measure == "satisfaction" and aim.target > 100:
                raise ValidationError(
                    self.env._("Satisfaction is a score up to 100: enter 100 at most.")
                )

    @api.depends("measure", "category_id")
    def _compute_display_name(self):
        for aim in self:
            aim.display_name = aim._get_name()

    def _get_name(self):
        if self.measure == "category" and self.category_id:
            return self.env._("Revenue of %(category)s", category=self.category_id.name)
        return dict(self._fields["measure"]._description_selection(self.env)).get(self.measure, "")

    # === MAKING AND CHANGING ===

    @api.model_create_multi
    def create(self, vals_list):
        """Make aims and keep what is measured today as their start.

        :raise AccessError: an aim of profit, for who may not see profit
        :raise UserError: the plan is closed
        """
        aims = super().create(vals_list)
        aims._check_may_change()
        aims.sudo()._keep_start()
        return aims

    def write(self, vals):
        """Change an aim; what is measured otherwise starts anew, what changed is told on the plan.

        :raise AccessError: an aim of profit, for who may not see profit
        :raise UserError: the plan is closed
        """
        if self.env.su:
            return super().write(vals)
        self._check_may_change()
        before = {aim: aim._describe() for aim in self}
        measured = {aim: (aim.measure, aim.category_id) for aim in self}
        targets = {aim: aim.target for aim in self}
        result = super().write(vals)
        self._check_may_change()
        anew = self.filtered(lambda aim: (aim.measure, aim.category_id) != measured[aim])
        anew.sudo()._keep_start()
        (self - anew).filtered(lambda aim: aim.target != targets[aim]).sudo()._keep_target()
        for aim, text in before.items():
            if aim.measure != "net_profit" and text != (now := aim._describe()):
                aim.plan_id._message_log(
                    body=self.env._("Aim changed: %(old)s → %(new)s", old=text, new=now)
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_measured(self):
        readings = self.env["customer.account.reading"].sudo()
        if readings.search_count([("aim_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "An aim that a review has measured is kept with it. Set its day to today, and "
                    "add the aim that takes its place."
                )
            )
        if not self.env.su:
            self._check_may_change()

    def _check_may_change(self):
        if self.env.su:
            return
        self.sudo().plan_id._check_open()
        profiles = self.env["customer.profile"]
        may_see = profiles._has_field_access(profiles._fields["net_profit_365"], "read")
        if not may_see and any(aim.measure == "net_profit" for aim in self.sudo()):
            raise AccessError(
                self.env._("Aims of profit are set by managers: choose another measure.")
            )

    def _describe(self):
        return self.env._(
            "%(aim)s %(target)s by %(day)s",
            aim=self._get_name(),
            target=self._format(self.target),
            day=format_numeric_day(self.env, self.date),
        )

    # === MEASURING ===

    @api.depends_context("uid", "lang")
    @api.depends(
        *("measure", "category_id", "target", "date", "start_value", "end_value", "reached_day")
    )
    def _compute_progress(self):
        values, shown = self._measure(), self._find_shown()
        todays = {c: self.env["customer.profile"]._get_today(c) for c in self.company_id}
        for aim in self:
            start, value = aim._get_start(), values[aim]
            progress = aim._get_progress(start, value)
            aim.target_text = aim._format(aim.target)
            aim.is_measured = aim in shown and progress is not None
            if aim not in shown:
                aim.start_text = aim.current_text = aim.progress = False
                aim.state = "not_shown"
                continue
            aim.start_text = aim._format(start)
            aim.current_text = aim._format(value)
            aim.progress = progress
            aim.state = aim._get_state(value, todays.get(aim.company_id) or fields.Date.today())

    def _get_start(self):
        start = self.sudo().start_value
        return None if start is False else start

    def _get_progress(self, start, value):
        """Return percent of the way from the start to the target, 0 to 100.

        ``None`` without a value, and without a start while the target is not reached.
        """
        if value is None or not self.target:
            return None
        if value >= self.target:
            return 100.0
        if start is None:
            return None
        if start >= self.target:
            return 0.0
        return max(0.0, 100 * (value - start) / (self.target - start))

    def _format(self, value):
        """Return a value as people read it; what is not known says so."""
        if value is None:
            return self.env._("Not enough data")
        if self.measure in MONEY:
            return format_amount(self.env, value, self.currency_id or self.env.company.currency_id)
        return formatLang(self.env, value, digits=0)

    def _measure(self):
        """Return aim -> value today in company currency or points, ``None``: not enough data.

        Two queries for any number of aims, with all rights; of closed plans the last value.
        """
        plans = self.sudo().plan_id
        profiles = plans._get_profiles([*METRICS.values()])
        spent = self._measure_categories()
        values = {}
        for aim in self:
            plan = aim.sudo().plan_id
            if plan.state == "closed":
                value = aim.sudo().end_value
            elif aim.measure == "category":
                value = spent.get(aim._origin.id, 0.0)
            else:
                profile = profiles.get((plan.partner_id, plan.company_id))
                value = profile[METRICS[aim.measure]] if profile and aim.measure else False
            values[aim] = None if value is False else value
        return values

    def _measure_categories(self):
        """Return aim id -> untaxed sales of its category, and those below, in 365 days."""
        aims = self.filtered(lambda aim: aim.measure == "category" and aim._origin)
        if not aims:
            return {}
        self.env.flush_all()
        todays = {c: self.env["customer.profile"]._get_today(c) for c in aims.company_id}
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id, -SUM(l.balance)::float8
                     FROM customer_account_aim a
                     JOIN unnest(%(companies)s::int4[], %(todays)s::date[]) AS t(company, today)
                          ON t.company = a.company_id
                     JOIN customer_account_plan p ON p.id = a.plan_id
                     JOIN res_company c ON c.id = a.company_id
                     JOIN res_company b ON b.parent_path LIKE c.parent_path || '%%'
                     JOIN product_category root ON root.id = a.category_id
                     JOIN res_partner k ON k.commercial_partner_id = p.partner_id
                     JOIN account_move m ON m.commercial_partner_id = k.id
                          AND m.company_id = b.id AND m.state = 'posted'
                          AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                          AND m.invoice_date > t.today - %(year)s AND m.invoice_date <= t.today
                     JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
                     JOIN product_product v ON v.id = l.product_id
                     JOIN product_template s ON s.id = v.product_tmpl_id
                     JOIN product_category g ON g.id = s.categ_id
                          AND g.parent_path LIKE root.parent_path || '%%'
                    WHERE a.id = ANY(%(aims)s)
                 GROUP BY a.id""",
                companies=list({company.id for company in todays}),
                todays=[todays[company] for company in todays],
                year=YEAR,
                aims=aims._origin.ids,
            )
        )
        return dict(rows)

    def _find_shown(self):
        """Return the aims whose values the user may see.

        Revenue is for who may read all sales documents of the customer; profit has a rule.
        """
        profiles = self.env["customer.profile"]
        if self.env.su or profiles._has_field_access(profiles._fields["revenue_365"], "read"):
            return self
        of_documents = self.filtered(lambda aim: aim.measure in OF_DOCUMENTS)
        known = of_documents.plan_id._get_known_revenue()
        return self - of_documents.filtered(
            lambda aim: (aim.plan_id.partner_id._origin, aim.plan_id.company_id) not in known
        )
