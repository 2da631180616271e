"""What is known about records of the CRM that others refer to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..batched import batched
from ..cells.signs import mail_forms, mail_key
from ..loading.company_target import CompanyTarget
from .external_ids import ExternalIds
from .mapping import ImportMapping
from .text import key_text, spellings

HIDDEN = -1  # id of what an external id points at and the user does not see
SLICE = 500  # values per look-up; keeps the domain small


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Where a record is in Odoo; its ids are 0 in a dry run, for what would be created.

    :param partner_id: the contact it is about, the record itself for a contact; 0 without
    """

    model: str
    id: int = 0
    partner_id: int = 0
    has_partner: bool = False

    @property
    def is_hidden(self) -> bool:
        """Whether it is in Odoo, but not shown to this user."""
        return self.id == HIDDEN


Matches = dict[str, dict[Any, RecordRef]]


class KnownRecords:
    """References by the CRM's id, by name and by e-mail: of this run, else looked up in Odoo."""

    def __init__(
        self, target: CompanyTarget, mapping: ImportMapping, external: ExternalIds
    ) -> None:
        """:param mapping: tells the model of each entity, and the name of the CRM"""
        self.target = target
        self.mapping = mapping
        self.external = external
        self._refs: dict[str, dict[str, RecordRef | None]] = {}
        self._names: Matches = {}
        self._emails: Matches = {}

    def get(self, entity: str, row_id: str) -> RecordRef | None:
        """Where a record is; None when it is neither in Odoo nor in this run."""
        return self._refs.get(entity, {}).get(row_id)

    def put(self, entity: str, row_id: str, ref: RecordRef) -> None:
        """Remember a record, in place of what was known about it."""
        self._refs.setdefault(entity, {})[row_id] = ref

    def put_contact(self, row_id: str, ref: RecordRef, name: str, email: str) -> None:
        """Make a company or person of this run known by name and e-mail.

        :param name: empty for a person, who is not found by name
        """
        origin = ref.id or row_id
        if name:
            self._names.setdefault(key_text(name), {})[origin] = ref
        if email:
            self._emails.setdefault(mail_key(email), {})[origin] = ref

    def fetch(self, entity: str, row_ids: Iterable[str]) -> None:
        """Look up the records of an entity that are not known yet."""
        known = self._refs.setdefault(entity, {})
        missing = [row_id for row_id in dict.fromkeys(row_ids) if row_id and row_id not in known]
        for part in batched(missing, SLICE):
            known.update(dict.fromkeys(part))
            known.update(self.look_up(entity, part))

    def look_up(self, entity: str, row_ids: Iterable[str]) -> dict[str, RecordRef]:
        """Records of an entity in Odoo by the CRM's ids; some may be hidden."""
        found = self.mapping.entities[entity]
        if found.model == "customer.interaction":
            return self._interactions(found.label, row_ids)
        ids = self.external.find(found.model, found.label, row_ids)
        fields = ["partner_id"] if found.model == "crm.lead" else []
        domain = [["id", "in", sorted(set(ids.values()))]]
        rows = self.target.read(found.model, domain, ["id", *fields], archived=True) if ids else []
        refs = {row["id"]: self._ref(found.model, row) for row in rows}
        hidden = RecordRef(found.model, HIDDEN)
        return {row_id: refs.get(odoo_id, hidden) for row_id, odoo_id in ids.items()}

    def fetch_names(self, names: Iterable[str]) -> None:
        """Look up companies by name, in Persian or Arabic letters; empty names are left out."""
        wanted = {key_text(name): name for name in names if name}
        texts = [
            text
            for key, name in wanted.items()
            if key not in self._names
            for text in spellings(name)
        ]
        self._look_up_contacts("name", texts, [["is_company", "=", True]], self._names, key_text)
        for key in wanted:
            self._names.setdefault(key, {})

    def fetch_emails(self, emails: Iterable[str]) -> None:
        """Look up contacts by e-mail address, however it is spelled; empty ones are left out."""
        wanted = {mail_key(email): mail_forms(email) for email in emails if email}
        texts = [form for key, forms in wanted.items() if key not in self._emails for form in forms]
        self._look_up_contacts("email_normalized", texts, [], self._emails, mail_key)
        for key in wanted:
            self._emails.setdefault(key, {})

    def by_name(self, name: str) -> list[RecordRef]:
        """Companies of that name, among those looked up or put; empty for nobody."""
        return list(self._names.get(key_text(name), {}).values())

    def by_email(self, email: str) -> list[RecordRef]:
        """Contacts with that address, among those looked up or put; empty for nobody."""
        return list(self._emails.get(mail_key(email), {}).values())

    def request_key(self, label: str, row_id: str) -> str:
        """Request key of an interaction: the same whenever the row is imported."""
        return f"{self.mapping.source}:{label}:{row_id}"

    def _interactions(self, label: str, row_ids: Iterable[str]) -> dict[str, RecordRef]:
        keys = {self.request_key(label, row_id): row_id for row_id in row_ids}
        own = [["company_id", "=", self.target.company_id]]
        model = "customer.interaction"
        rows = self.target.find(model, "request_key", list(keys), own, ["partner_id"])
        return {keys[key]: self._ref(model, row) for key, row in rows.items()}

    def _look_up_contacts(
        self, field: str, texts: Iterable[str], more: list[Any], into: Matches, reduce: Any
    ) -> None:
        """Several may share a text, so all of them are read."""
        company = [["company_id", "in", [False, self.target.company_id]]]
        for part in batched(sorted(set(texts)), SLICE):
            domain = [[field, "in", part], *more, *company]
            for row in self.target.read("res.partner", domain, [field]):
                key = reduce(row[field])
                into.setdefault(key, {})[row["id"]] = self._ref("res.partner", row)

    @staticmethod
    def _ref(model: str, row: dict[str, Any]) -> RecordRef:
        if model == "res.partner":
            return RecordRef(model, row["id"], row["id"], True)
        partner = row["partner_id"]
        return RecordRef(model, row["id"], partner[0] if partner else 0, bool(partner))
