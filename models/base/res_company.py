from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.service import clean_phone_text, read_phone_numbers
from ..guard.customer_date_bounds import MAX_SPAN
from .access import GROUPS_EMPLOYEES, GROUPS_SETTINGS
from .phone_plan import CallerReader, PhonePlan
from .scope import where_any


class ResCompany(models.Model):
    """What serving customers costs, how telephone numbers are read, and how long tiers are kept.

    A company counts with its branches, as Odoo adds up what it has invoiced and is owed.
    """

    _inherit = "res.company"

    customer_counted_above = fields.Boolean(
        string="In the numbers of a company above",
        compute="_compute_customer_counted_above",
        search="_search_customer_counted_above",
        groups=GROUPS_EMPLOYEES,
        help="A company above it is chosen as well: lists of both would count its documents twice.",
    )

    customer_delivery_tolerance_days = fields.Integer(
        string="Delivery tolerance",
        default=0,
        help="Days after the promised day on which a delivery still counts as on time.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_per_order_line = fields.Monetary(
        string="Cost per order line",
        help="What handling one order line costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_per_delivery = fields.Monetary(
        string="Cost per delivery",
        help="What one delivery to a customer costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_per_return = fields.Monetary(
        string="Cost per return",
        help="What one return from a customer costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_capital_cost_percent = fields.Float(
        string="Annual cost of capital",
        digits=(16, 2),
        help="Percent per year; money paid late costs amount x days late x rate / 365.",
        groups=GROUPS_SETTINGS,
    )
    customer_tier_period = fields.Selection(
        selection=[
            ("anniversary", "A number of months from the day it was earned"),
            ("fixed", "The end of the fiscal year"),
        ],
        string="A tier is kept until",
        default="anniversary",
        required=True,
        groups=GROUPS_SETTINGS,
    )
    customer_tier_period_months = fields.Integer(
        string="Tier period in months", default=12, groups=GROUPS_SETTINGS
    )
    customer_tier_grace_days = fields.Integer(
        string="Tier grace days",
        default=30,
        help="Days after the end of the tier period before the tier can fall.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_cursor = fields.Integer(
        readonly=True,
        help="Invoices up to this id have had the cost of their lines filled in.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_until = fields.Integer(
        readonly=True,
        help="Invoices up to this id are being filled in, in several turns.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_turn = fields.Integer(
        readonly=True, help="The next of these turns.", groups=GROUPS_SETTINGS
    )
    customer_phone_area_code = fields.Char(
        string="Area code",
        groups=GROUPS_SETTINGS,
        help="Completes numbers without an area code, such as 021. Empty: the area code of the "
        "company's own phone number.",
    )
    customer_phone_prefixes = fields.Char(
        string="Prefixes of the switchboard",
        default="9, 0",
        groups=GROUPS_SETTINGS,
        help="What the telephone system puts before the numbers of callers, separated by commas, "
        "such as L0#, 9. Digits are taken off only where the whole is no number.",
    )

    @api.constrains(lambda self: self._get_span_settings())
    def _check_customer_spans(self):
        """No setting reaches beyond the years we can reckon with."""
        for company in self.sudo():
            for name in self._get_span_settings():
                if company[name] > MAX_SPAN:
                    raise ValidationError(
                        self.env._(
                            "“%(setting)s” of %(company)s can be at most %(most)s.",
                            setting=company._fields[name]._description_string(self.env),
                            company=company.name,
                            most=MAX_SPAN,
                        )
                    )

    @api.model
    def _get_span_settings(self):
        """Return the names of our settings that count days, months or hours."""
        return [
            name
            for name, field in self._fields.items()
            if name.startswith(("customer_", "feedback_"))
            and name.endswith(("_days", "_months", "_hours"))
            and field.type in ("integer", "float")
        ]

    @api.constrains("customer_phone_area_code")
    def _check_customer_phone_area_code(self):
        for company in self.sudo():
            code = company.customer_phone_area_code
            if code and not any(sign.isdecimal() for sign in code):
                raise ValidationError(
                    self.env._(
                        "The area code “%(code)s” of %(company)s has no digits: write it as you "
                        "dial it, such as 021, or leave it empty.",
                        code=code,
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        known = self._get_phone_countries()
        companies = super().create(vals_list)
        self._read_phone_numbers_anew(known)
        return companies

    def write(self, vals):
        known = self._get_phone_countries() if "country_id" in vals else None
        result = super().write(vals)
        if known is not None:
            self._read_phone_numbers_anew(known)
        return result

    @api.model
    def _get_phone_countries(self):
        """Return the countries in whose way contacts without a country may write numbers."""
        return self.sudo().search([]).country_id

    @api.model
    def _read_phone_numbers_anew(self, known):
        """Read numbers of contacts without a country as a country does that has joined."""
        if self._get_phone_countries() - known:
            self.env["customer.phone.number"]._mark_stale()

    def _get_caller_reader(self):
        """Return the :class:`CallerReader` of the company."""
        self.ensure_one()
        company = self.sudo()
        plan = PhonePlan(company.country_id)
        texts = clean_phone_text(company.customer_phone_prefixes).replace("،", ",").split(",")
        # Longer ones first: "90" is more than "9".
        prefixes = sorted(filter(None, map(str.strip, texts)), key=len, reverse=True)
        return CallerReader(plan, company._get_phone_area(plan), prefixes)

    def _get_phone_area(self, plan):
        """Return how numbers of the company's own area begin in E.164, ``""`` if unknown."""
        if self.customer_phone_area_code:
            return plan.area(self.customer_phone_area_code)
        numbers = read_phone_numbers(self.phone or "", plan)
        number = numbers[0].number if numbers else ""
        local = plan.subscriber(number)
        is_national = local and number.startswith(f"+{plan.prefix}")
        return number.removesuffix(local) if is_national else ""

    def _get_family_partner_ids(self):
        """Return the contacts that the company, its head office and its branches are."""
        self.ensure_one()
        self.env["res.company"].flush_model(["partner_id", "parent_path"])
        root = (self.sudo().parent_path or f"{self.id}/").split("/")[0]
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM res_company WHERE id = %s OR parent_path LIKE %s",
                int(root),
                f"{root}/%",
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.depends_context("allowed_company_ids")
    @api.depends("parent_path")
    def _compute_customer_counted_above(self):
        chosen = self.env.companies
        for company in self:
            above = company.sudo().parent_ids - company
            company.customer_counted_above = bool(above & chosen)

    @api.model
    def _search_customer_counted_above(self, operator, value):
        self._check_field_access(self._fields["customer_counted_above"], "read")
        if operator != "in":
            return NotImplemented
        chosen = self.env.companies
        counted = chosen._get_counted_companies()
        below = counted.filtered(lambda company: (company.parent_ids - company) & chosen)
        return Domain("id", "in" if True in value else "not in", below.ids)

    def _get_counted_companies(self):
        """Return the companies and the branches below them: whose documents their numbers are of.

        Archived ones too: closing a branch takes no sale away.
        """
        companies = self.sudo().with_context(active_test=False)
        return companies.search([("id", "child_of", self.ids)])

    def _where_counted(self, column):
        """Restrict an SQL column to the companies and their branches."""
        return where_any(column, self._get_counted_companies().ids)

    @api.constrains(
        "customer_delivery_tolerance_days",
        "customer_cost_per_order_line",
        "customer_cost_per_delivery",
        "customer_cost_per_return",
        "customer_capital_cost_percent",
        "customer_tier_period_months",
        "customer_tier_grace_days",
    )
    def _check_customer_value_settings(self):
        for company in self.sudo():
            numbers = (
                company.customer_delivery_tolerance_days,
                company.customer_cost_per_order_line,
                company.customer_cost_per_delivery,
                company.customer_cost_per_return,
                company.customer_capital_cost_percent,
                company.customer_tier_grace_days,
            )
            if min(numbers) < 0 or company.customer_tier_period_months < 1:
                raise ValidationError(
                    self.env._(
                        "Customer Value settings of %(company)s: costs, percentages and days "
                        "cannot be negative, and a tier period lasts one month at least.",
                        company=company.name,
                    )
                )

    @api.model
    def _get_refresh_settings(self):
        """Return the settings that change measures of all customers; extended by each room."""
        return {
            *("customer_delivery_tolerance_days", "customer_cost_per_order_line"),
            *("customer_cost_per_delivery", "customer_cost_per_return"),
            *("customer_capital_cost_percent", "customer_tier_period"),
            *("customer_tier_period_months", "customer_tier_grace_days"),
        }

    def _get_tier_period_end(self, day):
        """Return the last day of a tier period that starts on a day."""
        self.ensure_one()
        if self.customer_tier_period == "fixed":
            return self.compute_fiscalyear_dates(day)["date_to"]
        return day + relativedelta(months=self.customer_tier_period_months, days=-1)
