"""Deliveries of orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from .document import Document
from .existing_records import Survey, is_undated
from .target import Target
from .transfers import Transfers

STEPS = 4  # pick, pack, ship and one to spare: chained transfers open one after another


class DeliveryWriter:
    """Delivers what has been ordered, in full, on the day the file says."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.transfers = Transfers(target)

    def deliver(self, documents: Sequence[Document], survey: Survey) -> int:
        """Deliver the open transfers of these documents' orders; return the number dated."""
        day_of: dict[int, datetime] = {}
        done: dict[datetime, list[int]] = defaultdict(list)
        for document in documents:
            day = document.delivery_date or document.moment
            day_of[survey.orders[document.reference]["id"]] = day
            for row in survey.transfers.get(document.reference, ()):
                if is_undated(row):
                    done[day].append(row["id"])
        for _ in range(STEPS):
            pickings = self._open(list(day_of))
            if not pickings:
                break
            self.transfers.validate(list(pickings))
            for picking, order in pickings.items():
                done[day_of[order]].append(picking)
        self.transfers.date(done)
        return sum(len(ids) for ids in done.values())

    def _open(self, orders: list[int]) -> dict[int, int]:
        """Transfers that can be carried out now (later steps of a chain wait) -> order."""
        domain = [
            ["sale_id", "in", orders],
            ["state", "in", ["draft", "confirmed", "assigned"]],
            ["return_id", "=", False],
        ]
        rows = self.target.read("stock.picking", domain, ["sale_id"])
        return {row["id"]: row["sale_id"][0] for row in rows}
