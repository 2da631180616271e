from collections import Counter

import numpy as np

from odoo import fields, models
from odoo.tools import SQL

from .customer_prediction_model_trait import TAG

# Of changes of the salesperson, and of months whose tags are remembered, the latest ones count.
MAX_CHANGES, MAX_MONTHS = 10, 24


class CustomerPredictionModel(models.Model):
    """Who the customers were on past days: what was set later would explain the past by the future.

    Salespersons are followed back by the chatter, sources by the day of the lead or order, tags
    by what each fit noted: Odoo keeps no day of a tag. Before the first fit nobody had one.
    """

    _inherit = "customer.prediction.model"

    tag_state = fields.Json(
        string="Tags of customers on the day",
        readonly=True,
        groups="base.group_system",
        help="Tag -> customers who had it when this was made: what later fits learn from tags by.",
    )

    def _read_tag_state(self):
        """Return tag -> ids of the company's customers who have it, of the tags that are tried."""
        tags = self._get_frequent_tags()
        rows = self.env.execute_query(
            SQL(
                """SELECT t.category_id, ARRAY_AGG(t.partner_id ORDER BY t.partner_id)
                     FROM res_partner_res_partner_category_rel t
                     JOIN customer_profile p ON p.partner_id = t.partner_id
                    WHERE p.company_id = %s AND p.occasion_count > 0 AND t.category_id = ANY(%s)
                 GROUP BY t.category_id
                 ORDER BY t.category_id""",
                self.company_id.id,
                list(tags),
            )
        )
        return {str(tag): partners for tag, partners in rows}

    def _get_earlier_traits(self, partner_ids, names, today):
        """Return what facts were before they became what they are, for ``Traits.of``.

        :param partner_ids: sorted; ``names``: of :meth:`_get_trait_names`
        :return: name -> [(last day of it per customer, value per customer)], the latest first
        """
        partners = np.asarray(partner_ids, dtype=np.int64)
        found = {"source": self._get_days_without_source(partners)}
        found["salesperson"] = self._get_former_salespersons(partners)
        months = self._get_noted_tags(today)
        for name in names:
            if name.startswith(TAG):
                tag = name.removeprefix(TAG)
                found[name] = [
                    (np.full(len(partners), float(until)), self._mark(partners, noted.get(tag)))
                    for until, noted in months
                ]
        return {name: turns for name, turns in found.items() if name in names}

    def _get_noted_tags(self, today):
        """Return [(last day, tag -> customers)]: until the day before a fit, what one before noted.

        Before the first of them nothing is known.
        """
        fits = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("active", "superseded")),
                ("date", "<", today),
                ("id", "!=", self.id),
            ],
            order="date desc, id desc",
            limit=MAX_MONTHS,
        )
        until, months = today.toordinal() - 1, []
        for fit in fits:
            if fit.tag_state:  # none was noted before there was this field
                months.append((until, fit.tag_state["tags"]))
                until = fit.date.toordinal() - 1
        return [*months, (until, {})]

    def _mark(self, partners, tagged):
        is_tagged = np.isin(partners, np.array(tagged or [], dtype=np.int64))
        return ["yes" if flag else None for flag in is_tagged.tolist()]

    def _get_days_without_source(self, partners):
        """Return [(the day before the first lead or order that names a source, nothing)]."""
        query = self._get_first_source_sql(self.company_id, partners.tolist())
        rows = self.env.execute_query(
            SQL("SELECT partner_id, at::date - DATE '0001-01-01' + 1 FROM (%s) AS origin", query)
        )
        until = np.full(len(partners), -np.inf)
        for partner, day in rows:
            until[np.searchsorted(partners, partner)] = day - 1
        return [(until, [None] * len(partners))]

    def _get_former_salespersons(self, partners):
        """Return [(last day, who it was)] of salespersons that changed, by the chatter."""
        rows = self.env.execute_query(
            SQL(
                """SELECT m.res_id, v.create_date::date - DATE '0001-01-01' + 1,
                          v.old_value_integer
                     FROM mail_tracking_value v
                     JOIN mail_message m ON m.id = v.mail_message_id
                     JOIN ir_model_fields f ON f.id = v.field_id
                    WHERE m.model = 'res.partner' AND m.res_id = ANY(%s)
                      AND f.model = 'res.partner' AND f.name = 'user_id'
                 ORDER BY m.res_id, v.create_date DESC, v.id DESC""",
                partners.tolist(),
            )
        )
        turns, seen = [], Counter()
        for partner, day, former in rows:
            turn, row = seen[partner], np.searchsorted(partners, partner)
            seen[partner] += 1
            if turn >= MAX_CHANGES:
                continue
            if turn == len(turns):
                turns.append((np.full(len(partners), -np.inf), [None] * len(partners)))
            turns[turn][0][row] = day - 1
            turns[turn][1][row] = former or None
        return turns
