"""Choosing the protocol and logging in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput, NotFound
from .connection import Connection
from .http_channel import HttpChannel
from .json2_protocol import Json2Protocol
from .retry_policy import RetryPolicy
from .xmlrpc_protocol import XmlRpcProtocol

# Odoo ends a request after 120 s by default (limit_time_real): a client that gives up later
# than the server never has an unknown change still running behind its back.
TIMEOUT = 300.0
PROTOCOLS = ("auto", "json2", "xmlrpc")


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
