"""What the writers of partners, leads and interactions have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .crm_row import CrmRow
from .draft import Draft
from .entity_mapping import EntityMapping
from .export_files import ExportFile
from .filled import Filled
from .import_context import ImportContext
from .place import Place
from .row_fault import RowFault
from .row_values import Filler


class RecordWriter(ABC):
    """Turns rows of one entity into records of one model."""

    def __init__(self, context: ImportContext, file: ExportFile) -> None:
        """:raises InvalidInput: Odoo does not have what the mapping names"""
        self.context = context
        self.registry = context.registry
        self.entity: EntityMapping = file.entity
        self.filler = Filler(file.entity, context.fields, file.dates, context.mapping.decimal)
        context.fields.check(file.entity)

    def existing(self, rows: Sequence[CrmRow]) -> dict[str, Place]:
        """Those of the rows that are in Odoo, by id."""
        return self.registry.look_up(self.entity.name, [row.id for row in rows])

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Look up in one go what these rows refer to."""
        accounts = [row.text("@account_id") for row in rows]
        self.registry.fetch("accounts", accounts)
        names = [row.text("@account_name") for row in rows if not row.text("@account_id")]
        self.registry.fetch_names(names)
        self.registry.fetch("contacts", [row.text("@contact_id") for row in rows])

    @abstractmethod
    def draft(self, row: CrmRow) -> Draft:
        """The record of a row.

        :raises RowFault: it cannot be made
        """

    def write(self, drafts: Sequence[Draft]) -> None:
        """Create the records, all or nothing, and give the drafts their places; repeatable.

        :raises ClientError: Odoo refused
        """
        values = {draft.row.id: draft.values for draft in drafts}
        ids = self.context.external.load(self.entity.model, self.entity.label, values)
        for draft in drafts:
            draft.place = replace(draft.place, id=ids[draft.row.id])

    def remember(self, drafts: Iterable[Draft]) -> None:
        """Make the records known to those that refer to them."""
        for draft in drafts:
            self.registry.put(self.entity.name, draft.row.id, draft.place)

    def account(self, row: CrmRow) -> Place | None:
        """The company a row names, by id or else by name; None when it names none.

        :raises RowFault: there is no such company, or several
        """
        row_id = row.text("@account_id")
        name = row.text("@account_name")
        if row_id:
            return self.referred("accounts", row_id)
        if not name:
            return None
        found = self.registry.by_name(name)
        if len(found) > 1:
            raise RowFault("several accounts of that name", name)
        if not found:
            raise RowFault("unknown account", name)
        return found[0]

    def referred(self, entity: str, row_id: str) -> Place:
        """The record another row is about.

        :raises RowFault: it is nowhere
        """
        label = self.context.mapping.entities[entity].label
        place = self.registry.get(entity, row_id)
        if place is None:
            raise RowFault(f"unknown {label}", row_id)
        if place.id < 0:
            raise RowFault(f"{label} hidden from this user", row_id)
        return place

    def user_id(self, row: CrmRow, filled: Filled) -> int | bool:
        """The assigned user; an unknown one is kept as text."""
        text = row.text("@user")
        user = self.context.users.id_of(text)
        if text and not user:
            filled.extra.append(f"{row.heading('@user')}: {text}")
        return user
