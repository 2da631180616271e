import json
from datetime import date

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine import standing as engine
from ..base.facts import Facts
from .customer_tier import TIER_RULES

OVERRIDE_FIELDS = (
    "override_tier_id",
    "override_until_date",
    "override_reason",
    "override_user_id",
)
TIER_FIELDS = ("tier_id", "earned_tier_id", "tier_since_date", "tier_until_date", *OVERRIDE_FIELDS)


class CustomerProfile(models.Model):
    """Tiers that are earned: for all customers of a refresh at once, with their journal."""

    _inherit = "customer.profile"

    @api.model
    def _get_absolute_fields(self):
        return (*super()._get_absolute_fields(), *TIER_FIELDS)

    @api.model
    def _add_tiers(self, company, facts, today):
        """Add the tiers customers hold from today on: up at once, down after period and grace."""
        result = super()._add_tiers(company, facts, today)
        self._read_tiers(company, facts)
        tiers = self.env["customer.tier"].with_context(active_test=False)
        tiers = tiers.search([("company_id", "=", company.id)])
        ordered = engine.rank_tiers(tiers.filtered("active")._get_engine_rules())
        values = self._get_tier_columns(tiers, facts, today)
        places = engine.get_earned_tiers(ordered, values, len(facts))
        ids = np.array([tier.key for tier in ordered] + [None], dtype=object)
        ranks = np.array([tier.rank for tier in ordered] + [np.nan], dtype=float)
        sequences = {tier.id: tier.sequence for tier in tiers}
        held = facts["earned_tier_id"]
        may = engine.may_tiers_change(
            [sequences.get(tier, np.nan) for tier in held.tolist()],
            facts.ordinals("tier_until_date"),
            ranks[places],
            today.toordinal(),
            company.customer_tier_grace_days,
        )
        until = company._get_tier_period_end(today) if may.any() else None
        earned = ids[places]
        is_earned = places >= 0
        moves = may & (held != earned)
        facts["tier_until_date"] = np.where(
            may, np.where(is_earned, until, None), facts["tier_until_date"]
        )
        facts["tier_since_date"] = np.where(
            moves, np.where(is_earned, today, None), facts["tier_since_date"]
        )
        facts["earned_tier_id"] = np.where(may, earned, held)
        self._end_overrides(facts, today)
        override = facts["override_tier_id"]
        facts["_old_tier_id"] = facts["tier_id"]
        facts["tier_id"] = np.where(override != None, override, facts["earned_tier_id"])  # noqa: E711
        return result

    @api.model
    def _read_tiers(self, company, facts):
        """Add the tiers customers hold, as they are stored."""
        for name in TIER_FIELDS:
            facts[name] = None
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, %s
                     FROM customer_profile
                    WHERE company_id = %s AND partner_id = ANY(%s)
                      AND (tier_id IS NOT NULL OR earned_tier_id IS NOT NULL
                           OR override_tier_id IS NOT NULL OR tier_until_date IS NOT NULL)""",
                self._get_columns(TIER_FIELDS),
                company.id,
                facts.keys.tolist(),
            )
        )
        if rows:
            partners, *columns = zip(*rows, strict=True)
            facts.fill(partners, dict(zip(TIER_FIELDS, columns, strict=True)))

    @api.model
    def _end_overrides(self, facts, today):
        """Let manual tiers end whose last day has passed."""
        is_manual = facts["override_tier_id"] != None  # noqa: E711
        facts["_is_override_over"] = is_manual & (
            facts.ordinals("override_until_date") < today.toordinal()
        )
        over = np.flatnonzero(facts["_is_override_over"])
        for name in OVERRIDE_FIELDS:
            facts.put(name, over, None)

    @api.model
    def _get_tier_columns(self, tiers, facts, today):
        """Return tier id -> rule name -> values over the qualification window of that tier."""
        tenure = today.toordinal() - facts.ordinals("first_occasion_date")

        def get(name):
            return tenure if name == "tenure_days" else facts.numbers(name)

        windows = {
            window: {rule: get(metrics[window]) for rule, (_field, metrics) in TIER_RULES.items()}
            for window in ("year", "life")
        }
        return {tier.id: windows[tier.window] for tier in tiers}

    @api.model
    def _follow_refresh(self, company, facts, scope, tally):
        """Note in the journal whose tier has changed; benefits follow."""
        result = super()._follow_refresh(company, facts, scope, tally)
        rows = np.flatnonzero(facts["_old_tier_id"] != facts["tier_id"])
        if len(rows):
            self._insert_tier_changes(company, facts.take(rows), scope.today)
        held = dict(zip(facts.keys.tolist(), facts["tier_id"].tolist(), strict=True))
        partner_ids = {*held, *scope.partner_ids}
        self.env["customer.tier"]._follow_tiers(company, held, partner_ids, scope.today)
        if len(rows):
            moved = facts.take(rows)
            columns = (moved.keys, moved["_old_tier_id"], moved["tier_id"])
            moves = {
                partner: (old, new)
                for partner, old, new in zip(*map(np.ndarray.tolist, columns), strict=True)
            }
            self.env["customer.tier"]._reach(company, moves, scope.today)
        return result

    @api.model
    def _get_reasons(self, company, facts, today):
        """Return why each customer's tier changed, and what was measured, as JSON."""
        tiers = self.env["customer.tier"].with_context(active_test=False)
        tiers = tiers.search([("company_id", "=", company.id)])
        ranks = {tier.id: tier.sequence for tier in tiers}
        measured = {
            tier: {rule: values.tolist() for rule, values in columns.items()}
            for tier, columns in self._get_tier_columns(tiers, facts, today).items()
        }
        names = ("tier_id", "_old_tier_id", "override_tier_id", "_is_override_over")
        columns = [facts[name].tolist() for name in names]
        reasons, judged = [], []
        for row, (new, old, override, is_over) in enumerate(zip(*columns, strict=True)):
            is_upgrade = bool(new) and ranks[new] > (ranks[old] if old else 0)
            reason = "upgrade" if is_upgrade else "downgrade"
            if override:
                reason = "override"
            elif is_over:
                reason = "override_end"
            reasons.append(reason)
            own = measured[new or old]
            judged.append(json.dumps({rule: _plain(values[row]) for rule, values in own.items()}))
        return reasons, judged

    @api.model
    def _insert_tier_changes(self, company, facts: Facts, today: date):
        """Add entries to the journal, with the values that decided."""
        reasons, judged = self._get_reasons(company, facts, today)
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_tier_change
                       (partner_id, company_id, date, old_tier_id, new_tier_id, reason, note,
                        user_id, "values", create_uid, create_date, write_uid, write_date)
                SELECT f.partner_id, %(company)s, %(today)s, f.old, f.new, f.reason, f.note,
                       f.by, f.judged, %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
                       NOW() AT TIME ZONE 'UTC'
                  FROM unnest(%(partners)s::int[], %(old)s::int[], %(new)s::int[],
                              %(reasons)s::varchar[], %(notes)s::varchar[], %(by)s::int[],
                              %(judged)s::jsonb[])
                    AS f(partner_id, old, new, reason, note, by, judged)
             RETURNING id""",
                company=company.id,
                today=today,
                partners=facts.keys.tolist(),
                old=facts["_old_tier_id"].tolist(),
                new=facts["tier_id"].tolist(),
                reasons=reasons,
                notes=facts["override_reason"].tolist(),
                by=facts["override_user_id"].tolist(),
                judged=judged,
                uid=self.env.uid,
            )
        )
        self.env["customer.tier.change"].invalidate_model()


def _plain(value):
    return None if np.isnan(value) else value
