from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .api_error import InvalidInput, KeyReused
from .api_method import external
from .feedback_payload import FeedbackPayload

MAX_ANSWERS = 100


class CustomerApi(models.AbstractModel):
    """Answers of customers gathered by other programs: call centres, kiosks, web shops."""

    _inherit = "customer.api"

    @api.model
    @external
    def log_feedback(self, company_id, answers):
        """Record up to 100 answers of customers, all or none; repeating is harmless. Public: RPC.

        Keys work as in ``log_interactions``. The contact has to be known: the one with
        ``partner_id``, else the only one, or the only customer, with the ``reference``,
        ``email`` or ``phone``.

        :param int company_id: the company that was judged
        :param list answers: dictionaries with

            - ``request_key``: text of 1 to 128 characters, required
            - ``kind``: rating, nps or gap; required, with its values:
            - ``rating``: 1 to 5; ``nps``: 0 to 10; ``levels``: list of dictionaries with
              ``factor_id``, ``expectation`` and ``perception``, 1 to 5 each
            - ``comment``: text of at most 4 000 characters
            - ``partner_id``, ``reference``, ``email`` or ``phone``: at least one
            - ``date``: ISO 8601, UTC unless a zone is given; default now; not in the future
            - ``user_login``: our person whose work was judged
        :return: list in the order given: ``request_key``, ``id``, ``created`` (``False``: was
            there before), ``partner_id`` and ``customer_id``
        :raise KeyReused: a key has been used for other content
        :raise NotFound: no such contact, user or factor here
        :raise InvalidInput: a value that cannot be one; the sentence names the answer
        :raise NotAllowed: no API access, or not in this company
        """
        self = self._in_company(company_id)  # noqa: PLW0642
        inputs = self._read_feedback_inputs(answers)
        self._resolve_requests(inputs)
        for one in inputs:
            if not one.resolved["partner_id"]:
                self._refuse_unknown(one, "email", one.given["email"] or one.given["phone"])
        created = self._reserve_feedback_keys(inputs)
        for one in inputs:
            if one.key in created and not created[one.key].feedback_id:
                created[one.key].feedback_id = self._record_feedback(one)
        return self._get_feedback_answers(inputs, created)

    @api.model
    def _read_feedback_inputs(self, answers):
        if not isinstance(answers, list | tuple) or not 0 < len(answers) <= MAX_ANSWERS:
            raise InvalidInput(
                self.env._("“answers” must be a list of 1 to %(most)s answers.", most=MAX_ANSWERS)
            )
        inputs = []
        for number, values in enumerate(answers, 1):
            place = self.env._("Answer %(number)s", number=number)
            if not isinstance(values, dict):
                raise InvalidInput(
                    self.env._("%(place)s must be a set of named values.", place=place)
                )
            inputs.append(FeedbackPayload.from_values(self.env, values, place))
        return inputs

    @api.model
    def _reserve_feedback_keys(self, inputs):
        """Take the keys that are free, in one statement; return key -> new row.

        A key another call has taken since our snapshot is a conflict of transactions: Odoo
        repeats this call, which then finds the key and its answer.
        """
        # All calls take the keys in one order: two batches never wait for each other.
        unique = {one.key: one for one in reversed(inputs)}
        now = fields.Datetime.now()
        lines = [
            (self.env.company.id, key, unique[key].digest, self.env.uid, now)
            for key in sorted(unique)
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_feedback_key
                          (company_id, request_key, request_hash, create_uid, create_date)
                   VALUES %s ON CONFLICT (company_id, request_key) DO NOTHING
                RETURNING request_key, id""",
                SQL(", ").join(SQL("%s", line) for line in lines),
            )
        )
        keys = self.env["customer.feedback.key"].sudo()
        return {key: keys.browse(id_) for key, id_ in self.env.cr.fetchall()}

    @api.model
    def _record_feedback(self, one):
        values = {"source": "api", "recorded_by_id": self.env.uid}
        if one.given["date"]:
            values["date"] = one.given["date"]
        if one.resolved["user_id"]:
            values["user_id"] = one.resolved["user_id"]
        partner = self.env["res.partner"].sudo().browse(one.resolved["partner_id"])
        try:
            return self.env["customer.feedback"]._register_answer(
                self.env.company, partner, one.given["kind"], one.answer, **values
            )
        except UserError as error:
            raise InvalidInput(f"{one.place}: {error}") from None

    @api.model
    def _get_feedback_answers(self, inputs, created):
        """Return one answer per input; refuse the first whose key stands for something else."""
        keys = self.env["customer.feedback.key"].sudo()
        domain = [
            ("company_id", "=", self.env.company.id),
            ("request_key", "in", [one.key for one in inputs]),
        ]
        rows = {row.request_key: row for row in keys.search(domain)}
        answers, fresh = [], set(created)
        for one in inputs:
            row = rows[one.key]
            if row.request_hash != one.digest:
                raise KeyReused(
                    self.env._(
                        "The request key “%(key)s” has been used for other content. Nothing "
                        "was recorded: give what is new a key of its own. [key_reused]",
                        key=one.key,
                    )
                )
            answers.append(
                {
                    "request_key": one.key,
                    "id": row.feedback_id.id or 0,
                    "created": one.key in fresh,
                    "partner_id": row.feedback_id.partner_id.id or 0,
                    "customer_id": row.feedback_id.customer_id.id or 0,
                }
            )
            fresh.discard(one.key)
        return answers
