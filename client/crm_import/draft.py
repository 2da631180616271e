"""A record about to be created."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .crm_row import CrmRow
from .place import Place


@dataclass
class Draft:
    """Values for one row, and where it will be found.

    :param model: usually the entity's own; ``mail.activity`` for what is only planned
    :param place: without an id as long as it is not created
    :param matched: it was in Odoo before any import, and stays as it is
    """

    row: CrmRow
    model: str
    values: dict[str, Any]
    place: Place
    name: str = ""
    email: str = ""
    matched: bool = False
