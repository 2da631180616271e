"""RPC client of Customer Value: talk to Odoo 19 from any Python program.

Standard library only; Odoo need not be installed where it runs.

>>> from client import connect
>>> with connect("https://erp.example.com", "prod", api_key=key) as odoo:  # doctest: +SKIP
...     odoo.search_read("res.partner", [["is_company", "=", True]], ["name"], limit=5)
"""

from .customers import Customers
from .errors import (
    AccessDenied,
    AuthenticationFailed,
    ClientError,
    Conflict,
    ConnectionFailed,
    CursorExpired,
    InvalidInput,
    KeyReused,
    NotFound,
    ServerBusy,
    ServerError,
)
from .rpc.connection import Connection, connect
from .rpc.retry_policy import RetryPolicy

__all__ = [
    "AccessDenied",
    "AuthenticationFailed",
    "ClientError",
    "Conflict",
    "Connection",
    "ConnectionFailed",
    "CursorExpired",
    "Customers",
    "InvalidInput",
    "KeyReused",
    "NotFound",
    "RetryPolicy",
    "ServerBusy",
    "ServerError",
    "connect",
]
