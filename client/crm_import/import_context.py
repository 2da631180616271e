"""What all writers of one import share."""

from __future__ import annotations

from datetime import datetime, timezone

from ..loading.company_target import CompanyTarget
from ..loading.countries import Countries
from ..rpc.connection import Connection
from .external_ids import ExternalIds
from .import_report import ImportReport
from .known_records import Registry
from .lookups import OdooFields
from .mapping import Mapping
from .stage_book import StageBook
from .state_book import StateBook
from .text import currency_key
from .user_book import UserBook


class ImportContext:
    """Connection, mapping and the books that are read from Odoo once."""

    def __init__(
        self, connection: Connection, mapping: Mapping, company_id: int | None, report: ImportReport
    ) -> None:
        self.target = CompanyTarget(connection, company_id)
        self.mapping = mapping
        self.report = report
        self.external = ExternalIds(self.target, mapping.source)
        self.registry = Registry(self.target, mapping, self.external)
        self.fields = OdooFields(self.target)
        self.users = UserBook(self.target, mapping.users)
        self.countries = Countries(self.target)
        self.states = StateBook(self.target)
        self.stages = StageBook(self.target)
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
