"""One company of one database, as data is loaded into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import InvalidInput
from ..rpc.connection import Connection

# No mails, no followers, no log notes, no pop-ups: history is loaded, nobody is to be told.
CONTEXT: dict[str, Any] = {
    "lang": "en_US",
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "skip_sms": True,
    "tracking_disable": True,
    "tz": "UTC",
}


class CompanyTarget:
    """Connection and company, with calls that stay in that company and tell nobody."""

    def __init__(self, connection: Connection, company_id: int | None = None) -> None:
        """
        :param company_id: the user's own company when None
        :raises InvalidInput: no such company for this user
        """
        self.connection = connection
        self.user = connection.who()
        self.company_id = company_id or self.user["company_id"][0]
        if self.company_id not in self.user["company_ids"]:
            raise InvalidInput(f"user {self.user['login']} has no company {self.company_id}")
        self.context = {**CONTEXT, "allowed_company_ids": [self.company_id]}

    def call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        context: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call a method in this company, quietly.

        :param ids: None for a method of the model itself
        :param context: goes over that of this company
        :raises ClientError: see Connection.call
        """
        return self.connection.call(
            model, method, ids, context={**self.context, **(context or {})}, **kwargs
        )

    def read(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        limit: int | None = None,
        archived: bool = False,
    ) -> list[dict[str, Any]]:
        """Records as this company sees them, by ascending id.

        :param limit: all of them when None
        :param archived: archived ones as well
        """
        context = {**self.context, "active_test": not archived}
        return self.connection.search_read(model, domain, fields, limit=limit, context=context)

    def find(
        self,
        model: str,
        field: str,
        values: Sequence[str],
        domain: Sequence[Any] = (),
        fields: Sequence[str] = (),
        archived: bool = False,
    ) -> dict[str, dict[str, Any]]:
        """Records of this company by reference, see Connection.find_by_reference."""
        context = {**self.context, "active_test": not archived}
        return self.connection.find_by_reference(
            model, field, values, domain=domain, fields=fields, context=context
        )
