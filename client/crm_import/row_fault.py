"""Why one row cannot be imported."""

from __future__ import annotations


class RowFault(Exception):
    """Raised while a row is read or turned into values; it ends among the rejects."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """
        :param reason: the same for every row of its kind, so that it can be counted
        :param detail: what is special about this one
        """
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
