"""What the user asked the importer to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImportOptions:
    """Wishes of one run; see ``python -m client import-crm --help``.

    :param company_id: the user's own company when None
    :param batch: most records per writing request
    """

    dry_run: bool = False
    company_id: int | None = None
    batch: int = 100
