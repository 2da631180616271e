import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

ANSWERED = ("id", "request_key", "request_hash", "partner_id", "customer_id")
TECHNICAL = ("create_uid", "create_date", "write_uid", "write_date")


class CustomerApi(models.AbstractModel):
    """Writing interactions so that calls with the same key, at the same time, all succeed.

    The ORM would have one of them fail on the unique key; ``ON CONFLICT DO NOTHING`` waits
    for the other instead. When the other was committed after our snapshot, PostgreSQL reports
    a conflict of transactions. Odoo would repeat the call after a second or two; a look at
    what is committed, on a connection of its own, tells at once which keys are taken.
    """

    _inherit = "customer.api"

    @api.model
    def _record_requests(self, requests):
        """Record what is not there yet.

        :return: the new ids, and request key -> row of all requests
        :raise psycopg2.errors.SerializationFailure: on a conflict of another kind
        """
        elsewhere = {}
        while left := [request for request in requests if request.key not in elsewhere]:
            try:
                with self.env.cr.savepoint(flush=False):
                    created = self._insert_requests(left)
                known = elsewhere | created
                rest = [request for request in left if request.key not in created]
                known |= self._get_recorded(self.env, rest)
                return [row["id"] for row in created.values()], known
            except psycopg2.errors.SerializationFailure:
                with self.env.registry.cursor() as cr:
                    taken = self._get_recorded(self.env(cr=cr), left)
                if not taken:
                    raise
                elsewhere |= taken
        return [], elsewhere

    @api.model
    def _insert_requests(self, requests):
        """Insert what is not there yet, in one statement; return request key -> new row."""
        # All calls take the keys in one order: two batches never wait for each other.
        unique = {request.key: request for request in requests}
        rows = [self._get_row(unique[key]) for key in sorted(unique)]
        interactions = self.env["customer.interaction"].sudo()
        defaults = self._get_row_defaults(rows[0])
        names = [*rows[0], *defaults, *TECHNICAL]
        technical = self._get_technical_values()
        lines = []
        for row in rows:
            values = defaults | row | technical
            lines.append(
                tuple(
                    interactions._fields[name].convert_to_column_insert(values[name], interactions)
                    for name in names
                )
            )
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_interaction (%s) VALUES %s
              ON CONFLICT (company_id, request_key) DO NOTHING
                RETURNING %s""",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL(", ").join(SQL("%s", line) for line in lines),
                SQL(", ").join(SQL.identifier(name) for name in ANSWERED),
            ),
            log_exceptions=False,  # a conflict is no fault
        )
        created = {row["request_key"]: row for row in self.env.cr.dictfetchall()}
        self._compute_rest(interactions.browse([row["id"] for row in created.values()]), names)
        return created

    @api.model
    def _get_technical_values(self):
        now, uid = fields.Datetime.now(), self.env.uid
        return dict(zip(TECHNICAL, (uid, now, uid, now), strict=True))

    @api.model
    def _get_row(self, request):
        """Return the fields of the interaction a request stands for."""
        given = request.given
        return {
            "kind": given["kind"],
            "direction": given["direction"] or "out",
            "date": given["date"] or fields.Datetime.now(),
            "duration_minutes": given["duration_minutes"],
            "subject": given["subject"],
            "note": given["note"] or False,
            "outcome": given["outcome"] or False,
            "needs_answer": given["needs_answer"],
            "company_id": self.env.company.id,
            "request_key": request.key,
            "request_hash": request.digest,
            **request.resolved,
        }

    @api.model
    def _get_row_defaults(self, row):
        """Return the defaults of columns other features have added to the interaction."""
        interactions = self.env["customer.interaction"].sudo()
        others = [
            name
            for name, field in interactions._fields.items()
            if field.store
            and field.column_type
            and not field.compute
            and name not in row
            and name not in ("id", *TECHNICAL)
        ]
        return {
            name: value
            for name, value in interactions.default_get(others).items()
            if name in others
        }

    @api.model
    def _compute_rest(self, interactions, names):
        """Have stored fields of other features computed for the new rows."""
        for name, field in interactions._fields.items():
            if interactions and field.store and field.compute and name not in names:
                self.env.add_to_compute(field, interactions)

    @api.model
    def _get_recorded(self, env, requests):
        """Return request key -> row as the connection of the environment sees it."""
        if not requests:
            return {}
        rows = env.execute_query_dict(
            SQL(
                """SELECT %s
                     FROM customer_interaction
                    WHERE company_id = %s AND request_key IN %s""",
                SQL(", ").join(SQL.identifier(name) for name in ANSWERED),
                self.env.company.id,
                tuple({request.key for request in requests}),
            )
        )
        return {row["request_key"]: row for row in rows}
