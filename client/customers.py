"""What other programs do with customers: find, look, tell, follow."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidInput
from .rpc.connection import Connection

MODEL = "customer.api"
BATCH = 100  # the most interactions the server takes in one call
PAGE = 500  # changes per request
Interaction = Mapping[str, Any]
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class ChangePage:
    """Changed profiles, oldest change first, and the cursor to go on with after them."""

    changes: list[dict[str, Any]]
    cursor: str


class Customers:
    """The customers of one company, as Customer Value shows them to other programs.

    The user of the connection needs the right *API access*. A call that was answered by
    nothing is made again by itself: reading is harmless, and interactions carry a key.
    """

    def __init__(self, connection: Connection, company_id: int) -> None:
        """
        :param company_id: database id of the company that asks and records
        """
        self.connection = connection
        self.company_id = company_id

    def find(
        self, phone: str = "", email: str = "", reference: str = "", *, limit: int = 20
    ) -> list[dict[str, Any]]:
        """Contacts with the number, the address or the reference; best matches first.

        :return: dictionaries with ``partner_id``, ``name``, ``phone``, ``email``, ``reference``,
            ``is_company``, ``customer_id``, ``customer_name`` and ``matched_by``
        """
        given = {"phone": phone, "email": email, "reference": reference}
        known = {name: value for name, value in given.items() if value}
        return self._call("find_customers", limit=limit, **known)

    def summary(self, partner_id: int) -> dict[str, Any]:
        """Standing, numbers and latest interactions of a contact's customer.

        :raises NotFound: no such contact in this company
        """
        return self._call("get_summary", partner_id=partner_id)

    def log(self, **interaction: Any) -> dict[str, Any]:
        """Record one interaction; see ``log_many``.

        >>> customers.log(kind="call", subject="Asked for a price", phone=number)  # doctest: +SKIP
        {'request_key': '…', 'id': 41, 'created': True, 'partner_id': 7, 'customer_id': 5}
        """
        return self.log_many([interaction])[0]

    def log_many(self, interactions: Iterable[Interaction]) -> list[dict[str, Any]]:
        """Record interactions, 100 per request, each request all or none.

        One without a ``request_key`` is given one. With keys of its own a program may send
        everything again after an interruption, and nothing is recorded twice.

        :return: in the given order: ``request_key``, ``id``, ``created``, ``partner_id``,
            ``customer_id``
        :raises KeyReused: a key came again with other content
        :raises InvalidInput: a value does not fit; the requests before it are recorded
        """
        return self._in_batches("log_interactions", "interactions", interactions)

    def feedback(self, **answer: Any) -> dict[str, Any]:
        """Record one answer of a customer; see ``feedback_many``.

        >>> customers.feedback(kind="nps", nps=9, email=address)  # doctest: +SKIP
        {'request_key': '…', 'id': 12, 'created': True, 'partner_id': 7, 'customer_id': 5}
        """
        return self.feedback_many([answer])[0]

    def feedback_many(self, answers: Iterable[Answer]) -> list[dict[str, Any]]:
        """Record answers of customers, 100 per request, with keys as in ``log_many``.

        Each has a ``kind`` – rating (``rating`` 1–5), nps (``nps`` 0–10) or gap (``levels``:
        dictionaries with ``factor_id``, ``expectation`` and ``perception``, 1–5) – and says
        whose it is: ``partner_id``, ``email``, ``phone`` or ``reference``. ``comment``, ``date``
        and ``user_login`` may be given.

        :raises NotFound: nobody, or nobody in particular, has the address
        :raises KeyReused: a key came again with other content
        :raises InvalidInput: a value does not fit; the requests before it are recorded
        """
        return self._in_batches("log_feedback", "answers", answers)

    def complain(self, **complaint: Any) -> dict[str, Any]:
        """Record a complaint; one without a ``request_key`` is given one.

        >>> customers.complain(subject="Desk scratched", email=address)  # doctest: +SKIP
        {'request_key': '…', 'id': 9, 'number': 'COMP/2026/00009', 'created': True, …}

        :raises KeyReused: the key came again with other content
        :raises NotFound: no such contact, team, category, order or product
        """
        return self._call("create_complaint", idempotent=True, complaint=with_key(complaint))

    def changes(self, cursor: str = "", *, page: int = PAGE) -> Iterator[ChangePage]:
        """Pages of profiles changed since a cursor, until there are no more for now.

        Keep the ``cursor`` of a page once its changes are dealt with. No change is missed; one
        may come twice.

        :raises CursorExpired: the database has moved; begin again with ""
        """
        more = True
        while more:
            answer = self._call("pull_changes", cursor=cursor, limit=page)
            cursor, more = answer["cursor"], answer["more"]
            yield ChangePage(answer["changes"], cursor)

    def _in_batches(
        self, method: str, name: str, rows: Iterable[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Send rows to a method that takes them as a list by a name."""
        answers: list[dict[str, Any]] = []
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(with_key(row))
            if len(batch) == BATCH:
                answers += self._send_batch(method, name, batch)
                batch = []
        return answers + self._send_batch(method, name, batch) if batch else answers

    def _send_batch(
        self, method: str, name: str, batch: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        answers = self._call(method, idempotent=True, **{name: batch})
        if len(answers) != len(batch):
            raise InvalidInput(f"the server answered with another number of {name}")
        return answers

    def _call(self, method: str, *, idempotent: bool | None = None, **kwargs: Any) -> Any:
        return self.connection.call(
            MODEL, method, idempotent=idempotent, company_id=self.company_id, **kwargs
        )


def with_key(interaction: Interaction) -> dict[str, Any]:
    """The values with a request key, made up when it has none, and without None."""
    known = {name: value for name, value in interaction.items() if value is not None}
    if not known.get("request_key"):
        known["request_key"] = str(uuid.uuid4())
    return known
