"""Carrying out stock transfers, and saying when they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from ..errors import InvalidInput
from ..values import moment_text
from .target import Target


class Transfers:
    """Validates transfers in full, whatever is in stock, and dates them."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def validate(self, pickings: Sequence[int]) -> None:
        """Move the full demand, out of nothing if need be (stock may go negative).

        :raises InvalidInput: Odoo wants an answer first
        """
        if not pickings:
            return
        self.target.call("stock.picking", "action_confirm", pickings)
        domain = [
            ["picking_id", "in", list(pickings)],
            ["state", "not in", ["done", "cancel"]],
        ]
        groups: dict[float, list[int]] = defaultdict(list)
        for move in self.target.read("stock.move", domain, ["product_uom_qty", "quantity"]):
            if move["quantity"] != move["product_uom_qty"]:
                groups[move["product_uom_qty"]].append(move["id"])
        for quantity, ids in groups.items():
            self.target.call("stock.move", "write", ids, vals={"quantity": quantity})
        answer = self.target.call("stock.picking", "button_validate", pickings)
        if isinstance(answer, dict) and answer.get("target") == "new":
            raise InvalidInput(f"Odoo asks before the transfer: {answer.get('name', '')}")

    def date(self, groups: Mapping[datetime, Sequence[int]]) -> None:
        """Give done transfers, and with them their moves, the moment they really happened."""
        for moment, ids in groups.items():
            vals = {"date_done": moment_text(moment)}
            self.target.call("stock.picking", "write", ids, vals=vals)
