"""What an import did, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

SHOWN = 10  # of a list in the text report; the JSON report has all


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


@dataclass
class ImportReport:
    """The reports of all files, and what a person should look at."""

    dry_run: bool = False
    entities: list[EntityReport] = field(default_factory=list)
    unknown_users: Counter[str] = field(default_factory=Counter)
    kept_as_text: Counter[str] = field(default_factory=Counter)
    files_not_read: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether every row of every file is accounted for exactly once."""
        return all(entity.adds_up for entity in self.entities)

    def as_dict(self) -> dict[str, Any]:
        """The whole report for a JSON file."""
        return {
            "dry_run": self.dry_run,
            "adds_up": self.adds_up,
            "interrupted": self.interrupted,
            "seconds": round(self.seconds, 1),
            "entities": [entity.as_dict() for entity in self.entities],
            "unknown_users": dict(self.unknown_users.most_common()),
            "kept_as_text": dict(self.kept_as_text.most_common()),
            "files_not_read": self.files_not_read,
            "warnings": self.warnings,
        }

    def lines(self) -> list[str]:
        """The report as text lines."""
        made = "would create" if self.dry_run else "created"
        text = [
            f"{'':<14}{'read':>9}{made:>14}{'matched':>9}{'already there':>15}"
            f"{'rejected':>10}{'not reached':>13}"
        ]
        for entity in self.entities:
            text.append(
                f"{entity.entity:<14}{entity.read:>9,}{entity.created:>14,}{entity.matched:>9,}"
                f"{entity.already:>15,}{entity.rejected:>10,}{entity.not_reached:>13,}"
                + ("" if entity.adds_up else "   COUNTS DO NOT ADD UP")
            )
            if entity.activities:
                text.append(f"    of them planned activities: {entity.activities:,}")
            text += [f"    {reason}: {n:,}" for reason, n in entity.reasons.most_common()]
        for entity in self.entities:
            if entity.to_text:
                text.append(f"kept as text, {entity.file}: {', '.join(entity.to_text)}")
        text += _counted("no user in Odoo", self.unknown_users)
        text += _counted("not in Odoo, kept as text", self.kept_as_text)
        if self.files_not_read:
            text.append(f"files not read: {', '.join(self.files_not_read)}")
        text += [f"warning: {warning}" for warning in self.warnings]
        text.append(f"time {self.seconds:.1f} s")
        if self.dry_run:
            text.append("DRY RUN: nothing was written")
        if self.interrupted:
            text.append(f"STOPPED: {self.interrupted} (run again to go on)")
        return text


def _counted(title: str, counter: Counter[str]) -> list[str]:
    lines = [f"{title}: {name} ({n:,} rows)" for name, n in counter.most_common(SHOWN)]
    if len(counter) > SHOWN:
        lines.append(f"{title}: … and {len(counter) - SHOWN} more")
    return lines
