"""What became of the rows of one file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class EntityReport:
    """Counters of one file; ``read`` comes from its first pass, the others from the import.

    :param activities: of the created ones, those that became planned activities
    :param matched: in Odoo before any import: recognised, not changed
    :param already: there from an earlier run
    """

    entity: str
    file: str
    read: int = 0
    created: int = 0
    activities: int = 0
    matched: int = 0
    already: int = 0
    rejected: int = 0
    not_reached: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    to_text: list[str] = field(default_factory=list)

    @property
    def settled(self) -> int:
        """Rows whose fate is known."""
        return self.created + self.matched + self.already + self.rejected

    @property
    def adds_up(self) -> bool:
        """Whether every row read is accounted for exactly once."""
        return self.read == self.settled + self.not_reached

    def as_dict(self) -> dict[str, Any]:
        """The counters for a JSON report."""
        return {
            "entity": self.entity,
            "file": self.file,
            "read": self.read,
            "created": self.created,
            "activities": self.activities,
            "matched": self.matched,
            "already": self.already,
            "rejected": self.rejected,
            "not_reached": self.not_reached,
            "adds_up": self.adds_up,
            "reasons": dict(self.reasons.most_common()),
            "columns_kept_as_text": self.to_text,
        }
