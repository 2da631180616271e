from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.standing import TierRules
from ..base.folded_text import FoldedChar

# rule of the engine -> (limit field, profile metric per qualification window)
TIER_RULES = {
    "revenue": ("min_revenue", {"year": "revenue_365", "life": "revenue_total"}),
    "net_profit": ("min_net_profit", {"year": "net_profit_365", "life": "net_profit_total"}),
    "occasions": ("min_occasions", {"year": "occasion_count_365", "life": "occasion_count"}),
    "days_late": ("max_days_late", {"year": "payment_days_late", "life": "payment_days_late"}),
    "tenure_days": ("min_tenure_days", {"year": "tenure_days", "life": "tenure_days"}),
    "satisfaction": ("min_satisfaction", {"year": "satisfaction", "life": "satisfaction"}),
}
# Bronze, silver, gold, platinum: see _get_default_tier_names().
# Amounts are in US dollars and are converted once, when the tiers are created.
DEFAULT_TIERS = (
    {"icon": "fa-circle-o", "color": 3, "min_occasions": 1},
    {
        "icon": "fa-star-o",
        "color": 8,
        "min_occasions": 3,
        "min_revenue": 2_000,
    },
    {
        "icon": "fa-star",
        "color": 2,
        "min_occasions": 6,
        "min_revenue": 10_000,
        "min_tenure_days": 90,
    },
    {
        "icon": "fa-diamond",
        "color": 5,
        "min_occasions": 12,
        "min_revenue": 50_000,
        "min_tenure_days": 365,
        "limit_days_late": True,
        "max_days_late": 30,
    },
)
# What changes nobody's tier or values.
QUIET_FIELDS = {
    *("name", "color", "icon", "benefit_text", "benefit_is_priority", "benefit_program_ids"),
    "benefit_gift_program_id",
}


class CustomerTier(models.Model):
    """A loyalty level of one company and the rules a customer must meet to hold it.

    A tier may ask for satisfied customers; one without a score does not meet that rule.
    """

    _name = "customer.tier"
    _description = "Loyalty Tier"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = FoldedChar(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=lambda self: self._default_sequence(),
        help="The higher the number, the higher the tier.",
        aggregator=None,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    color = fields.Integer(string="Colour", default=1, aggregator=None)
    icon = fields.Char(default="fa-star-o", help="A Font Awesome 4.7 icon, for example fa-star.")
    window = fields.Selection(
        selection=[("year", "Last 365 days"), ("life", "Since the first purchase")],
        string="Counted over",
        default="year",
        required=True,
    )
    min_revenue = fields.Monetary(
        string="Net revenue at least", help="In company currency, untaxed; 0 means no rule."
    )
    min_net_profit = fields.Monetary(
        string="Net profit at least", help="In company currency; 0 means no rule."
    )
    min_occasions = fields.Integer(
        string="Purchase days at least", help="0 means no rule.", aggregator=None
    )
    min_tenure_days = fields.Integer(
        string="Customer for at least (days)",
        help="Days since the first purchase; 0 means no rule.",
        aggregator=None,
    )
    limit_days_late = fields.Boolean(string="Limit late payment")
    max_days_late = fields.Integer(
        string="Pays at most (days late)",
        help="Amount-weighted mean of the last 365 days. A customer who paid nothing yet does "
        "not meet the rule.",
        aggregator=None,
    )
    profile_ids = fields.One2many(comodel_name="customer.profile", inverse_name="tier_id")
    profile_count = fields.Integer(string="Customers", compute="_compute_profile_count")
    min_satisfaction = fields.Integer(
        string="Satisfaction at least",
        help="Score from 0 to 100; 0 means no rule. A customer without a score does not meet it.",
        aggregator=None,
    )

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, sequence)",
        "Two tiers of a company cannot have the same rank: give each its own sequence number.",
    )

    @api.model
    def _default_sequence(self):
        """Return the rank above the highest tier of the company."""
        tiers = self.with_context(active_test=False)
        highest = tiers.search(
            [("company_id", "=", self.env.company.id)], order="sequence desc", limit=1
        )
        return highest.sequence + 10

    @api.depends("profile_ids")
    def _compute_profile_count(self):
        counts = dict(
            self.env["customer.profile"]._read_group(
                [("tier_id", "in", self.ids)], ["tier_id"], ["__count"]
            )
        )
        for tier in self:
            tier.profile_count = counts.get(tier, 0)

    @api.constrains("min_revenue", "min_net_profit", "min_occasions", "min_tenure_days")
    def _check_limits(self):
        limits = ("min_revenue", "min_net_profit", "min_occasions", "min_tenure_days")
        for tier in self:
            if any(tier[name] < 0 for name in limits):
                raise ValidationError(
                    self.env._(
                        "The rules of tier %(tier)s cannot be negative: enter 0 to switch a "
                        "rule off.",
                        tier=tier.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["customer.tier.change"]
            .sudo()
            .search_count(
                ["|", ("old_tier_id", "in", self.ids), ("new_tier_id", "in", self.ids)], limit=1
            )
        )
        if used:
            raise UserError(
                self.env._(
                    "A tier that customers have held cannot be deleted, their history needs it: "
                    "archive it instead."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers.company_id._request_full_refresh()
        tiers.benefit_program_ids._keep_from_tills()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - QUIET_FIELDS:
            self.company_id._request_full_refresh()
        if "benefit_program_ids" in vals:
            self.benefit_program_ids._keep_from_tills()
        return result

    @api.model
    def _create_default_tiers(self, companies):
        """Create Bronze, Silver, Gold and Platinum for companies that never had a tier.

        They are named in every installed language, whatever the language of the user.
        """
        tiers = self.sudo().with_context(active_test=False, lang="en_US")
        known = tiers.search([("company_id", "in", companies.ids)]).company_id
        defaults = [
            {**tier, "name": name}
            for tier, name in zip(DEFAULT_TIERS, tiers._get_default_tier_names(), strict=True)
        ]
        for company in companies - known:
            vals_list = [
                self._prepare_default_tier_vals(company, rank, tier)
                for rank, tier in enumerate(defaults, start=1)
            ]
            tiers.create(vals_list)._translate_default_tier_names()

    @api.model
    def _get_default_tier_names(self):
        """Return the names of the default tiers in the language of the environment."""
        return [
            self.env._("Bronze"),
            self.env._("Silver"),
            self.env._("Gold"),
            self.env._("Platinum"),
        ]

    def _translate_default_tier_names(self):
        """Name new default tiers in the installed languages that have names for them.

        The English name stays, also where English is not installed: `write` would replace it.
        """
        for code, _language in self.env["res.lang"].get_installed():
            names = self.with_context(lang=code)._get_default_tier_names()
            for tier, name in zip(self, names, strict=True):
                if name != tier.name:
                    tier.update_field_translations("name", {code: name})

    @api.model
    def _prepare_default_tier_vals(self, company, rank, tier):
        """Convert the default rules to the currency of a company, rounded to two digits."""
        vals = {**tier, "company_id": company.id, "sequence": rank * 10}
        if amount := tier.get("min_revenue"):
            dollar = self.env.ref("base.USD", raise_if_not_found=False)
            if dollar:
                amount = dollar._convert(amount, company.currency_id, company, round=False)
            vals["min_revenue"] = float(f"{amount:.1e}")
        return vals

    def _get_engine_rules(self):
        """Return the rules of the tiers for the engine; only limits that are switched on.

        :rtype: list[TierRules]
        """
        return [
            TierRules(key=tier.id, rank=tier.sequence, limits=tier._get_limits()) for tier in self
        ]

    def _get_limits(self):
        """Return rule name -> limit of one tier: company currency, days or occasions."""
        self.ensure_one()
        limits = {
            rule: self[field_name]
            for rule, (field_name, _metrics) in TIER_RULES.items()
            if self[field_name] and rule != "days_late"
        }
        if self.limit_days_late:
            limits["days_late"] = self.max_days_late
        return limits

    def action_open_profiles(self):
        """Open the customers who hold the tier."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_profile_action"
        )
        return {**action, "domain": [("tier_id", "=", self.id)], "context": {}}

    @api.constrains("min_satisfaction")
    def _check_min_satisfaction(self):
        for tier in self:
            if not 0 <= tier.min_satisfaction <= 100:
                raise ValidationError(
                    self.env._(
                        "Satisfaction is a score from 0 to 100: enter a number in between for "
                        "tier %(tier)s, or 0 to switch the rule off.",
                        tier=tier.name,
                    )
                )
