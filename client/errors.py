"""What can go wrong when talking to Odoo, in words a user can act on.

No error carries a server traceback or a secret: ``str(error)`` is always fit to be shown.
The hierarchy lives in one file because it is read as one table.
"""

from __future__ import annotations


class ClientError(Exception):
    """Base of every error this package raises."""

    def __init__(self, message: str, *, server_name: str = "") -> None:
        """
        :param message: one or a few plain lines for the user
        :param server_name: dotted name of the server's own exception, when it told one
        """
        super().__init__(message)
        self.server_name = server_name


class ConnectionFailed(ClientError):
    """The server could not be reached, or the line broke.

    ``sent`` tells whether the request may have reached the server: when it is True,
    nobody knows whether a change was made, so only repeatable calls are repeated.
    """

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class AuthenticationFailed(ClientError):
    """Wrong login, password or API key, or the key has expired."""


class AccessDenied(ClientError):
    """The user is known but may not do this."""


class NotFound(ClientError):
    """The address, database, model, method or record does not exist."""


class InvalidInput(ClientError):
    """The server (or this package) refused the values: the caller has to change them."""


class KeyReused(InvalidInput):
    """A request key was used before for other content: nothing was recorded."""


class CursorExpired(InvalidInput):
    """The cursor belongs to a database server that is no more: begin again without one."""


class ServerError(ClientError):
    """The server failed while handling a well-formed request."""


class ServerBusy(ServerError):
    """HTTP 429, 502, 503 or 504: try again later.

    ``refused`` is True when the request was surely not carried out (429 and 503);
    a gateway's 502 or 504 leaves that open.
    """

    def __init__(self, message: str, *, refused: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.refused = refused
        self.retry_after = retry_after


class Conflict(ServerError):
    """Two transactions collided; the server rolled this one back, so nothing was changed."""
