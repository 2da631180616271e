"""A connection to one Odoo database as one user, and how to open one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol

from ..batched import batched
from ..errors import AccessDenied, InvalidInput, NotFound
from .http_channel import HttpChannel
from .json2_protocol import Json2Protocol
from .retry_policy import RetryPolicy
from .xmlrpc_protocol import XmlRpcProtocol

PAGE = 2000  # records per search_read request
REFERENCES = 500  # values per lookup request; keeps the SQL "IN" list small
BATCH = 100  # records per create request

# Methods that change nothing: these may be asked again after a broken line.
READ_METHODS = frozenset(
    {
        "context_get",
        "default_get",
        "fields_get",
        "find_customers",
        "formatted_read_group",
        "get_summary",
        "has_access",
        "name_search",
        "pull_changes",
        "read",
        "search",
        "search_count",
        "search_read",
        "web_read",
        "web_search_read",
    }
)
# Odoo ends a request after 120 s by default (limit_time_real): a client that gives up later
# than the server never has an unknown change still running behind its back.
TIMEOUT = 300.0
PROTOCOLS = ("auto", "json2", "xmlrpc")


class Transport(Protocol):
    """What a connection needs of a protocol."""

    name: str
    channel: HttpChannel

    def call(self, model: str, method: str, ids: list[int] | None, kwargs: dict[str, Any]) -> Any:
        """Run one method once; a failure is a ClientError."""

    def user_id(self) -> int:
        """Log in if need be and return the user's id."""


class Connection:
    """Calls Odoo's public methods. One thread each; use as a context manager.

    Whatever asks the server raises ClientError, see :meth:`call`.
    """

    def __init__(
        self,
        transport: Transport,
        retry: RetryPolicy | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """
        :param retry: five attempts when None
        :param context: Odoo context sent with every call; a call's own context goes over it
        """
        self.transport = transport
        self.retry = retry or RetryPolicy()
        self.context = dict(context or {})

    @property
    def protocol(self) -> str:
        """``json2`` or ``xmlrpc``."""
        return self.transport.name

    def call(
        self,
        model: str,
        method: str,
        ids: Iterable[int] | None = None,
        *,
        idempotent: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call a public method, arguments by name.

        :param ids: records it works on; None for a method of the model itself
        :param idempotent: whether repeating it after a broken line is harmless; by default
            only reading methods are. Conflicts and refused requests are always repeated.
        :raises ClientError: one of its subclasses, see ``client.errors``
        """
        context = {**self.context, **(kwargs.pop("context", None) or {})}
        if context:
            kwargs["context"] = context
        records = None if ids is None else [int(i) for i in ids]
        return self.retry.run(
            lambda: self.transport.call(model, method, records, kwargs),
            idempotent=method in READ_METHODS if idempotent is None else idempotent,
        )

    def search_read(
        self,
        model: str,
        domain: Sequence[Any] = (),
        fields: Sequence[str] = (),
        *,
        limit: int | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """All records that match, by ascending id, read in pages of stable size.

        :param fields: empty for every field (slow on wide models)
        :param limit: all of them when None
        """
        rows: list[dict[str, Any]] = []
        last = 0
        while limit is None or len(rows) < limit:
            size = PAGE if limit is None else min(PAGE, limit - len(rows))
            page = self.call(
                model,
                "search_read",
                domain=[["id", ">", last], *domain],
                fields=list(fields),
                limit=size,
                order="id",
                context=context,
            )
            rows += page
            if len(page) < size:
                break
            last = page[-1]["id"]
        return rows

    def create_many(
        self,
        model: str,
        vals_list: Sequence[Mapping[str, Any]],
        *,
        batch: int = BATCH,
        context: Mapping[str, Any] | None = None,
    ) -> list[int]:
        """Create records, ``batch`` per request, and return their ids in the given order.

        Each request is one transaction. Never repeated when its outcome is unknown
        (ConnectionFailed with ``sent``): look up by reference what is there, then go on.
        """
        if batch < 1:
            raise InvalidInput("a batch holds at least one record")
        ids: list[int] = []
        for part in batched(vals_list, batch):
            ids += self.call(
                model, "create", vals_list=[dict(vals) for vals in part], context=context
            )
        return ids

    def find_by_reference(
        self,
        model: str,
        field: str,
        values: Iterable[str],
        *,
        domain: Sequence[Any] = (),
        fields: Sequence[str] = (),
        context: Mapping[str, Any] | None = None,
    ) -> dict[str, dict[str, Any]]:
        """Records whose ``field`` is one of ``values``: {value: record}.

        Of several with the same value the oldest (lowest id) counts.
        """
        wanted = list(dict.fromkeys(value for value in values if value))
        found: dict[str, dict[str, Any]] = {}
        names = list(dict.fromkeys(["id", field, *fields]))
        for part in batched(wanted, REFERENCES):
            where = [[field, "in", part], *domain]
            for row in self.search_read(model, where, names, context=context):
                found.setdefault(row[field], row)
        return found

    def who(self) -> dict[str, Any]:
        """The connected user: id, login, name, company_id, company_ids and lang.

        A user with API access alone may not read its other companies: they are left out.
        """
        uid = self.retry.run(self.transport.user_id, idempotent=True)
        names = ["login", "name", "company_id", "lang"]
        try:
            return self.call("res.users", "read", [uid], fields=[*names, "company_ids"])[0]
        except AccessDenied:
            user = self.call("res.users", "read", [uid], fields=names)[0]
        return {**user, "company_ids": [user["company_id"][0]]}

    def close(self) -> None:
        """Close the line; calling again afterwards opens it anew."""
        self.transport.channel.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def connect(
    url: str,
    database: str,
    login: str | None = None,
    password: str | None = None,
    api_key: str | None = None,
    protocol: str = "auto",
    timeout: float = TIMEOUT,
    *,
    retry: RetryPolicy | None = None,
    context: Mapping[str, Any] | None = None,
) -> Connection:
    """Log in to one database.

    ``auto`` takes JSON-2 when an API key is given (XML-RPC if the server does not offer
    JSON-2 and a login is there), else XML-RPC with login and password.

    :raises ClientError: AuthenticationFailed, ConnectionFailed (nobody there), NotFound (no such
        database) or InvalidInput (the arguments do not fit together)
    """
    if protocol not in PROTOCOLS:
        raise InvalidInput(f"protocol is one of {', '.join(PROTOCOLS)}")
    if not database:
        raise InvalidInput("which database? (--db or ODOO_DB)")
    if protocol == "json2" and not api_key:
        raise InvalidInput("JSON-2 needs an API key (user preferences, Security)")
    policy = retry or RetryPolicy()
    if api_key and protocol != "xmlrpc":
        json2 = Json2Protocol(HttpChannel(url, timeout), database, api_key)
        try:
            return _logged_in(Connection(json2, policy, context))
        except NotFound:
            if protocol == "json2" or not login:
                raise
    secret = api_key or password
    if not login or not secret:
        raise InvalidInput("an API key, or a login with its password, is needed")
    transport = XmlRpcProtocol(HttpChannel(url, timeout), database, login, secret)
    return _logged_in(Connection(transport, policy, context))


def _logged_in(connection: Connection) -> Connection:
    """The connection, once the server has accepted the user; closed if it has not."""
    try:
        connection.retry.run(connection.transport.user_id, idempotent=True)
    except BaseException:
        connection.close()
        raise
    return connection
