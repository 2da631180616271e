from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..base.access import MANAGER
from ..guard.digits import write_digits
from .customer_account_plan import REVIEW_DAYS

CLASSES = ("A", "B")
SHOWN_NAMES = 20
LEFT_OUT = ("archived", "has_plan", "other_class", "not_yours")


class CustomerAccountPlanMake(models.TransientModel):
    """Make account plans for chosen customers, after a dry run: for whom, and for whom not."""

    _name = "customer.account.plan.make"
    _description = "Make Account Plans"
    _inherit = ["customer.gate.mixin", "customer.date.bounds.mixin"]

    partner_ids = fields.Many2many(
        string="Contacts",
        comodel_name="res.partner",
        relation="customer_account_plan_make_partner_rel",
        default=lambda self: self._default_records("res.partner"),
    )
    profile_ids = fields.Many2many(
        string="Customers",
        comodel_name="customer.profile",
        relation="customer_account_plan_make_profile_rel",
        default=lambda self: self._default_records("customer.profile"),
    )
    is_class_only = fields.Boolean(
        string="Only customers of class A and B",
        default=True,
        help="The customers who bring the first 80 % of the profit.",
    )
    growth_percent = fields.Float(
        string="Revenue to grow by (%)",
        default=10,
        help="An aim for each customer: so much more than the last 365 days, within a year, where "
        "you may see the revenue. 0: no such aim.",
    )
    satisfaction = fields.Integer(
        string="Satisfaction of at least", help="An aim for each customer; 0: no such aim."
    )
    strategy = fields.Text(help="Where all plans begin; each can be changed afterwards.")
    review_date = fields.Date(
        string="First review",
        required=True,
        default=lambda self: self.env["customer.account.plan"]._default_day(REVIEW_DAYS),
    )
    # === THE DRY RUN === #
    found_count = fields.Integer(string="Chosen", compute="_compute_preview")
    made_count = fields.Integer(string="Get a plan", compute="_compute_preview")
    names_text = fields.Text(string="For whom", compute="_compute_preview")
    left_out_text = fields.Text(string="Left out", compute="_compute_preview")

    @api.model
    def _default_records(self, model):
        """Return the rows that were chosen in a list of a model."""
        ids = [id_ for id_ in self.env.context.get("active_ids") or () if type(id_) is int]
        if self.env.context.get("active_model") != model or not ids:
            return []
        return [Command.set(self.env[model].search([("id", "in", ids)]).ids)]

    @api.depends("partner_ids", "profile_ids", "is_class_only")
    def _compute_preview(self):
        for wizard in self:
            pairs, left_out = wizard._split()
            names = [partner._get_plain_name() for partner, _company in pairs[:SHOWN_NAMES]]
            if len(pairs) > SHOWN_NAMES:
                more = self.env._(
                    "%(count)s more", count=write_digits(self.env, len(pairs) - SHOWN_NAMES)
                )
                names.append(more)
            counts = [
                f"{wizard._get_reason_label(reason)}: {list(left_out.values()).count(reason)}"
                for reason in LEFT_OUT
                if reason in left_out.values()
            ]
            wizard.found_count = len(pairs) + len(left_out)
            wizard.made_count = len(pairs)
            wizard.names_text = "\n".join(names)
            wizard.left_out_text = format_list(self.env, counts) if counts else False

    def _get_reason_label(self, reason):
        texts = {
            "archived": self.env._("contact is archived"),
            "has_plan": self.env._("have an open plan"),
            "other_class": self.env._("of another class"),
            "not_yours": self.env._("customers of somebody else"),
        }
        return texts[reason]

    def _split(self):
        """Return the (customer, company) that get a plan, and {(customer, company): reason}.

        The same number of queries for any number of customers.
        """
        self.ensure_one()
        company = self.env.company
        pairs = {(profile.partner_id, profile.company_id) for profile in self.profile_ids._origin}
        pairs |= {(one.commercial_partner_id, company) for one in self.partner_ids._origin}
        partners = self.env["res.partner"].union(*(partner for partner, _company in pairs))
        companies = company.union(*(company for _partner, company in pairs))
        plans = self.env["customer.account.plan"]
        open_plans = plans.sudo()._find_open(partners, companies)
        profiles = self.env["customer.profile"].search_fetch(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "in", companies.ids),
                ("value_class", "in", CLASSES),
            ],
            ["partner_id", "company_id"],
        )
        important = {(profile.partner_id, profile.company_id) for profile in profiles}
        chosen, left_out = [], {}
        for pair in sorted(pairs, key=lambda pair: (pair[0]._get_plain_name(), pair[1].id)):
            partner = pair[0]
            if not partner.active:
                left_out[pair] = "archived"
            elif pair in open_plans:
                left_out[pair] = "has_plan"
            elif self.is_class_only and pair not in important:
                left_out[pair] = "other_class"
            elif not self._may_plan(partner):
                left_out[pair] = "not_yours"
            else:
                chosen.append(pair)
        return chosen, left_out

    def _may_plan(self, partner):
        user = self.env.user
        is_free = user.has_group(MANAGER) or user.has_group(
            "sales_team.group_sale_salesman_all_leads"
        )
        return is_free or partner.sudo().user_id == user

    def action_make(self):
        """Make the plans that the dry run shows, and open them. Public: button.

        :raise AccessError: for users who may not make plans
        :raise UserError: when nobody is left
        """
        self.ensure_one()
        plans = self.env["customer.account.plan"]
        plans.check_access("create")
        pairs, _left_out = self._split()
        if not pairs:
            raise UserError(self.env._("Nobody is left who could get a plan: choose others."))
        plans = plans.create([self._prepare_plan(partner, company) for partner, company in pairs])
        self._add_aims(plans)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_account_plan_action"
        )
        return action | {"domain": [("id", "in", plans.ids)], "context": {}}

    def _prepare_plan(self, partner, company):
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "strategy": self.strategy,
            "review_date": self.review_date,
        }

    def _add_aims(self, plans):
        """Give each plan the aims that are the same for all; revenue only where it is known."""
        known = plans._get_known_revenue()
        aims = []
        for plan in plans:
            revenue = known.get((plan.partner_id, plan.company_id), 0)
            if self.growth_percent > 0 and revenue > 0:
                target = plan.currency_id.round(revenue * (1 + self.growth_percent / 100))
                aims.append({"plan_id": plan.id, "measure": "revenue", "target": target})
            if self.satisfaction > 0:
                values = {"plan_id": plan.id, "measure": "satisfaction"}
                aims.append(values | {"target": min(self.satisfaction, 100)})
        self.env["customer.account.aim"].create(aims)
