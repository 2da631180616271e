"""Whom a call, meeting, e-mail, note or case is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .crm_row import CrmRow
from .known_records import Registry
from .place import Place
from .record_writer import RecordWriter
from .row_fault import RowFault
from .text import key_text

ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")
MAIL_KEYS = ("@from", "@to")


class CustomerFinder:
    """Contact first, then account, then the record it belongs to, then name, then address."""

    def __init__(self, writer: RecordWriter) -> None:
        self.writer = writer
        self.registry: Registry = writer.registry
        self.modules = writer.context.mapping.modules

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Look up parents and addresses in one go."""
        wanted: dict[str, list[str]] = {}
        for row in rows:
            entity = self.modules.get(key_text(row.text("@parent_type")))
            if entity:
                wanted.setdefault(entity, []).append(row.text("@parent_id"))
        for entity, row_ids in wanted.items():
            self.registry.fetch(entity, row_ids)
        self.registry.fetch_emails(mail for row in rows for mail in addresses(row))

    def parent(self, row: CrmRow) -> Place | None:
        """The record a row belongs to.

        :raises RowFault: it is nowhere, or of a kind that is not imported and nothing else tells
            the customer
        """
        kind, row_id = row.text("@parent_type"), row.text("@parent_id")
        if not row_id:
            return None
        entity = self.modules.get(key_text(kind))
        if entity:
            return self.writer.referred(entity, row_id)
        if row.text("@contact_id") or row.text("@account_id"):
            return None
        raise RowFault("belongs to what is not imported", f"{kind or 'no module'} {row_id}")

    def customer_id(self, row: CrmRow, parent: Place | None) -> int | None:
        """Id of the contact (0 in a dry run), None when nothing tells it.

        :raises RowFault: the row names somebody who is nowhere
        """
        contact = row.text("@contact_id")
        if contact:
            return self.writer.referred("contacts", contact).id
        account = self.writer.account(row)
        if parent and parent.has_partner:
            return parent.partner_id
        if account:
            return account.id
        for address in addresses(row):
            found = self.registry.by_email(address)
            if len(found) == 1:
                return found[0].id
        return None


def addresses(row: CrmRow) -> list[str]:
    """E-mail addresses of sender and recipients."""
    return [mail for key in MAIL_KEYS for mail in ADDRESS.findall(row.text(key))]
