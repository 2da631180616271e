from odoo import api, models
from odoo.tools import SQL

from ...engine.lifetime_value import (
    MIN_CUSTOMERS,
    get_likeness,
    get_trait_lift,
    has_likeness,
)
from ..calendar.reader_number import write_amount
from ..guard.digits import write_digits
from .customer_prospect_group import LEVELS, PLAIN_TRAITS, TRAITS

LEADS_AT_ONCE = 5_000
EVERYBODY = (LEVELS.index(()), *[None] * len(TRAITS))


class CustomerProspectGroup(models.Model):
    """Placing leads: which group speaks for each, and how much it is like the best customers."""

    _inherit = "customer.prospect.group"

    @api.model
    def _place_all(self, company):
        """Place the open leads of a company, and those that have no place yet."""
        last = 0
        while leads := self._read_leads(
            company,
            SQL(
                """id > %s AND (won_status = 'pending' OR id IN (
                       SELECT id FROM crm_lead WHERE customer_prospect_group_id IS NULL))
                   ORDER BY id LIMIT %s""",
                last,
                LEADS_AT_ONCE,
            ),
        ):
            self._place(company, leads)
            last = leads[-1][0]
        self.env["crm.lead"].invalidate_model(["customer_prospect_group_id", "customer_likeness"])

    @api.model
    def _read_leads(self, company, condition):
        """Return (id, traits, with a list of tags as the last) of leads of just this company."""
        return self.env.execute_query(
            SQL(
                """WITH %s
                SELECT id, industry_id, country_id, size, source_id,
                       ARRAY(SELECT tag_id FROM crm_tag_rel r WHERE r.lead_id = lead.id)
                  FROM lead
                 WHERE company_id = %s AND %s""",
                self._get_lead_sql(company),
                company.id,
                condition,
            )
        )

    @api.model
    def _place(self, company, leads):
        """Write the group, and the likeness to the best customers, of leads where they changed."""
        groups = self._read_places(company, leads)
        everybody = groups.get(EVERYBODY)
        placed = [
            (lead, self._choose(groups, traits), self._get_likeness(groups, everybody, traits))
            for lead, *traits in leads
        ]
        ids, chosen, likeness = zip(*placed, strict=True)
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead l
                      SET customer_prospect_group_id = f.chosen, customer_likeness = f.likeness
                     FROM unnest(%s::int[], %s::int[], %s::numeric[]) AS f(id, chosen, likeness)
                    WHERE l.id = f.id
                      AND (l.customer_prospect_group_id, l.customer_likeness)
                          IS DISTINCT FROM (f.chosen, f.likeness)
                RETURNING l.id""",
                list(ids),
                list(chosen),
                list(likeness),
            )
        )

    @api.model
    def _read_places(self, company, leads):
        """Return (level, traits) -> (id, valued, customers, best) of groups leads may be in."""
        values = [{lead[place] for lead in leads} - {None} for place in range(1, len(TRAITS))]
        values.append({tag for lead in leads for tag in lead[-1]})
        conditions = [
            SQL("(%s IS NULL OR %s = ANY(%s))", column, column, sorted(known))
            for column, known in zip(map(SQL.identifier, TRAITS), values, strict=True)
            if known
        ]
        conditions += [
            SQL("%s IS NULL", SQL.identifier(name))
            for name, known in zip(TRAITS, values, strict=True)
            if not known
        ]
        rows = self.env.execute_query(
            SQL(
                """SELECT id, valued_count, customer_count, best_count, level, industry_id,
                          country_id, size, source_id, tag_id
                     FROM customer_prospect_group
                    WHERE company_id = %s AND %s""",
                company.id,
                SQL(" AND ").join(conditions),
            )
        )
        return {tuple(row[4:]): row[:4] for row in rows}

    @api.model
    def _get_keys(self, level, traits):
        """Return the keys of the groups of a level that a lead with some traits is in."""
        used = LEVELS[level]
        plain = [
            value if name in used else None
            for name, value in zip(PLAIN_TRAITS, traits[:-1], strict=True)
        ]
        if any(
            value is None for name, value in zip(PLAIN_TRAITS, plain, strict=True) if name in used
        ):
            return []
        tags = sorted(traits[-1]) if "tag_id" in used else [None]
        return [(level, *plain, tag) for tag in tags]

    @api.model
    def _choose(self, groups, traits):
        """Return the group that speaks for a lead: the first with enough customers.

        Of several tags the one with the fewest, which says most.
        """
        for level in range(len(LEVELS)):
            found = [groups[key] for key in self._get_keys(level, traits) if key in groups]
            enough = [group for group in found if group[1] >= MIN_CUSTOMERS]
            if enough or not LEVELS[level]:
                return min(enough or found, key=lambda group: (group[1], group[0]), default=[None])[
                    0
                ]
        return None

    @api.model
    def _get_single_levels(self):
        """Return trait -> level of the groups with nothing but it in common."""
        return {level[0]: number for number, level in enumerate(LEVELS) if len(level) == 1}

    @api.model
    def _get_lifts(self, groups, everybody, traits):
        """Return trait -> (lift, customers, best of them); of several tags the mean lift."""
        _id, _valued, total, best_total = everybody
        lifts = {}
        for name, level in self._get_single_levels().items():
            found = [groups[key] for key in self._get_keys(level, traits) if key in groups]
            if any(one[2] for one in found):
                each = [get_trait_lift(one[3], one[2], best_total, total) for one in found]
                counts = [sum(one[place] for one in found) for place in (2, 3)]
                lifts[name] = (sum(each) / len(each), *counts)
        return lifts

    @api.model
    def _get_likeness(self, groups, everybody, traits):
        """Return how much a lead is like the best customers, in percent; ``None``: not known."""
        if not everybody or not has_likeness(everybody[3], everybody[2]):
            return None
        lifts = [lift for lift, *_rest in self._get_lifts(groups, everybody, traits).values()]
        if not lifts:
            return None
        return round(100 * get_likeness(everybody[3], everybody[2], lifts), 1)

    @api.model
    def _explain_likeness(self, company, lead_ids):
        """Return lead id -> why it is, or is not, like the best customers; two queries."""
        self.env.flush_all()
        leads = self._read_leads(company, SQL("id = ANY(%s)", list(lead_ids)))
        groups = self._read_places(company, leads) if leads else {}
        everybody = groups.get(EVERYBODY)
        if not everybody or not has_likeness(everybody[3], everybody[2]):
            return {}
        common = self.env._(
            "Of all %(count)s customers, %(percent)s %% are in class A.",
            count=write_digits(self.env, everybody[2]),
            percent=write_amount(self.env, f"{100 * everybody[3] / everybody[2]:.0f}"),
        )
        explained = {}
        for lead, *traits in leads:
            lifts = self._get_lifts(groups, everybody, traits).items()
            told = sorted(lifts, key=lambda item: -abs(item[1][0]))
            parts = [self._get_lift_text(name, count, best) for name, (_lift, count, best) in told]
            explained[lead] = " ".join([*parts, common])
        return explained

    @api.model
    def _get_lift_text(self, name, count, best):
        """Return what one trait says, in exact figures."""
        label = self._fields[name]._description_string(self.env)
        return self.env._(
            "%(trait)s: %(best)s of %(count)s are in class A.",
            trait=label,
            best=write_digits(self.env, best),
            count=write_digits(self.env, count),
        )
