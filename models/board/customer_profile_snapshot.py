from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..profile.customer_profile import SEGMENTS

# What is known of a month end further back: field here -> field of the snapshot of that day.
START_FIELDS = {"start_segment": "segment", "start_tier_id": "tier_id"}


class CustomerProfileSnapshot(models.Model):
    """Where a customer stood at an earlier month end, for moves over several months.

    Which one is an ISO day in the context, ``customer_since``; without it nothing is known.
    """

    _inherit = "customer.profile.snapshot"

    start_segment = fields.Selection(
        selection=SEGMENTS,
        string="Segment at the start",
        compute="_compute_start",
        search="_search_start_segment",
    )
    start_tier_id = fields.Many2one(
        string="Tier at the start",
        comodel_name="customer.tier",
        compute="_compute_start",
        search="_search_start_tier_id",
    )

    @api.depends_context("customer_since")
    @api.depends("partner_id", "company_id")
    def _compute_start(self):
        since = self._get_start_day()
        known = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("date", "=", since),
            ]
        )
        found = {(row.partner_id, row.company_id): row for row in known if since}
        for row in self:
            start = found.get((row.partner_id, row.company_id), self.browse())
            for name, kept in START_FIELDS.items():
                row[name] = start[kept]

    @api.model
    def _get_start_day(self):
        try:
            return fields.Date.to_date(self.env.context.get("customer_since") or None)
        except (TypeError, ValueError):  # whoever asks from elsewhere
            return None

    def _search_start_segment(self, operator, value):
        return self._search_start("start_segment", operator, value)

    def _search_start_tier_id(self, operator, value):
        return self._search_start("start_tier_id", operator, value)

    @api.model
    def _search_start(self, name, operator, value):
        if operator != "in":
            return NotImplemented
        known = tuple(one for one in value if one)

        def match(model, alias, query):
            start = model._field_to_sql(alias, name, query)
            is_known = SQL("%s IN %s", start, known) if known else SQL("FALSE")
            return (
                SQL("(%s OR %s IS NULL)", is_known, start) if len(known) < len(value) else is_known
            )

        return Domain.custom(to_sql=match)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Read where a customer stood from the snapshot of that day: one row, found by its key."""
        if field_expr not in START_FIELDS:
            return super()._field_to_sql(alias, field_expr, query)
        columns = {
            name: SQL.identifier("start", name, to_flush=self._fields[name])
            for name in ("partner_id", "company_id", "date")
        }
        return SQL(
            """(SELECT %(kept)s FROM customer_profile_snapshot start
                 WHERE %(partner_id)s = %(partner)s AND %(company_id)s = %(company)s
                   AND %(date)s = %(since)s)""",
            kept=SQL.identifier(
                "start",
                START_FIELDS[field_expr],
                to_flush=self._fields[START_FIELDS[field_expr]],
            ),
            partner=SQL.identifier(alias, "partner_id"),
            company=SQL.identifier(alias, "company_id"),
            since=self._get_start_day(),
            **columns,
        )
