from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..base.access import GROUPS_EMPLOYEES


class LoyaltyProgram(models.Model):
    """A loyalty program may give its points when invoices are paid, instead of on orders."""

    _name = "loyalty.program"
    _inherit = ["customer.date.bounds.mixin", "loyalty.program"]

    customer_points = fields.Boolean(
        string="Points on paid invoices",
        help="Points come with the money for an invoice and go with what is given back. Orders "
        "and rules of the program then give none.",
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_from = fields.Date(
        string="Paid from",
        help="Money that came before this day earns nothing.",
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_rate = fields.Float(
        string="Points per currency unit",
        digits=(16, 6),
        help="Of the untaxed amount in company currency, discounts taken off.",
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_rate_ids = fields.One2many(
        string="Other rates",
        comodel_name="customer.points.rate",
        inverse_name="program_id",
        copy=True,
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_excluded_ids = fields.Many2many(
        string="Products without points",
        comodel_name="product.product",
        relation="customer_points_excluded_product_rel",
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_months = fields.Integer(
        string="Points count for (months)",
        help="From the day they were earned; 0: for ever. A change counts for points earned later.",
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_remind_days = fields.Integer(
        string="Remind before (days)",
        help="Customers get an e-mail so many days before points expire; 0: none.",
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_allow_negative = fields.Boolean(
        string="Points may be owed",
        help="When goods whose points were spent are given back, the balance falls below zero. "
        "Otherwise it stays at zero, and the next points earned make up for it.",
        groups=GROUPS_EMPLOYEES,
    )
    customer_points_value = fields.Float(
        string="Value of a point",
        digits=(16, 6),
        help="In company currency, for the report of what is outstanding; 0: what the most "
        "valuable reward makes of a point.",
        groups=GROUPS_EMPLOYEES,
    )

    _customer_points_range = models.Constraint(
        "CHECK(customer_points_rate BETWEEN 0 AND 1000000 AND customer_points_value >= 0)",
        "The rate must lie between 0 and 1000000 points, and a point cannot be worth less than 0.",
    )
    _customer_points_time_range = models.Constraint(
        "CHECK(customer_points_months BETWEEN 0 AND 1200"
        " AND customer_points_remind_days BETWEEN 0 AND 36500)",
        "Points can count for up to 1200 months, and reminders come up to 36500 days before.",
    )

    @api.constrains(
        "customer_points", "customer_points_from", "program_type", "applies_on", "company_id"
    )
    def _check_customer_points(self):
        for program in self.filtered("customer_points"):
            if program.program_type != "loyalty" or program.applies_on == "current":
                raise ValidationError(
                    self.env._(
                        "Only loyalty cards whose points count for future orders can earn them "
                        "on paid invoices: choose that type of program."
                    )
                )
            if not program.company_id or not program.customer_points_from:
                raise ValidationError(
                    self.env._(
                        "Points on paid invoices need a company, in whose currency they are "
                        "counted, and the day from which payments earn them."
                    )
                )
            others = [("customer_points", "=", True), ("company_id", "=", program.company_id.id)]
            if self.sudo().search_count([*others, ("id", "!=", program.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "%(company)s has a program with points on paid invoices already: switch "
                        "it off first.",
                        company=program.company_id.name,
                    )
                )

    def write(self, vals):
        """Have everybody's points worked out when a program is switched on.

        :raise AccessError: for users who may not say what earns points
        """
        was_on = self.filtered("customer_points")
        result = super().write(vals)
        switched = self.filtered("customer_points")
        if any(name.startswith("customer_points") for name in vals):
            (was_on | switched)._check_points_setting()
        if not {"customer_points", "customer_points_from", "active"}.isdisjoint(vals):
            (switched if "customer_points_from" in vals else switched - was_on)._begin_points()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        switched = programs.filtered("customer_points")
        switched._check_points_setting()
        switched._begin_points()
        return programs

    def _check_points_setting(self):
        """What earns points is configuration: managers of Customer Value alone set it.

        :raise AccessError: for others
        """
        if self and not self.env["loyalty.card"]._may_change_points():
            raise AccessError(
                self.env._(
                    "Only managers of Customer Value can say what earns points on paid invoices. "
                    "Ask one of them."
                )
            )

    def _begin_points(self):
        """Book what cards hold already, and have the refresh look for what was paid."""
        if self:
            cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
            cards.search([("program_id", "in", self.ids)])._note_points()
            self.company_id._request_full_refresh()

    # === WHAT COUNTS WHERE ===

    @api.model
    def _get_points_program(self, company):
        """Return the program that is switched on in a company, or none."""
        return self.sudo().search(
            [("customer_points", "=", True), ("company_id", "=", company.id)], limit=1
        )

    @api.model
    def _find_points_program_above(self, company):
        """Return the program a company's invoices earn in: its own or the nearest above."""
        programs = self.sudo().search(
            [("customer_points", "=", True), ("company_id", "in", company.sudo().parent_ids.ids)]
        )
        return programs.sorted(lambda program: len(program.company_id.parent_ids))[-1:]

    def _find_cards_to_work_off(self):
        """Return the cards with points that should have ended, or whose lots do not say the same.

        For the job, which has all rights. Those whose points ended first come first, whatever
        program they are of.
        """
        self.env["loyalty.card"]._work_off_points()
        self.env.flush_all()
        all_cards = self.env["loyalty.card"].search([("program_id", "in", self.ids)])
        days = self.company_id.grouped(self.env["customer.profile"]._get_today)
        due = []
        for today, companies in days.items():
            cards = all_cards.filtered(lambda card, own=companies: card.company_id in own)
            due += cards._find_due_cards(today)
        differing = {card for card, _points in all_cards._read_missing_history()}
        differing |= all_cards._read_unsettled().keys()
        return all_cards.browse(dict.fromkeys([*due, *sorted(differing)]))

    def _get_points_companies(self):
        """Return the ids of the companies whose invoices earn here: the company's and branches'.

        But for branches that have, or are below one that has, a program of their own.
        """
        self.ensure_one()
        company = self.company_id
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        below = companies.search([("id", "child_of", company.id)])
        others = self.sudo().search(
            [
                ("customer_points", "=", True),
                ("company_id", "in", (below - company).ids),
                ("id", "!=", self.id),
            ]
        )
        own = companies.search([("id", "child_of", others.company_id.ids)]) if others else companies
        return (below - own).ids

    def _get_category_rates(self):
        """Return category id -> points per currency unit, of categories with a rate of their own.

        The rate of the lowest category above it that has one.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (c.id) c.id, r.rate
                     FROM customer_points_rate r
                     JOIN product_category a ON a.id = r.categ_id
                     JOIN product_category c ON c.parent_path LIKE a.parent_path || '%%'
                    WHERE r.program_id = %s
                 ORDER BY c.id, LENGTH(a.parent_path) DESC""",
                self.id,
            )
        )
        return {category: float(rate) for category, rate in rows}

    def _get_expiry_date(self, day):
        """Return the last day of points that come in on a day, or ``None``."""
        months = self.customer_points_months
        return day + relativedelta(months=months) if months else None

    # === VALUE ===

    def _get_point_value(self, company):
        """Return what one point is worth in a company's currency: its most valuable use, or 0."""
        values = [0]
        for reward in self.sudo().reward_ids:
            if reward.reward_type == "product":
                products = reward.reward_product_ids
                price = max(products.mapped("lst_price"), default=0) * reward.reward_product_qty
                values.append(price / (reward.required_points or 1))
            elif reward.discount_mode == "per_point":
                values.append(reward.discount)
            elif reward.discount_mode == "per_order":
                values.append(reward.discount / (reward.required_points or 1))
        currency = self.sudo().currency_id or company.currency_id
        today = fields.Date.context_today(self)
        return currency._convert(max(values), company.currency_id, company, today, round=False)

    def _tell_rewards(self, points):
        """Return [(description, points needed, points still missing)], for the customer."""
        rewards = self.sudo().reward_ids.sorted("required_points")
        return [
            (
                reward.with_context(lang=self.env.lang).description,
                reward.required_points,
                max(reward.required_points - points, 0),
            )
            for reward in rewards
        ]

    def _get_booked_point_value(self):
        """Return what one outstanding point is valued at, in company currency."""
        self.ensure_one()
        return self.customer_points_value or self._get_point_value(self.company_id)
