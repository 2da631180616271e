from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_timeline import TimelineSource


class CustomerTimeline(models.Model):
    """Ratings given, and loyalty points earned and spent."""

    _inherit = "customer.timeline"

    @api.model
    def _get_timeline_branches(self):
        return super()._get_timeline_branches() | {
            "rating": (9, self._get_timeline_ratings),
            "points": (10, self._get_timeline_points),
        }

    def _get_timeline_ratings(self, number):
        """Answers of customers; on a document, only for those who may read the document."""
        source = self._get_timeline_source(
            "rating.rating", "partner_id", Domain("consumed", "=", True)
        )
        if not source:
            return []
        source.query.add_where(self._get_timeline_rated(source))
        columns = self._get_timeline_rating_columns(source)
        return [self._select_timeline(number, source, columns)]

    @api.model
    def _get_timeline_rating_columns(self, source):
        """Return column -> SQL of what a rating shows."""
        names = self._get_timeline_columns(
            source, rated="rated_on", made="write_date", value="rating"
        )
        return {
            "date": SQL("date_trunc('second', COALESCE(%s, %s))", names["rated"], names["made"]),
            "kind": SQL("'rating'"),
            "direction": SQL("'in'"),
            "channel": SQL("'website'"),
            "subject": SQL("%s::numeric || ' / 5'", names["value"]),
            "status": self._get_timeline_labels(source, "rating_text"),
        }

    @api.model
    def _get_timeline_rated(self, source):
        """Return the condition that the user may read what was rated.

        Models that hold no messages of customers here (tasks, chats) are left to the right to
        read ratings, which every employee has.
        """
        names = self._get_timeline_columns(source, model="res_model", id="res_id")
        known = tuple(self._get_timeline_holders())
        conditions = [SQL("%s IS NULL OR %s NOT IN %s", names["model"], names["model"], known)]
        for model in known:
            query = self._get_timeline_query(model)
            if query is not None:
                is_readable = self._get_timeline_readable(query, names["id"])
                conditions.append(SQL("%s = %s AND %s", names["model"], model, is_readable))
        return SQL("(%s)", SQL(" OR ").join(conditions))

    @api.model
    def _get_timeline_readable(self, query, document_id):
        """Return the condition that the id is among the documents of a query."""
        query.add_where(SQL("%s = %s", SQL.identifier(query.table, "id"), document_id))
        return SQL("EXISTS %s", query.subselect())

    def _get_timeline_points(self, number):
        """Points earned and spent; they open the card, so it must be readable too."""
        query = self._get_timeline_query("loyalty.history")
        cards = self._get_timeline_query("loyalty.card")
        if query is None or cards is None:
            return []
        card = query.join(query.table, "card_id", "loyalty_card", "id", "timeline_card")
        card_id = SQL.identifier(card, "id")
        query.add_where(self._get_timeline_readable(cards, card_id))
        history, card_model = self.env["loyalty.history"], self.env["loyalty.card"]
        source = TimelineSource(
            history,
            query,
            self._get_timeline_column(card, card_model, "partner_id"),
            self._join_timeline_customer(query, card_model, "partner_id", card),
        )
        names = self._get_timeline_columns(
            source, date="create_date", subject="description", issued="issued", used="used"
        )
        points = SQL("COALESCE(%s, 0) - COALESCE(%s, 0)", names["issued"], names["used"])
        columns = {
            "date": SQL("date_trunc('second', %s)", names["date"]),
            "kind": SQL("'points'"),
            "direction": SQL("'none'"),
            "subject": names["subject"],
            "status": SQL(
                "CASE WHEN %s > 0 THEN '+' ELSE '' END || trim_scale(ROUND((%s)::numeric, 2))",
                points,
                points,
            ),
            "company_id": self._get_timeline_column(card, card_model, "company_id"),
            "res_model": SQL("'loyalty.card'"),
            "res_id": card_id,
        }
        return [self._select_timeline(number, source, columns)]
