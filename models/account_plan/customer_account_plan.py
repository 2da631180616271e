from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.nullable import NullableFloat
from ..profile.customer_profile import VALUE_CLASSES

REVIEW_DAYS = 90
# Sums of the same documents, added up in another order.
SMALLEST = 0.005
RESULTS = [
    ("reached", "Aim reached"),
    ("partly", "Reached in part"),
    ("missed", "Not reached"),
    ("dropped", "Given up"),
]


class CustomerAccountPlan(models.Model):
    """What we want to reach with an important customer by when, and how (docs/account_plans.md).

    A customer has one open plan in a company. Progress is measured from the profile; each review
    keeps what was measured that day.
    """

    _name = "customer.account.plan"
    _description = "Account Plan"
    _inherit = [
        "customer.company.mixin",
        "customer.gate.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _contact_history = ("partner_id",)
    _order = "state desc, review_date, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id.name", "partner_id.ref"]
    _guarded_fields = frozenset({"state", "end_date", "result"})

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('parent_id', '=', False), ('company_id', 'in', (company_id, False))]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        string="Responsible",
        comodel_name="res.users",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        selection=[("open", "Under way"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    strategy = fields.Text(tracking=True, help="How the aims are to be reached.")
    start_date = fields.Date(
        string="Since", required=True, default=lambda self: self._default_day(0)
    )
    review_date = fields.Date(
        string="Next review",
        required=True,
        tracking=True,
        index=True,
        default=lambda self: self._default_day(REVIEW_DAYS),
    )
    end_date = fields.Date(string="Closed on", readonly=True, copy=False)
    result = fields.Selection(selection=RESULTS, readonly=True, copy=False, tracking=True)
    aim_ids = fields.One2many(
        string="Aims", comodel_name="customer.account.aim", inverse_name="plan_id"
    )
    contact_ids = fields.One2many(
        string="People", comodel_name="customer.account.contact", inverse_name="plan_id"
    )
    review_ids = fields.One2many(
        string="Reviews", comodel_name="customer.account.review", inverse_name="plan_id"
    )
    progress = NullableFloat(
        string="Progress (%)",
        compute="_compute_progress",
        digits=(5, 1),
        aggregator=None,
        help="Mean of the aims that can be measured, as far as you may see them. Empty: not enough "
        "data.",
    )
    is_measured = fields.Boolean(string="Can be measured", compute="_compute_progress")
    is_review_due = fields.Boolean(
        string="Review due", compute="_compute_is_review_due", search="_search_is_review_due"
    )
    value_class = fields.Selection(
        selection=VALUE_CLASSES, string="Value class", compute="_compute_standing"
    )
    tier_id = fields.Many2one(comodel_name="customer.tier", compute="_compute_standing")

    # An index, not a constraint: a merge of contacts would delete the plan of a source.
    _open_uniq = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'",
        "This customer has an open plan in this company already: go on with that one, or close it "
        "first.",
    )

    # === DEFAULTS ===

    @api.model
    def _default_day(self, days):
        today = self.env["customer.profile"]._get_today(self.env.company.sudo())
        return fields.Date.add(today, days=days)

    @api.depends("partner_id", "company_id")
    def _compute_user_id(self):
        for plan in self:
            plan.user_id = plan.user_id or plan._get_salesperson(plan.partner_id, plan.company_id)

    @api.model
    def _get_salesperson(self, partner, company):
        """Return the salesperson of a customer, if they work in the company; else the user."""
        user = partner.sudo().user_id
        is_here = user.active and not user.share and company in user.company_ids
        return user if is_here else self.env.user

    # === WHAT IS SHOWN ===

    @api.depends("partner_id.complete_name", "end_date")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "Plan for %(customer)s", customer=plan.partner_id._get_plain_name()
            )

    @api.depends_context("uid")
    @api.depends("aim_ids.target", "aim_ids.measure", "state")
    def _compute_progress(self):
        aims = self.env["customer.account.aim"].search([("plan_id", "in", self.ids)])
        by_plan = aims.grouped("plan_id")
        for plan in self:
            own = by_plan.get(plan._origin, aims.browse())
            known = [aim.progress for aim in own if aim.progress is not False]
            plan.progress = sum(known) / len(known) if known else None
            plan.is_measured = bool(known)

    @api.depends("review_date", "state")
    def _compute_is_review_due(self):
        for company, plans in self.grouped("company_id").items():
            today = self.env["customer.profile"]._get_today(company or self.env.company)
            for plan in plans:
                is_due = plan.review_date and plan.review_date <= today
                plan.is_review_due = bool(plan.state == "open" and is_due)

    @api.model
    def _search_is_review_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        profiles = self.env["customer.profile"]
        due = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("review_date", "<=", profiles._get_today(company))
            for company in self.env.companies
        ) & Domain("state", "=", "open")
        return Domain.OR(due if wanted else ~due for wanted in value)

    @api.depends("partner_id", "company_id")
    def _compute_standing(self):
        profiles = self._get_profiles(["value_class", "tier_id"])
        for plan in self:
            profile = profiles.get((plan.partner_id._origin, plan.company_id))
            plan.value_class = profile and profile.value_class
            plan.tier_id = profile and profile.tier_id

    def _get_profiles(self, names):
        """Return (customer, company) -> profile, with the rights of the user; one query."""
        profiles = self.env["customer.profile"].search_fetch(
            [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)],
            ["partner_id", "company_id", *names],
        )
        return {(profile.partner_id, profile.company_id): profile for profile in profiles}

    def _get_known_revenue(self):
        """Return (customer, company) -> revenue of 365 days that the user may know.

        It is for who may read all sales documents of the customer.
        """
        model = self.env["customer.profile"]
        found = self._get_profiles(["revenue_365"] if self.env.su else [])
        if self.env.su or model._has_field_access(model._fields["revenue_365"], "read"):
            return {pair: profile.revenue_365 for pair, profile in found.items()}
        return {
            pair: profile.own_revenue_365
            for pair, profile in found.items()
            if abs(profile.own_revenue_365 - profile.sudo().revenue_365) < SMALLEST
        }

    # === MAKING AND CHANGING ===

    @api.model_create_multi
    def create(self, vals_list):
        """Make plans for customers, whichever of their contacts is named.

        :raise AccessError: for users who may not make plans, or not read customer or company
        :raise UserError: for a customer who has an open plan in the company
        """
        if not self.env.su:  # before anything is told of plans that are there
            self.check_access("create")
            vals_list = [self._with_plain_ids(vals) for vals in vals_list]
            self._check_named(vals_list)
        partners = self.env["res.partner"]
        for vals in vals_list:
            if vals.get("partner_id"):
                contact = partners.browse(vals["partner_id"])
                vals["partner_id"] = contact.sudo().commercial_partner_id.id
        self._check_none_open(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to give a plan to another customer or company, and to change a closed one.

        :raise UserError: what was measured would be of somebody else, or is history
        """
        if not self.env.su:
            self._check_open()
            moved = {"partner_id", "company_id"} & vals.keys()
            if any(self[name].ids != [vals[name]] * len(self[name]) for name in moved):
                raise UserError(
                    self.env._(
                        "A plan stays with its customer and company: its progress is measured "
                        "there. Close it, and make a plan for the other one."
                    )
                )
        return super().write(vals)

    def _check_open(self):
        if any(plan.state == "closed" for plan in self.sudo()):
            raise UserError(
                self.env._("This plan is closed and kept as it was. Make a new one to go on.")
            )

    @api.model
    def _check_none_open(self, vals_list):
        """Raise UserError for a customer with an open plan, also one the user may not see."""
        pairs = [
            (vals.get("partner_id"), vals.get("company_id") or self.env.company.id)
            for vals in vals_list
            if vals.get("state", "open") == "open"
        ]
        plans = self.sudo().search(
            [("partner_id", "in", [partner for partner, _company in pairs]), ("state", "=", "open")]
        )
        for plan in plans:
            if (plan.partner_id.id, plan.company_id.id) in pairs:
                raise UserError(
                    self.env._(
                        "%(customer)s has an open plan in %(company)s already, with %(user)s: go "
                        "on with that one, or close it first.",
                        customer=plan.partner_id._get_plain_name(),
                        company=plan.company_id.name,
                        user=plan.user_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reviewed(self):
        if self.sudo().review_ids:
            raise UserError(
                self.env._("A plan that has been reviewed is kept with its history: close it.")
            )

    # === OPENING ===

    @api.model
    def _find_open(self, customers, companies):
        """Return (customer, company) -> open plan that the user may see; one query."""
        plans = self.search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "in", companies.ids),
                ("state", "=", "open"),
            ]
        )
        return {(plan.partner_id, plan.company_id): plan for plan in plans}

    @api.model
    def _open_for(self, customer, company):
        """Return the action of the customer's plan, else of a new one.

        :raise AccessError: for users who may not read plans
        """
        self.check_access("read")
        plan = self._find_open(customer, company).get((customer, company), self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Account plan"),
            "res_model": self._name,
            "res_id": plan.id,
            "views": [(False, "form")],
            "context": {"default_partner_id": customer.id, "default_company_id": company.id},
        }
