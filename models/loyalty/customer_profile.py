from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...engine import standing as engine
from ..base.access import GROUPS_STANDING, MANAGER
from ..calendar.reader_date import format_numeric_day
from .customer_tier import TIER_RULES


class CustomerProfile(models.Model):
    """Tier of the customer: what was earned by the rules, unless somebody decided otherwise.

    Tiers set by hand: managers only, although nobody may write profiles.
    """

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

    @api.depends("partner_id", "company_id", "tier_id", "override_until_date")
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
        values = self._get_tier_values(
            tier, self.sudo()._get_tier_source(), self._get_today(self.company_id)
        )[tier.id]
        for rule, limit in tier._get_limits().items():
            limit_field, metrics = TIER_RULES[rule]
            metric = metrics[tier.window]
            if metric in self._fields and not self._has_field_access(self._fields[metric], "read"):
                continue
            value = values[rule]
            rules.append(
                {
                    "rule": rule,
                    "label": tier._fields[limit_field]._description_string(self.env),
                    "is_money": tier._fields[limit_field].type == "monetary",
                    "limit": limit,
                    "value": False if value is None else value,
                    "met": engine.is_tier_rule_met(rule, value, limit),
                }
            )
        return {
            "id": tier.id,
            "name": tier.name,
            "color": tier.color,
            "icon": tier.icon,
            "window": tier._fields["window"].convert_to_export(tier.window, tier),
            "rules": rules,
            "benefits": tier._get_benefit_texts(),
        }

    def _get_tier_source(self):
        """Return the measures tier rules look at, ``None`` when there is not enough data."""
        self.ensure_one()
        metrics = {name for _field, windows in TIER_RULES.values() for name in windows.values()}
        source = {name: self[name] for name in metrics & self._fields.keys()}
        source["first_occasion_date"] = self.first_occasion_date
        return {name: None if value is False else value for name, value in source.items()}

    @api.model
    def _get_tier_values(self, tiers, source, today):
        """Return tier id -> rule name -> value over the qualification window of that tier.

        :param source: field name -> value, of a profile or of a row of facts
        """
        first = source["first_occasion_date"]
        source = {**source, "tenure_days": (today - first).days if first else None}
        values_by_window = {
            window: {
                rule: None if source[metrics[window]] is None else float(source[metrics[window]])
                for rule, (_field, metrics) in TIER_RULES.items()
            }
            for window in ("year", "life")
        }
        return {tier.id: values_by_window[tier.window] for tier in tiers}

    def _apply_tier(self, today, decision=None):
        """Make the manual tier, while it lasts, or else the earned one the tier; log changes.

        :param decision: what to log in any case when somebody decided: reason, note, user_id
        """
        ended = self.filtered(lambda p: p.override_tier_id and p.override_until_date < today)
        ended._clear_override()
        changed = self.filtered(lambda p: p.tier_id != (p.override_tier_id or p.earned_tier_id))
        self.env["customer.tier.change"].create(
            [
                profile._prepare_tier_change_vals(profile in ended, today) | (decision or {})
                for profile in changed | (self if decision else self.browse())
            ]
        )
        before = {profile: profile.tier_id.id for profile in changed}
        by_tier = changed.grouped(lambda p: p.override_tier_id or p.earned_tier_id)
        for tier, profiles in by_tier.items():
            profiles.write({"tier_id": tier.id})
        for company, profiles in self.grouped("company_id").items():
            held = {profile.partner_id.id: profile.tier_id.id for profile in profiles}
            self.env["customer.tier"]._follow_tiers(company, held, list(held), today)
            moves = {
                profile.partner_id.id: (before[profile], profile.tier_id.id)
                for profile in profiles & changed
            }
            self.env["customer.tier"]._reach(company, moves, today)

    def _clear_override(self):
        if self:
            self.write(
                {
                    "override_tier_id": False,
                    "override_until_date": False,
                    "override_reason": False,
                    "override_user_id": False,
                }
            )

    def _prepare_tier_change_vals(self, is_override_over, today):
        """Return the journal entry of a change, with the values that decided."""
        self.ensure_one()
        tier = self.override_tier_id or self.earned_tier_id
        is_upgrade = tier.sequence > self.tier_id.sequence if tier else False
        reason = "upgrade" if is_upgrade else "downgrade"
        if self.override_tier_id:
            reason = "override"
        elif is_override_over:
            reason = "override_end"
        judged = tier or self.tier_id
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "date": today,
            "old_tier_id": self.tier_id.id,
            "new_tier_id": tier.id,
            "reason": reason,
            "note": self.override_reason,
            "user_id": self.override_user_id.id,
            "values": self._get_tier_values(judged, self._get_tier_source(), today)[judged.id],
        }

    def _extend_tier(self, until, reason, user, today):
        """Keep the earned tier until a day, and say so in the journal."""
        self.ensure_one()
        values = self._get_tier_values(self.earned_tier_id, self._get_tier_source(), today)
        self.tier_until_date = until
        self.env["customer.tier.change"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "date": today,
                "old_tier_id": self.tier_id.id,
                "new_tier_id": self.tier_id.id,
                "reason": "extension",
                "note": self.env._(
                    "Until %(day)s: %(reason)s",
                    day=format_numeric_day(self.env, until),
                    reason=reason,
                ),
                "user_id": user.id,
                "values": values[self.earned_tier_id.id],
            }
        )

    def _get_for_tier_change(self):
        """Return the profile with the rights to change its tier.

        :raise AccessError: when the user is no manager, or may not see the profile
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Customer Value can set a tier by hand."))
        return self.sudo()

    def action_end_tier_override(self):
        """Let the earned tier return today. Public: button.

        :raise AccessError: for users who are not managers
        :raise UserError: when the tier was not set by hand
        """
        profile = self._get_for_tier_change()
        if not profile.override_tier_id:
            raise UserError(
                self.env._(
                    "The tier of %(customer)s was earned, there is no manual tier to end.",
                    customer=profile.display_name,
                )
            )
        today = profile._get_today(profile.company_id)
        profile.override_until_date = today - timedelta(days=1)
        decision = {"reason": "override_end", "user_id": self.env.uid}
        profile._apply_tier(today, decision | {"note": profile.override_reason})
        return True
