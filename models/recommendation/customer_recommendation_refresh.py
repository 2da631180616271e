import logging
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..base.facts import read_columns, stage_facts
from ..base.isolation import run_isolated
from ..base.scope import get_column_arrays
from .customer_recommendation import ACTIVE_STATES, KINDS, STATES
from .recommendation_columns import (
    COLUMN_KINDS,
    FIGURES,
    KEY,
    OUTCOME,
    RecommendationColumns,
)

_logger = logging.getLogger(__name__)


class CustomerRecommendation(models.Model):
    """The refresh: what was bought, quoted or is out of date, and what is to be offered today.

    Set-wise for any number of customers; a row that would not change is not written.
    """

    _inherit = "customer.recommendation"

    @api.model
    def _refresh(self, company, partner_ids, today=None, scope=None):
        """Bring the recommendations of customers of one company up to date.

        :param partner_ids: ids of commercial partners
        :param scope: with their documents in work tables, where these are made already
        :return: ids of the rows that were written
        """
        self = self.sudo().with_company(company)  # noqa: PLW0642
        today = today or self.env["customer.profile"]._get_today(company)
        partner_ids = sorted(partner_ids)
        scope = scope or self.env["customer.profile"]._stage_purchases(company, partner_ids, today)
        since = today - timedelta(days=company.sudo().customer_recommendation_lookback_days)
        history = self.env["customer.purchase.history"]
        lines = history._get_lines(company, today, partner_ids, scope)
        more = self._follow_purchases(company, partner_ids, lines, today)
        orders = self._read_orders(company, partner_ids, since, today, scope)
        stored = self._read_rows(company, partner_ids, since)
        suppressed = self._get_suppressed(stored, orders, lines, since)
        wanted = self._find_offers(company, lines, today, suppressed, more)
        settled, places = stored.get_settled(wanted, lines, orders, since.toordinal())
        written = self._write_figures(stored, wanted, settled, places)
        rows = stored.get_rows(~settled)
        pairs = [(row["partner_id"], row["product_id"]) for row in rows]
        purchases = self._get_purchases(lines, orders, since, pairs)
        quoted = {(row["partner_id"], row["product_id"]): row["id"]
                  for row in orders if row["state"] != "sale"}  # fmt: skip
        for row in rows:
            self._update_outcome(row, purchases, quoted, since, today)
        wanted = wanted.without(places[settled])
        fresh = self._match(rows, wanted, quoted, since, today)
        changed = written + self._write_rows(rows) + self._insert_rows(company, fresh, today)
        self.invalidate_model()
        return changed

    @api.model
    def _follow_purchases(self, company, partner_ids, lines, today):
        """Tell other rooms what customers bought, as it is in memory now: a hook.

        :param lines: PurchaseLines of these customers up to today
        :return: kind -> GroupedOffers these rooms make of them, of products that were bought
        """
        return {}

    def _refresh_isolated(self, company, partner_ids, today=None, scope=None):
        """Refresh so that a customer that fails does not stop the others.

        :return: ids of the customers that failed
        :raise psycopg2.OperationalError: on a conflict with another transaction; retry later
        """
        failures = run_isolated(
            self.env, partner_ids, lambda some: self._refresh(company, some, today, scope)
        )
        for partner, failure in failures.items():
            message = "Recommendations for customer %s could not be refreshed"
            _logger.error(message, partner, exc_info=failure)
        return list(failures)

    @api.model
    def _read_orders(self, company, partner_ids, since, today, scope=None):
        """Return the products on open quotations, and on orders confirmed since a day."""
        self.env.flush_all()
        profiles = self.env["customer.profile"]
        scope = scope or profiles._get_scope(company, partner_ids, today)
        rows = self.env.execute_query_dict(
            SQL(
                """WITH %(contact)s, %(customer_order)s
                   SELECT c.partner_id, l.product_id, o.state, %(day)s AS day, o.id
                     FROM customer_order c
                     JOIN sale_order o ON o.id = c.id
                     JOIN sale_order_line l ON l.order_id = o.id
                    WHERE l.product_id IS NOT NULL AND l.product_uom_qty > 0
                      AND (o.state IN ('draft', 'sent')
                           OR (o.state = 'sale' AND %(day)s BETWEEN %(since)s AND %(today)s))
                 ORDER BY o.id""",
                day=scope.local_day(SQL("o.date_order")),
                contact=profiles._get_contact_sql(scope),
                customer_order=profiles._get_customer_order_sql(scope),
                since=since,
                today=today,
            )
        )
        # The work tables hold all customers of a run; one that fails is tried again alone.
        wanted = set(partner_ids)
        return [row for row in rows if row["partner_id"] in wanted]

    @api.model
    def _read_rows(self, company, partner_ids, since):
        """Return the recommendations that may still change or keep others from being made."""
        query = SQL(
            """SELECT id, partner_id, product_id, date, decided_date, order_id, hit_ratio, %s,
                      array_position(%s::varchar[], kind) AS kind,
                      array_position(%s::varchar[], state) AS state
                 FROM customer_recommendation
                WHERE company_id = %s AND partner_id = ANY(%s)
                  AND (state IN ('open', 'quoted') OR date >= %s OR decided_date >= %s)
             ORDER BY state = 'quoted' DESC, id""",
            self._get_columns(FIGURES),
            [kind for kind, _name in KINDS],
            [state for state, _name in STATES],
            company.id,
            partner_ids,
            since,
            since,
        )
        return RecommendationColumns(read_columns(self.env.cr, query, COLUMN_KINDS))

    @api.model
    def _get_purchases(self, lines, orders, since, pairs):
        """Return (customer id, product id) -> list of (day, order id) since a day.

        :param pairs: of customers and products; nothing is told of others
        """
        found = {}
        rows = lines.bought
        rows = rows[lines.days[rows] >= since.toordinal()]
        for row in rows[lines.are_among(rows, pairs)].tolist():
            key = (int(lines.customers[row]), int(lines.products[row]))
            found.setdefault(key, []).append((date.fromordinal(int(lines.days[row])), None))
        for order in orders:
            if order["state"] == "sale":
                key = (order["partner_id"], order["product_id"])
                found.setdefault(key, []).append((order["day"], order["id"]))
        return found

    @api.model
    def _update_outcome(self, row, purchases, quoted, since, today):
        """Note in a row whether its product was bought, is on a quotation, or nothing came.

        What was bought and is not any more (an order cancelled, an invoice credited) is open.
        """
        if row["state"] == "rejected" or row["date"] < since:
            if row["state"] in ACTIVE_STATES:
                self._set_state(row, "expired", today)
            return
        key = (row["partner_id"], row["product_id"])
        bought = [item for item in purchases.get(key, ()) if item[0] >= row["date"]]
        if bought:
            day, order = min(bought, key=lambda item: (item[0], item[1] or 0))
            self._set_state(row, "accepted", day)
            row["order_id"] = order or row["order_id"]
        elif row["state"] != "expired":
            row["order_id"] = quoted.get(key)
            self._set_state(row, "quoted" if key in quoted else "open")

    @api.model
    def _set_state(self, row, state, day=None):
        row.update(state=state, decided_date=day, hit_ratio=self._get_hit(state))

    @api.model
    def _get_suppressed(self, rows, orders, lines, since):
        """Return kind -> pairs of customer and product that are not to be offered now.

        Rejected within the look-back: not at all. Ordered within it: not as something new, and
        as an own product not before the order has been invoiced.
        """
        rejected = rows.get_pairs(
            rows.has_state("rejected") & (rows["decided_date"] >= since.toordinal())
        )
        ordered = {}
        for order in orders:
            if order["state"] == "sale":
                key = (order["partner_id"], order["product_id"])
                ordered[key] = max(ordered.get(key, 0), order["day"].toordinal())
        last = {}
        rows = lines.bought
        for row in rows[lines.are_among(rows, ordered)].tolist():
            last[int(lines.customers[row]), int(lines.products[row])] = int(lines.days[row])
        waiting = {key for key, day in ordered.items() if day > last.get(key, 0)}
        new = rejected | ordered.keys()
        return {
            "reorder": rejected | waiting,
            "win_back": rejected | waiting,
            "cross_sell": new,
            "best_seller": new,
            "up_sell": new,
        }

    @api.model
    def _match(self, rows, wanted, quoted, since, today):
        """Give rows the figures of today; return the offers rows are still to be made for.

        What is not wanted any more expires; what comes back within the look-back opens again.
        What somebody has put on a quotation without us is not recommended any more.

        :param wanted: OfferColumns
        """
        offers = wanted.get_offers({tuple(row[name] for name in KEY) for row in rows})
        served = set()
        for row in self._order_rows(rows):
            key = tuple(row[name] for name in KEY)
            offer = offers.get(key)
            pair = (row["partner_id"], row["product_id"])
            if row["state"] not in (*ACTIVE_STATES, "expired") or row["date"] < since:
                continue
            if key in served:
                # Two contacts were merged: one row of each is enough.
                if row["state"] in ACTIVE_STATES:
                    self._set_state(row, "expired", today)
            elif offer:
                row.update({name: offer[name] for name in FIGURES})
                if row["state"] == "expired" and pair not in quoted:
                    self._set_state(row, "open")
                served.add(key)
            elif row["state"] == "open":
                self._set_state(row, "expired", today)
            elif row["state"] == "quoted":
                served.add(key)
        return wanted.without_keys(served, quoted)

    @api.model
    def _order_rows(self, rows):
        """Return rows with those first that may stay: quoted, open, then the latest expired."""
        place = {"quoted": 0, "open": 1}
        return sorted(rows, key=lambda row: (place.get(row["state"], 2), -row["id"]))

    @api.model
    def _write_rows(self, rows):
        """Write the rows that differ from what is stored; return their ids."""
        names = (*FIGURES, *OUTCOME)
        changed = self.env.execute_query(
            SQL(
                """UPDATE customer_recommendation r
                      SET (write_uid, write_date, %(names)s) = ROW (%(uid)s, %(now)s, %(fresh)s)
                     FROM unnest(%(values)s) AS f(id, %(names)s)
                    WHERE r.id = f.id AND (%(current)s) IS DISTINCT FROM (%(fresh)s)
                RETURNING r.id""",
                names=self._get_columns(names),
                fresh=self._get_columns(names, "f"),
                current=self._get_columns(names, "r"),
                values=get_column_arrays(self, rows, ("id", *names)),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return [row for (row,) in changed]

    @api.model
    def _write_figures(self, stored, wanted, settled, places):
        """Write what changed of rows that stay as they are otherwise; return their ids."""
        rows = stored.get_changed(wanted, settled, places)
        facts = wanted.take(places[rows]).to_facts(self, FIGURES, stored["id"][rows])
        if not len(facts):
            return []
        changed = self.env.execute_query(
            SQL(
                """UPDATE customer_recommendation r
                      SET (write_uid, write_date, %(names)s) = ROW (%(uid)s, %(now)s, %(fresh)s)
                     FROM (%(values)s) AS f
                    WHERE r.id = f.id AND (%(current)s) IS DISTINCT FROM (%(fresh)s)
                RETURNING r.id""",
                names=self._get_columns(FIGURES),
                fresh=self._get_columns(FIGURES, "f"),
                current=self._get_columns(FIGURES, "r"),
                values=stage_facts(self, facts, FIGURES, "id"),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return [row for (row,) in changed]

    @api.model
    def _insert_rows(self, company, wanted, today):
        names = (*KEY, *FIGURES)
        facts = wanted.to_facts(self, names)
        if not len(facts):
            return []
        created = self.env.execute_query(
            SQL(
                """INSERT INTO customer_recommendation
                       (company_id, create_uid, create_date, write_uid, write_date, date, state,
                        %(names)s)
                SELECT %(company)s, %(uid)s, %(now)s, %(uid)s, %(now)s, %(today)s, 'open', %(fresh)s
                  FROM (%(values)s) AS f
              ORDER BY f.place
             RETURNING id""",
                names=self._get_columns(names),
                fresh=self._get_columns(names, "f"),
                values=stage_facts(self, facts, names, "place"),
                company=company.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                today=today,
            )
        )
        return [row for (row,) in created]

    @api.model
    def _get_columns(self, names, alias=None):
        return self.env["customer.profile"]._get_columns(names, alias)
