from odoo import api, fields, models

from ..engine import tier as engine
from .access import GROUPS_STANDING
from .customer_tier import TIER_RULES


class CustomerProfile(models.Model):
    """Tier of the customer: what was earned by the rules, unless somebody decided otherwise."""

    _inherit = "customer.profile"

    tier_id = fields.Many2one(
        comodel_name="customer.tier",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        group_expand="_read_group_tier_ids",
    )
    tier_color = fields.Integer(related="tier_id.color", string="Tier colour", aggregator=None)
    earned_tier_id = fields.Many2one(
        comodel_name="customer.tier", readonly=True, ondelete="restrict"
    )
    tier_since_date = fields.Date(string="Tier since", readonly=True)
    tier_until_date = fields.Date(
        string="Tier kept until",
        readonly=True,
        help="The earned tier cannot fall before this day plus the grace days of the company.",
    )
    override_tier_id = fields.Many2one(
        string="Tier set by hand",
        comodel_name="customer.tier",
        readonly=True,
        ondelete="restrict",
    )
    override_until_date = fields.Date(string="Set by hand until", readonly=True)
    override_reason = fields.Char(readonly=True)
    override_user_id = fields.Many2one(
        string="Set by", comodel_name="res.users", readonly=True, ondelete="set null"
    )
    tier_change_ids = fields.One2many(
        comodel_name="customer.tier.change",
        compute="_compute_tier_change_ids",
        string="Tier history",
    )
    tier_explanation = fields.Json(
        compute="_compute_tier_explanation",
        groups=GROUPS_STANDING,
        help="The rules of this tier and of the next one with what the customer reached.",
    )

    @api.model
    def _read_group_tier_ids(self, tiers, domain):
        return tiers.search([("company_id", "in", self.env.companies.ids)])

    @api.depends("partner_id", "company_id", "tier_id")
    def _compute_tier_change_ids(self):
        changes = self.env["customer.tier.change"].search(
            [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)]
        )
        by_customer = changes.grouped(lambda change: (change.partner_id, change.company_id))
        for profile in self:
            profile.tier_change_ids = by_customer.get((profile.partner_id, profile.company_id))

    @api.depends_context("uid")
    @api.depends("tier_id", "partner_id")
    def _compute_tier_explanation(self):
        for company, profiles in self.grouped("company_id").items():
            tiers = self.env["customer.tier"].search([("company_id", "=", company.id)])
            for profile in profiles:
                profile.tier_explanation = profile._explain_tier(tiers)

    def _explain_tier(self, tiers):
        """Return the rules of the held and of the next tier, as far as the user may see them.

        :param tiers: all tiers of the profile's company
        :rtype: dict with ``current`` and ``next``: ``False`` or a dictionary of a tier
        """
        self.ensure_one()
        above = tiers.filtered(lambda t: t.sequence > self.tier_id.sequence) or tiers.browse()
        following = (above if self.tier_id else tiers).sorted("sequence")[:1]
        return {
            "current": self._explain_rules(self.tier_id),
            "next": self._explain_rules(following),
        }

    def _explain_rules(self, tier):
        """Return one tier's rules with limit, measured value and whether it is met."""
        if not tier:
            return False
        rules = []
        for rule, limit in tier._get_limits().items():
            limit_field, metrics = TIER_RULES[rule]
            metric = metrics[tier.window]
            if metric in self._fields and not self._has_field_access(self._fields[metric], "read"):
                continue
            value = self._get_tier_value(metric, self._get_today(self.company_id))
            rules.append(
                {
                    "rule": rule,
                    "label": tier._fields[limit_field]._description_string(self.env),
                    "is_money": tier._fields[limit_field].type == "monetary",
                    "limit": limit,
                    "value": value,
                    "met": engine.is_rule_met(rule, value, limit),
                }
            )
        return {
            "id": tier.id,
            "name": tier.name,
            "color": tier.color,
            "icon": tier.icon,
            "window": tier._fields["window"].convert_to_export(tier.window, tier),
            "rules": rules,
        }

    def _get_tier_value(self, metric, today):
        """Return one measure of a tier rule; ``None`` when there is not enough data."""
        self.ensure_one()
        if metric == "tenure_days":
            first = self.first_occasion_date
            return (today - first).days if first else None
        value = self[metric]
        return None if value is False else value

    def _get_tier_values(self, tiers, today):
        """Return tier id -> rule name -> value over the qualification window of that tier."""
        return {
            tier.id: {
                rule: self._get_tier_value(metrics[tier.window], today)
                for rule, (_field, metrics) in TIER_RULES.items()
            }
            for tier in tiers
        }

    @api.model
    def _update_tiers(self, company, partner_ids, today):
        """Give customers the tier they have earned; called at the end of every refresh."""
        tiers = self.env["customer.tier"].with_context(active_test=True).search(
            [("company_id", "=", company.id)]
        )
        rules = tiers._get_engine_rules()
        profiles = self.search(
            [("company_id", "=", company.id), ("partner_id", "in", list(partner_ids))]
        )
        for profile in profiles:
            profile._update_earned_tier(tiers, rules, today)
            profile._apply_tier(today)

    def _update_earned_tier(self, tiers, rules, today):
        """Move the earned tier up at once, or down when its period and grace are over."""
        self.ensure_one()
        earned = engine.get_earned_tier(rules, self._get_tier_values(tiers, today))
        held = self.earned_tier_id
        state = engine.TierState(
            rank=held.sequence if held else None, until=self.tier_until_date or None
        )
        grace = self.company_id.customer_tier_grace_days
        if not engine.may_change(state, earned.rank if earned else None, today, grace):
            return
        vals = {
            "tier_until_date": self.company_id._get_tier_period_end(today) if earned else False
        }
        if held.id != (earned.key if earned else False):
            vals["earned_tier_id"] = earned.key if earned else False
            vals["tier_since_date"] = today if earned else False
        self.write(vals)

    def _apply_tier(self, today):
        """Make the manual tier, while it lasts, or else the earned one the tier; log a change."""
        self.ensure_one()
        reason = None
        if self.override_tier_id and self.override_until_date < today:
            self._clear_override()
            reason = "override_end"
        tier = self.override_tier_id or self.earned_tier_id
        if tier == self.tier_id:
            return
        if self.override_tier_id:
            reason = "override"
        elif not reason:
            reason = "upgrade" if tier.sequence > self.tier_id.sequence else "downgrade"
        self._log_tier_change(tier, reason, today)
        self.tier_id = tier

    def _clear_override(self):
        self.write(
            {
                "override_tier_id": False,
                "override_until_date": False,
                "override_reason": False,
                "override_user_id": False,
            }
        )

    def _log_tier_change(self, tier, reason, today):
        self.env["customer.tier.change"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "date": today,
                "old_tier_id": self.tier_id.id,
                "new_tier_id": tier.id,
                "reason": reason,
                "note": self.override_reason,
                "user_id": self.override_user_id.id,
                "values": self._get_tier_values(tier or self.tier_id, today).popitem()[1],
            }
        )
