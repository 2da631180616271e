from odoo import fields, models

from ..engine.tier import TierRules

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


class CustomerTierPreviewLine(models.TransientModel):
    """Draft of the rules of one tier."""

    _name = "customer.tier.preview.line"
    _description = "Tier Rules to Try"
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
