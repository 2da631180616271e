"""Where a record of the CRM is in Odoo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Ids in Odoo; 0 in a dry run, for what would be created.

    :param partner_id: the contact it is about, the record itself for a contact; 0 without
    """

    model: str
    id: int = 0
    partner_id: int = 0
    has_partner: bool = False
