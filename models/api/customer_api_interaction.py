from functools import partial

from odoo import api, models

from ..refresh.cron_notify import ring
from ..refresh.customer_refresh_queue import NOTIFIED_KEY
from .api_error import InvalidInput, KeyReused
from .api_method import external
from .interaction_payload import InteractionRequest

MOST_INTERACTIONS = 100


class CustomerApi(models.AbstractModel):
    """Interactions reported by other programs: call centres, mobile apps, web shops."""

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
            - ``duration_minutes``: 0 to 10 080; ``note``: text of at most 20 000 characters
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
            postcommit.add(partial(ring, self.env.cr.dbname))
        self.env["customer.interaction"].sudo().browse(created_ids)._after_create()

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
            0 < len(interactions) <= MOST_INTERACTIONS
        ):
            raise InvalidInput(
                self.env._(
                    "“interactions” must be a list of 1 to %(most)s interactions.",
                    most=MOST_INTERACTIONS,
                )
            )
        requests = []
        for number, values in enumerate(interactions, 1):
            place = self.env._("Interaction %(number)s", number=number)
            if not isinstance(values, dict):
                raise InvalidInput(
                    self.env._("%(place)s must be a set of named values.", place=place)
                )
            requests.append(InteractionRequest.from_values(self.env, values, place))
        return requests
