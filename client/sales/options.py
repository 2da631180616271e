"""What the user asked the loader to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LoadOptions:
    """Wishes of one run; see ``python -m client load-sales --help``.

    :param deliveries: None decides by the presence of a delivery date column
    :param batch: most documents per request
    :param currency: code for every document, over the file's own column
    """

    first: date | None = None
    last: date | None = None
    limit: int | None = None
    shift_to_today: bool = False
    deliveries: bool | None = None
    company_id: int | None = None
    batch: int = 50
    currency: str = ""
    prefix: str = ""
