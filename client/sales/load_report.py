"""What a run did, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class LoadReport:
    """Counters of one run; ``lines_read`` is always the sum of the other line counters."""

    lines_read: int = 0
    lines_loaded: int = 0
    lines_already: int = 0
    lines_rejected: int = 0
    lines_out_of_range: int = 0
    lines_not_reached: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    expected: dict[str, Decimal] = field(default_factory=dict)
    posted: dict[str, Decimal] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    shifted_days: int = 0
    seconds: float = 0.0
    interrupted: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether every line read is accounted for exactly once."""
        return self.lines_read == (
            self.lines_loaded
            + self.lines_already
            + self.lines_rejected
            + self.lines_out_of_range
            + self.lines_not_reached
        )

    def add_amount(self, currency: str, expected: Decimal, posted: Decimal) -> None:
        """Count one document's untaxed amount, credit notes negative."""
        self.expected[currency] = self.expected.get(currency, Decimal(0)) + expected
        self.posted[currency] = self.posted.get(currency, Decimal(0)) + posted

    def lines(self) -> list[str]:
        """The report as text lines."""
        text = [
            f"lines read          {self.lines_read:>9,}"
            + ("" if self.adds_up else "   COUNTS DO NOT ADD UP"),
            f"  loaded            {self.lines_loaded:>9,}",
            f"  already in Odoo   {self.lines_already:>9,}",
            f"  rejected          {self.lines_rejected:>9,}",
            f"  out of range      {self.lines_out_of_range:>9,}",
        ]
        if self.lines_not_reached:
            text.append(f"  not reached       {self.lines_not_reached:>9,}")
        text += [f"    {reason}: {n:,}" for reason, n in self.reasons.most_common()]
        text += [f"{name:<19} {n:>9,}" for name, n in self.counts.items() if n]
        for currency, expected in self.expected.items():
            posted = self.posted[currency]
            text.append(
                f"untaxed {currency}: expected {expected:,}, posted {posted:,}, "
                f"difference {posted - expected:,}"
            )
        if self.shifted_days:
            text.append(f"dates moved by {self.shifted_days:+,} days")
        text += [f"warning: {warning}" for warning in self.warnings[:20]]
        if len(self.warnings) > 20:
            text.append(f"warning: … and {len(self.warnings) - 20} more")
        text.append(f"time {self.seconds:.1f} s")
        if self.interrupted:
            text.append(f"STOPPED: {self.interrupted} (run again to go on)")
        return text
