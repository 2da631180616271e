"""What the writers of partners, leads and interactions have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from ..loading.company_target import CompanyTarget
from ..loading.countries import Countries
from ..rpc.connection import Connection
from .entity_mapping import EntityMapping
from .export_files import CrmRow, ExportFile, RowFault
from .external_ids import ExternalIds
from .import_report import ImportReport
from .known_records import KnownRecords, RecordRef
from .lookups import OdooFields, Stages, States, Users
from .mapping import ImportMapping
from .row_converter import ConvertedRow, RowConverter
from .text import currency_key


class ImportContext:
    """Connection, mapping, and what is looked up in Odoo once for all files."""

    def __init__(
        self,
        connection: Connection,
        mapping: ImportMapping,
        company_id: int | None,
        report: ImportReport,
    ) -> None:
        """
        :param company_id: the user's own company when None
        :param report: takes what could only be kept as text
        :raises InvalidInput: no such company for this user
        """
        self.target = CompanyTarget(connection, company_id)
        self.mapping = mapping
        self.report = report
        self.external = ExternalIds(self.target, mapping.source)
        self.known = KnownRecords(self.target, mapping, self.external)
        self.fields = OdooFields(self.target)
        self.users = Users(self.target, mapping.users)
        self.countries = Countries(self.target)
        self.states = States(self.target)
        self.stages = Stages(self.target)
        self.own_currency = mapping.own_currency | self._company_currency()
        self.now = datetime.now(timezone.utc).replace(tzinfo=None)

    def _company_currency(self) -> set[str]:
        """How an export may call the company's currency: code, name or sign."""
        target = self.target
        company = target.call("res.company", "read", [target.company_id], fields=["currency_id"])[0]
        fields = ["name", "full_name", "symbol"]
        ids = [company["currency_id"][0]]
        currency = target.call("res.currency", "read", ids, fields=fields)[0]
        return {currency_key(currency[name]) for name in fields if currency[name]}


@dataclass
class PendingRecord:
    """Values for one row, and where it will be found.

    :param model: usually the entity's own; ``mail.activity`` for what is only planned
    :param ref: its id is 0 as long as it is not created
    :param name: of a company, empty for everybody else: only companies are found by name
    :param email: empty without one
    :param matched: it was in Odoo before any import, and stays as it is
    """

    row: CrmRow
    model: str
    values: dict[str, Any]
    ref: RecordRef
    name: str = ""
    email: str = ""
    matched: bool = False


class RecordWriter(ABC):
    """Turns rows of one entity into records of one model."""

    def __init__(self, context: ImportContext, file: ExportFile) -> None:
        """:raises InvalidInput: Odoo does not have what the mapping names"""
        self.context = context
        self.known = context.known
        self.entity: EntityMapping = file.entity
        self.converter = RowConverter(
            file.entity, context.fields, file.dates, file.numbers, context.report.kept_as_text
        )
        context.fields.check(file.entity)

    def existing(self, rows: Sequence[CrmRow]) -> dict[str, RecordRef]:
        """Those of the rows that are in Odoo, by the CRM's id; some may be hidden."""
        return self.known.look_up(self.entity.name, [row.id for row in rows])

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Look up in one go what these rows refer to, before :meth:`build` is called on them."""
        accounts = [row.text("@account_id") for row in rows]
        self.known.fetch("accounts", accounts)
        names = [row.text("@account_name") for row in rows if not row.text("@account_id")]
        self.known.fetch_names(names)
        self.known.fetch("contacts", [row.text("@contact_id") for row in rows])

    @abstractmethod
    def build(self, row: CrmRow) -> PendingRecord:
        """The record of a row.

        :raises RowFault: it cannot be made
        """

    def write(self, records: Sequence[PendingRecord]) -> None:
        """Create the records, all or nothing, and fill in their ids; repeatable.

        :raises ClientError: Odoo refused
        """
        values = {record.row.id: record.values for record in records}
        ids = self.context.external.load(self.entity.model, self.entity.label, values)
        for record in records:
            record.ref = replace(record.ref, id=ids[record.row.id])

    def remember(self, records: Iterable[PendingRecord]) -> None:
        """Make the records known to those that refer to them."""
        for record in records:
            self.known.put(self.entity.name, record.row.id, record.ref)

    def account(self, row: CrmRow) -> RecordRef | None:
        """The company a row names, by id or else by name; None when it names none.

        :raises RowFault: there is no such company, or several
        """
        row_id = row.text("@account_id")
        name = row.text("@account_name")
        if row_id:
            return self.referred("accounts", row_id)
        if not name:
            return None
        found = self.known.by_name(name)
        if len(found) > 1:
            raise RowFault("several accounts of that name", name)
        if not found:
            raise RowFault("unknown account", name)
        return found[0]

    def referred(self, entity: str, row_id: str) -> RecordRef:
        """The record another row is about.

        :raises RowFault: it is nowhere
        """
        label = self.context.mapping.entities[entity].label
        ref = self.known.get(entity, row_id)
        if ref is None:
            raise RowFault(f"unknown {label}", row_id)
        if ref.is_hidden:
            raise RowFault(f"{label} hidden from this user", row_id)
        return ref

    def user_id(self, row: CrmRow, converted: ConvertedRow) -> int | bool:
        """Id of the assigned user; False without one, an unknown one is kept as text."""
        text = row.text("@user")
        user = self.context.users.id_of(text)
        if text and not user:
            converted.extra_lines.append(f"{row.heading('@user')}: {text}")
        return user
