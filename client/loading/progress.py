"""How far a long run is."""

from __future__ import annotations

import sys
import time
from typing import TextIO

EVERY = 5.0  # seconds between plain lines when the output is not a terminal
WIDTH = 30


class Progress:
    """A bar with the remaining time on a terminal, a line every few seconds elsewhere."""

    def __init__(self, total: int, label: str, stream: TextIO | None = None) -> None:
        """:param stream: standard error when None"""
        self.total = total
        self.label = label
        self.done = 0
        self._stream = stream or sys.stderr
        self._bar = self._stream.isatty()
        self._start = self._shown = time.monotonic()

    def advance(self, count: int = 1) -> None:
        """Tell that ``count`` more are done."""
        self.done += count
        now = time.monotonic()
        if now - self._shown >= (0.1 if self._bar else EVERY):
            self._shown = now
            self._show(now)

    def close(self) -> None:
        """Show the end; nothing when there was nothing to do."""
        if self.total:
            self._show(time.monotonic())
            if self._bar:
                self._stream.write("\n")

    def text(self, now: float) -> str:
        """Label, count, rate and remaining time."""
        spent = max(now - self._start, 1e-9)
        rate = self.done / spent
        left = (self.total - self.done) / rate if rate else 0.0
        eta = f", {_clock(left)} left" if self.done < self.total else f" in {_clock(spent)}"
        return f"{self.label}: {self.done:,}/{self.total:,} ({rate:.1f}/s{eta})"

    def _show(self, now: float) -> None:
        text = self.text(now)
        if self._bar:
            filled = WIDTH * self.done // max(self.total, 1)
            text = f"\r[{'#' * filled:<{WIDTH}}] {text}\x1b[K"
        else:
            text += "\n"
        self._stream.write(text)
        self._stream.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02d}"
