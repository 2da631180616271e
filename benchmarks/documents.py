"""What users do with documents, with our hooks and without them, turn by turn."""

import statistics
import time
from contextlib import ExitStack
from typing import NamedTuple

from odoo import Command, fields

from .hooks import without_hooks

# A warm-up of both ways goes before.
WARM_UP = 4


class Paired(NamedTuple):
    """Medians of the same operation with hooks and without: seconds, and queries.

    ``ratio`` is the median of those of two operations done one after the other.
    """

    ours: float
    plain: float
    ratio: float
    more_queries: float


def measure_pair(env, make, operate, turns=40):
    """Do an operation on equal documents, every other time without our hooks.

    Each is a transaction of its own, as in life: what is worked out before the commit counts.

    :param make: returns the documents of one turn, given its number
    :param operate: gets them, with an environment of its own
    :rtype: Paired
    """
    documents = [make(number) for number in range(2 * (turns + WARM_UP))]
    env.cr.commit()
    sides = {True: [], False: []}
    for number, records in enumerate(documents):
        is_ours = bool((number + number // 2) % 2)  # ours, plain, plain, ours
        with ExitStack() as stack:
            if not is_ours:
                stack.enter_context(without_hooks(env))
            sides[is_ours].append(_time(records, operate))
    ours, plain = sides[True][WARM_UP:], sides[False][WARM_UP:]
    return Paired(
        statistics.median(seconds for seconds, _count in ours),
        statistics.median(seconds for seconds, _count in plain),
        statistics.median(
            seconds / other for (seconds, _), (other, _) in zip(ours, plain, strict=True)
        ),
        statistics.median(count for _, count in ours)
        - statistics.median(count for _, count in plain),
    )


def _time(records, operate):
    """Return (seconds, queries) of one operation in a transaction of its own."""
    with records.env.registry.cursor() as cr:
        records = records.with_env(records.env(cr=cr))
        count = cr.sql_log_count
        start = time.perf_counter()
        operate(records)
        cr.commit()
        return time.perf_counter() - start, cr.sql_log_count - count


class Documents:
    """Makes what is measured, each for another customer of the company's history."""

    def __init__(self, env):
        self.env = env
        self.customers = env["res.partner"].search(
            [("name", "=like", "Benchmark %"), ("is_company", "=", True)], limit=2000
        )
        self.products = env["product.product"].search([("is_storable", "=", True)], limit=50)
        self.journal = env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
        )

    def draft(self, number, count=1):
        """Return draft invoices of three products."""
        moves = self.env["account.move"].create(
            [self._prepare_invoice(count * number + place) for place in range(count)]
        )
        self.env.flush_all()
        return moves

    def _prepare_invoice(self, number):
        return {
            "move_type": "out_invoice",
            "partner_id": self.customers[number % len(self.customers)].id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": self.products[(number + place) % 50].id,
                        "price_unit": 10 + place,
                        "tax_ids": [Command.clear()],
                    }
                )
                for place in range(3)
            ],
        }

    def posted(self, number):
        """Return a posted invoice."""
        move = self.draft(number)
        move.action_post()
        self.env.cr.flush()
        return move

    def pay(self, move):
        """Register the payment of an invoice, as the button does."""
        wizard = move.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({"journal_id": self.journal.id}).action_create_payments()

    def picking(self, number):
        """Return the delivery of a confirmed order of three products, ready to be validated."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customers[number % len(self.customers)].id,
                "order_line": [
                    Command.create(
                        {"product_id": self.products[(number + place) % 50].id, "tax_ids": False}
                    )
                    for place in range(3)
                ],
            }
        )
        order.action_confirm()
        for move in order.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        self.env.cr.flush()
        return order.picking_ids
