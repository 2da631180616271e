import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine.prediction import Traits

# The most frequent ones: of the others too few customers are known.
MAX_TAGS = 10
TAG = "tag:"
TEXTS = {"industry": "industry_id", "country": "country_id", "salesperson": "user_id"}
RECORD = "record"


class CustomerPredictionModel(models.Model):
    """Who the customers are, for the engine: it uses what foretells two past windows better."""

    _inherit = "customer.prediction.model"

    def _get_trait_names(self):
        """Return the facts to try in a fit: those of the contact, and its most frequent tags."""
        tags = self._get_frequent_tags()
        return (*TEXTS, "kind", "source", RECORD, *(f"{TAG}{tag}" for tag in tags))

    def _get_frequent_tags(self):
        """Return the ids of the tags most customers of the company have."""
        tags = self.env.execute_query(
            SQL(
                """SELECT t.category_id
                     FROM res_partner_res_partner_category_rel t
                     JOIN customer_profile p ON p.partner_id = t.partner_id
                    WHERE p.company_id = %s AND p.occasion_count > 0
                 GROUP BY t.category_id
                 ORDER BY COUNT(*) DESC, t.category_id
                    LIMIT %s""",
                self.company_id.id,
                MAX_TAGS,
            )
        )
        return [tag for (tag,) in tags]

    def _get_traits(self, partner_ids, names, earlier=None):
        """Return facts of customers as they are today, in the order of their ids.

        One statement for any number of customers. Texts are ids of records; ``kind`` is
        ``company`` or ``person``, ``record`` the day the contact was made, ``tag:ID`` is ``yes``.

        :param names: of :meth:`_get_trait_names`
        :param earlier: of :meth:`_get_earlier_traits`, what they were on days before
        """
        rows = self._read_traits(partner_ids, names)
        order = np.searchsorted(np.sort(partner_ids), np.asarray(partner_ids))
        rows = [rows[place] for place in order.tolist()]
        industry, country, salesperson, is_company, day, source, tags = (
            zip(*rows, strict=True) if rows else [()] * 7
        )
        texts = {
            "industry": industry,
            "country": country,
            "salesperson": salesperson,
            "kind": ["company" if flag else "person" for flag in is_company],
            "source": source,
        }
        texts = {name: column for name, column in texts.items() if name in names}
        for name in names:
            if name.startswith(TAG):
                tag = int(name.removeprefix(TAG))
                texts[name] = ["yes" if tag in own else None for own in tags]
        days = {RECORD: np.array(day, dtype=float)} if RECORD in names else {}
        return Traits.of(texts, since=days, earlier=earlier)

    def _read_traits(self, partner_ids, names):
        """Return a row per customer, by id: see :meth:`_get_traits`."""
        self.env.flush_all()
        has_tags = any(name.startswith(TAG) for name in names)
        sources = self._get_first_source_sql(self.company_id, partner_ids)
        return self.env.execute_query(
            SQL(
                """SELECT p.industry_id, p.country_id, p.user_id, COALESCE(p.is_company, FALSE),
                          p.create_date::date - DATE '0001-01-01' + 1, s.source_id,
                          COALESCE(t.tags, '{}')
                     FROM res_partner p
                LEFT JOIN (%(sources)s) s ON s.partner_id = p.id
                LEFT JOIN (%(tags)s) t ON t.partner_id = p.id
                    WHERE p.id = ANY(%(ids)s)
                 ORDER BY p.id""",
                ids=[int(number) for number in partner_ids],
                sources=sources if "source" in names else _NO_SOURCES,
                tags=self._get_tag_sql(partner_ids) if has_tags else _NO_TAGS,
            )
        )

    @api.model
    def _get_tag_sql(self, partner_ids):
        """Return the query of (partner_id, tags) of customers."""
        return SQL(
            """SELECT partner_id, ARRAY_AGG(category_id) AS tags
                 FROM res_partner_res_partner_category_rel
                WHERE partner_id = ANY(%s)
             GROUP BY partner_id""",
            [int(number) for number in partner_ids],
        )

    @api.model
    def _get_first_source_sql(self, company, partner_ids):
        """Return the query of (partner_id, source_id, at): the first lead or order that names one.

        Of the company and its branches; leads of no company count for all.
        """
        scope = self.env["customer.profile"]._get_scope(company, list(partner_ids))
        return SQL(
            """SELECT DISTINCT ON (partner_id) partner_id, source_id, at
                 FROM (
                     SELECT c.commercial_partner_id AS partner_id, l.source_id, l.create_date AS at,
                            0 AS place, l.id
                       FROM res_partner c
                       JOIN crm_lead l ON l.partner_id = c.id
                      WHERE c.commercial_partner_id = ANY(%(ids)s) AND l.source_id IS NOT NULL
                        AND (l.company_id IS NULL OR %(leads)s)
                      UNION ALL
                     SELECT c.commercial_partner_id, o.source_id, o.date_order, 1, o.id
                       FROM res_partner c
                       JOIN sale_order o ON o.partner_id = c.id
                      WHERE c.commercial_partner_id = ANY(%(ids)s) AND o.source_id IS NOT NULL
                        AND %(orders)s
                 ) origin
             ORDER BY partner_id, at, place, id""",
            ids=[int(number) for number in partner_ids],
            leads=scope.where_company(SQL("l.company_id")),
            orders=scope.where_company(SQL("o.company_id")),
        )


_NO_SOURCES = SQL("SELECT NULL::int AS partner_id, NULL::int AS source_id WHERE FALSE")
_NO_TAGS = SQL("SELECT NULL::int AS partner_id, NULL::int[] AS tags WHERE FALSE")
