"""One page of changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ChangePage:
    """Changed profiles, oldest change first, and the cursor to go on with after them."""

    changes: list[dict[str, Any]]
    cursor: str
