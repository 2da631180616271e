from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..refresh.cron_notify import notify_soon
from ..refresh.customer_refresh_queue import NOTIFIED_KEY
from .api_error import InvalidInput, KeyReused
from .api_method import external
from .interaction_payload import InteractionPayload

MAX_INTERACTIONS = 100
ANSWERED = ("id", "request_key", "request_hash", "partner_id", "customer_id")
TECHNICAL = ("create_uid", "create_date", "write_uid", "write_date")


class CustomerApi(models.AbstractModel):
    """Interactions reported by other programs: call centres, mobile apps, web shops.

    Writing interactions so that calls with the same key, at the same time, all succeed.

    The ORM would have one of them fail on the unique key; ``ON CONFLICT DO NOTHING`` waits
    for the other instead. When the other was committed after our snapshot, PostgreSQL reports
    a conflict of transactions. Odoo would repeat the call after a second or two; a look at
    what is committed, on a connection of its own, tells at once which keys are taken.
    """

    _inherit = "customer.api"

    @api.model
    @external
    def log_interactions(self, company_id, interactions):
        """Record up to 100 interactions, all or none; repeating the call is harmless. Public: RPC.

        Each interaction has a ``request_key`` of the caller's choice. What was recorded under
        a key stays: the same content again answers with the same record, at the same time,
        too; other content is refused, and nothing of that call is recorded.

        The contact is the one with ``partner_id``; else the only one, or the only customer,
        with the ``reference``, ``email`` or ``phone``. Nobody or several: the interaction is
        recorded with the address alone, for people to sort out.

        :param int company_id: the company the interactions belong to
        :param list interactions: dictionaries with

            - ``request_key``: text of 1 to 128 characters, required
            - ``kind``: call, visit, meeting, email, sms, chat, fax, letter or other; required
            - ``subject``: one line of at most 255 characters, required
            - ``partner_id``, ``reference``, ``email`` or ``phone``: at least one
            - ``direction``: in, out or both; default out
            - ``date``: ISO 8601, UTC unless a zone is given; default now; not in the future
            - ``duration_minutes``: 0 to 1 440; ``note``: text of at most 20 000 characters
            - ``outcome``: reached, not_reached, message_left, callback or done
            - ``reason_id``: id of a reason; ``user_login``: our person
            - ``needs_answer``: true when the customer waits for one
        :return: list in the order given: ``request_key``, ``id``, ``created`` (``False``: was
            there before), ``partner_id`` and ``customer_id`` (0: unknown)
        :raise KeyReused: a key has been used for other content
        :raise NotFound: no such contact, reason or user here
        :raise InvalidInput: a value that cannot be one; the sentence names the interaction
        :raise NotAllowed: no API access, or not in this company
        """
        self = self._in_company(company_id)  # noqa: PLW0642
        requests = self._read_requests(interactions)
        self._resolve_requests(requests)
        created, rows = self._record_requests(requests)
        answers = self._get_answers(requests, created, rows)
        self._after_interactions(created)
        return answers

    @api.model
    def _after_interactions(self, created_ids):
        """Let follow what follows from all new interactions; the workers are woken in passing."""
        postcommit = self.env.cr.postcommit
        if created_ids and not postcommit.data.get(NOTIFIED_KEY):
            postcommit.data[NOTIFIED_KEY] = True
            postcommit.add(partial(notify_soon, self.env.cr.dbname))
        created = self.env["customer.interaction"].sudo().browse(created_ids)
        created._after_create()
        created._queue_customers()

    @api.model
    def _get_answers(self, requests, created_ids, rows):
        """Return one answer per request; refuse the first whose key stands for something else."""
        answers, fresh = [], set(created_ids)
        for request in requests:
            row = rows[request.key]
            if row["request_hash"] != request.digest:
                raise KeyReused(
                    self.env._(
                        "The request key “%(key)s” has been used for other content. Nothing "
                        "was recorded: give what is new a key of its own. [key_reused]",
                        key=request.key,
                    )
                )
            answers.append(
                {
                    "request_key": request.key,
                    "id": row["id"],
                    "created": row["id"] in fresh,
                    "partner_id": row["partner_id"] or 0,
                    "customer_id": row["customer_id"] or 0,
                }
            )
            fresh.discard(row["id"])
        return answers

    @api.model
    def _read_requests(self, interactions):
        """Return the interactions of a call, checked as far as that needs no database."""
        if not isinstance(interactions, list | tuple) or not (
            0 < len(interactions) <= MAX_INTERACTIONS
        ):
            raise InvalidInput(
                self.env._(
                    "“interactions” must be a list of 1 to %(most)s interactions.",
                    most=MAX_INTERACTIONS,
                )
            )
        requests = []
        for number, values in enumerate(interactions, 1):
            place = self.env._("Interaction %(number)s", number=number)
            if not isinstance(values, dict):
                raise InvalidInput(
                    self.env._("%(place)s must be a set of named values.", place=place)
                )
            requests.append(InteractionPayload.from_values(self.env, values, place))
        return requests

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
                    None
                    if values[name] is None
                    else interactions._fields[name].convert_to_column_insert(
                        values[name], interactions
                    )
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
        given, resolved = request.given, dict(request.resolved)
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
            **dict.fromkeys(("lead_id", "res_model", "res_id")),
            **resolved.pop("lead")._get_interaction_document(self.env.company),
            **resolved,
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
