from odoo import Command, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..engine.standing import TierRules, get_earned_tier
from ..models.base.access import MANAGER
from ..models.loyalty.customer_tier import TIER_RULES

# The rules of a tier that a preview may change.
RULE_FIELDS = (
    "window",
    "min_revenue",
    "min_net_profit",
    "min_occasions",
    "min_tenure_days",
    "min_satisfaction",
    "limit_days_late",
    "max_days_late",
)


class CustomerTierPreview(models.TransientModel):
    """Try other tier rules and see who would move, before anything is saved."""

    _name = "customer.tier.preview"
    _description = "Try Tier Rules"
    _inherit = "customer.gate.mixin"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        readonly=True,
    )
    line_ids = fields.One2many(
        string="Rules",
        comodel_name="customer.tier.preview.line",
        inverse_name="preview_id",
        default=lambda self: self._default_line_ids(),
    )
    move_ids = fields.One2many(
        string="Who would move",
        comodel_name="customer.tier.preview.move",
        inverse_name="preview_id",
        readonly=True,
    )
    has_result = fields.Boolean(readonly=True)
    up_count = fields.Integer(string="Customers moving up", readonly=True)
    down_count = fields.Integer(string="Customers moving down", readonly=True)
    same_count = fields.Integer(string="Customers staying", readonly=True)

    @api.depends("company_id")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._("Try tier rules")

    @api.model
    def _default_line_ids(self):
        tiers = self.env["customer.tier"].search([("company_id", "=", self.env.company.id)])
        return [
            Command.create({"tier_id": tier.id, **{name: tier[name] for name in RULE_FIELDS}})
            for tier in tiers
        ]

    def action_preview(self):
        """Count who would move under the drafted rules; nothing else is saved. Public: button."""
        self.ensure_one()
        self._check_manager()
        tiers = self.env["customer.tier"].with_context(active_test=False)
        held = tiers.search([("company_id", "=", self.company_id.id)])  # archived ones too
        ranks = {tier.id: tier.sequence for tier in held}
        counts = dict.fromkeys(("up", "down", "same"), 0)
        moves = []
        for (old, new), profile_ids in self._compare().items():
            before, after = ranks.get(old, -1), ranks.get(new, -1)
            direction = "same" if old == new else "up" if after > before else "down"
            counts[direction] += len(profile_ids)
            moves.append(
                {
                    "old_tier_id": old,
                    "new_tier_id": new,
                    "direction": direction,
                    "customer_count": len(profile_ids),
                }
            )
        self.write(
            {
                "move_ids": [
                    Command.clear(),
                    *(Command.create(move) for move in moves if move["direction"] != "same"),
                ],
                "has_result": True,
                **{f"{direction}_count": count for direction, count in counts.items()},
            }
        )
        self._write_costs()
        return True

    def action_apply(self):
        """Write the drafted rules to the tiers; the tiers follow in the background. Public: button.

        :raise AccessError: for users who are not managers
        """
        self.ensure_one()
        self._check_manager()
        for line in self.line_ids:
            values = line._get_rule_values()
            changed = {name: value for name, value in values.items() if line.tier_id[name] != value}
            if changed:
                line.tier_id.write(changed)
        return self.env["ir.actions.act_window"]._for_xml_id("customer_value.customer_tier_action")

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Customer Value can change tier rules."))

    def _compare(self):
        """Return (earned tier id, tier id under the drafted rules) -> profile ids.

        One query reads the measures of all customers of the company; tier ids are ``False``
        for no tier.
        """
        self.ensure_one()
        rules = self.line_ids._get_engine_rules()
        windows = {line.tier_id.id: line.window for line in self.line_ids}
        today = self.env["customer.profile"]._get_today(self.company_id)
        moves = {}
        for row in self._read_measures():
            first = row.pop("first_occasion_date")
            row["tenure_days"] = (today - first).days if first else None
            values = {
                tier_id: {rule: row[names[window]] for rule, (_f, names) in TIER_RULES.items()}
                for tier_id, window in windows.items()
            }
            earned = get_earned_tier(rules, values)
            move = (row["earned_tier_id"] or False, earned.key if earned else False)
            moves.setdefault(move, []).append(row["id"])
        return moves

    def _read_measures(self):
        """Return one dictionary of measures per profile of the company: one query, no records."""
        names = {name for _field, by_window in TIER_RULES.values() for name in by_window.values()}
        columns = ("id", "earned_tier_id", "first_occasion_date", *sorted(names - {"tenure_days"}))
        profiles = self.env["customer.profile"]
        query = profiles._search([("company_id", "=", self.company_id.id)])
        profiles.flush_model(columns)
        return self.env.execute_query_dict(
            query.select(*(SQL.identifier(query.table, name) for name in columns))
        )


class CustomerTierPreviewLine(models.TransientModel):
    """Draft of the rules of one tier."""

    _name = "customer.tier.preview.line"
    _description = "Tier Rules to Try"
    _inherit = "customer.gate.mixin"
    _order = "sequence desc, id"

    preview_id = fields.Many2one(
        comodel_name="customer.tier.preview", required=True, ondelete="cascade"
    )
    tier_id = fields.Many2one(
        comodel_name="customer.tier", required=True, ondelete="cascade", readonly=True
    )
    sequence = fields.Integer(related="tier_id.sequence", store=True)
    currency_id = fields.Many2one(related="tier_id.currency_id")
    window = fields.Selection(
        selection=lambda self: (
            self.env["customer.tier"]._fields["window"]._description_selection(self.env)
        ),
        string="Counted over",
        required=True,
    )
    min_revenue = fields.Monetary(string="Net revenue at least")
    min_net_profit = fields.Monetary(string="Net profit at least")
    min_occasions = fields.Integer(string="Purchase days at least")
    min_tenure_days = fields.Integer(string="Customer for at least (days)")
    min_satisfaction = fields.Integer(string="Satisfaction at least")
    limit_days_late = fields.Boolean(string="Limit late payment")
    max_days_late = fields.Integer(string="Pays at most (days late)")

    def _get_rule_values(self):
        """Return the drafted rules as values of the tier."""
        self.ensure_one()
        return {name: self[name] for name in RULE_FIELDS}

    def _get_engine_rules(self):
        """Return the drafted rules for the engine, keyed by the id of the real tier.

        :rtype: list[TierRules]
        """
        rules = []
        for line in self:
            draft = line.tier_id.new(line._get_rule_values(), origin=line.tier_id)
            rules.append(
                TierRules(
                    key=line.tier_id.id, rank=line.tier_id.sequence, limits=draft._get_limits()
                )
            )
        return rules


class CustomerTierPreviewMove(models.TransientModel):
    """Number of customers who would go from one tier to another."""

    _name = "customer.tier.preview.move"
    _description = "Tier Moves Under Trial Rules"
    _inherit = "customer.gate.mixin"
    _order = "direction, id"

    preview_id = fields.Many2one(
        comodel_name="customer.tier.preview", required=True, ondelete="cascade"
    )
    old_tier_id = fields.Many2one(
        string="From", comodel_name="customer.tier", ondelete="cascade", readonly=True
    )
    new_tier_id = fields.Many2one(
        string="To", comodel_name="customer.tier", ondelete="cascade", readonly=True
    )
    direction = fields.Selection(
        selection=[
            ("down", "Down, when their tier period ends"),
            ("up", "Up, at once"),
            ("same", "No change"),
        ],
        string="Move",
        readonly=True,
    )
    customer_count = fields.Integer(string="Customers", readonly=True)

    def action_open_profiles(self):
        """Open the customers of this move. Public: button."""
        self.ensure_one()
        moves = self.preview_id._compare()
        profile_ids = moves.get((self.old_tier_id.id, self.new_tier_id.id), [])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_profile_action"
        )
        return {
            **action,
            "domain": [("id", "in", profile_ids)],
            "name": self.env._(
                "From %(old)s to %(new)s",
                old=self.old_tier_id.name or self.env._("no tier"),
                new=self.new_tier_id.name or self.env._("no tier"),
            ),
            "context": {},
        }
