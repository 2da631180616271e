from odoo import api, models

from ...engine import standing as engine
from ..calendar.reader_number import write_money, write_number
from .customer_tier import TIER_RULES

# What customers know of themselves anyway: what they bought, how often, since when.
SHARED_RULES = ("revenue", "occasions", "tenure_days")


class CustomerProfile(models.Model):
    """What a customer is shown of the own tier: no profit, satisfaction or judgement of ours."""

    _inherit = "customer.profile"

    @api.model
    def _get_portal_tier(self, customer, company):
        """Return what the page “My tier” shows to a customer; all rights, nothing but their own.

        :rtype: dict with ``current`` and ``next``: ``False`` or a dictionary of a tier
        """
        profiles = self.sudo().with_company(company)
        domain = [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        profile = profiles.search(domain, limit=1)
        tiers = self.env["customer.tier"].sudo().search([("company_id", "=", company.id)])
        rank = profile.tier_id.sequence if profile.tier_id else float("-inf")
        following = tiers.filtered(lambda tier: tier.sequence > rank).sorted("sequence")[:1]
        return {
            "current": profile.tier_id and self._show_portal_tier(profile.tier_id),
            "until": profile.tier_id == profile.earned_tier_id and profile.tier_until_date,
            "next": following
            and self._show_portal_tier(following) | profile._show_portal_way(following, company),
        }

    @api.model
    def _show_portal_tier(self, tier):
        return {
            "name": tier.name,
            "icon": tier.icon or "fa-star-o",
            "benefits": tier._get_portal_texts(),
        }

    def _show_portal_way(self, tier, company):
        """Return the rules a customer may see, with what was reached, and whether there are more.

        The way of a rule is what was reached of its limit, 0 to 100 percent.
        """
        limits = tier._get_limits()
        values = dict.fromkeys(limits)
        if self:
            source = self._get_tier_source()
            values = self._get_tier_values(tier, source, self._get_today(company))[tier.id]
        rules = []
        for rule in SHARED_RULES:
            if rule not in limits:
                continue
            value, limit = values[rule] or 0, limits[rule]
            is_met = engine.is_tier_rule_met(rule, value, limit)
            is_money = tier._fields[TIER_RULES[rule][0]].type == "monetary"
            rules.append(
                {
                    "label": self._get_portal_label(rule),
                    "value": self._write_portal_number(value, is_money, company),
                    "limit": self._write_portal_number(limit, is_money, company),
                    "is_met": is_met,
                    "percent": 100 if is_met else max(0, min(99, int(100 * value / limit))),
                }
            )
        window = tier._fields["window"].convert_to_export(tier.window, tier)
        return {"rules": rules, "has_more": bool(limits.keys() - {*SHARED_RULES}), "window": window}

    @api.model
    def _write_portal_number(self, value, is_money, company):
        if is_money:
            return write_money(self.env, value, company.currency_id)
        return write_number(self.env, value)

    @api.model
    def _get_portal_label(self, rule):
        labels = {
            "revenue": self.env._("Your purchases before taxes"),
            "occasions": self.env._("Days on which you bought"),
            "tenure_days": self.env._("Days since your first purchase"),
        }
        return labels[rule]
