"""Payments of all invoices of two years at once, each on its own day."""

import csv
from collections import defaultdict
from datetime import date, timedelta

from odoo import Command
from odoo.tools import SQL

from .base import SAMPLE, Sample

BATCH = 350


class Payments(Sample):
    """What was paid when; registered as Odoo's own wizard does, which knows one day only."""

    def pay(self):
        """Pay what was due, some of it late, some not at all."""
        due = self.get_own_payment_days() | self.get_sample_payment_days()
        open_ones = [("state", "=", "posted"), ("amount_residual", ">", 0)]
        invoices = self.env["account.move"].search(
            [("id", "in", list(due)), *open_ones], order="invoice_date, id"
        )
        for start in range(0, len(invoices), BATCH):
            part = invoices[start : start + BATCH]
            print(f"pay, {start} of {len(invoices)}", flush=True)
            self.register({invoice: due[invoice.id] for invoice in part})

    def get_own_payment_days(self):
        """Return invoice id -> day it was paid, twice a week as people do."""
        invoices = self.env["account.move"].search(
            [
                ("partner_id", "in", self.get_customers().ids),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
            ],
            order="id",
        )
        patience = {
            customer: self.dice.choices((-5, 4, 25), (55, 33, 12))[0]
            for customer in invoices.partner_id.sorted("id")
        }
        days = {}
        for invoice in invoices:
            late = patience[invoice.partner_id] + self.dice.randrange(-4, 9)
            paid_on = invoice.invoice_date_due + timedelta(days=late)
            paid_on -= timedelta(days=paid_on.toordinal() % 4)
            if self.dice.random() > 0.02 and paid_on <= self.today:
                days[invoice.id] = max(paid_on, invoice.invoice_date)
        return days

    def get_sample_payment_days(self):
        """Return invoice id -> day it was paid, as the file of the sample sales says."""
        waits = {}
        with SAMPLE.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["PaymentDate"]:
                    begin, end = row["InvoiceDate"], row["PaymentDate"]
                    wait = date.fromisoformat(end[:10]) - date.fromisoformat(begin[:10])
                    waits[row["InvoiceNo"]] = wait
        invoices = self.env["account.move"].search(
            [
                ("ref", "in", list(waits)),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("partner_id", "not in", self.get_customers().ids),
            ]
        )
        days = {
            invoice.id: max(invoice.invoice_date + waits[invoice.ref], invoice.invoice_date)
            for invoice in invoices
        }
        return {invoice: day for invoice, day in days.items() if day <= self.today}

    def register(self, days):
        """Register one payment for each of these invoices, on its day, and match them.

        :param days: invoice -> day
        """
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        payments = self.env["account.payment"].with_context(skip_invoice_sync=True)
        payments = payments.create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": invoice.commercial_partner_id.id,
                    "journal_id": journal.id,
                    "payment_method_line_id": journal.inbound_payment_method_line_ids[:1].id,
                    "date": day,
                    "amount": invoice.amount_residual,
                    "currency_id": invoice.currency_id.id,
                    "memo": invoice.name,
                    "invoice_ids": [Command.link(invoice.id)],
                }
                for invoice, day in days.items()
            ]
        )
        entries = self.make_entries(payments)
        plan = []
        for invoice, entry in zip(days, entries, strict=True):
            lines = (invoice.line_ids | entry.line_ids).filtered(
                lambda line: line.account_type == "asset_receivable" and not line.reconciled
            )
            plan += [some for some in by_account(lines).values() if len(some) > 1]
        self.env["account.move.line"]._reconcile_plan(plan)

    def make_entries(self, payments):
        """Post the entries of payments as Odoo does; it links them one by one, which takes minutes.

        :return: the entries, in the order of the payments
        """
        entries = self.env["account.move"].with_context(skip_invoice_sync=True)
        entries = entries.create([payment._generate_move_vals() for payment in payments])
        self.env.flush_all()
        self.cursor.execute(
            SQL(
                """UPDATE account_payment p SET move_id = m.id, state = 'in_process'
                     FROM account_move m
                    WHERE m.origin_payment_id = p.id AND p.id = ANY(%s)""",
                payments.ids,
            )
        )
        self.env.invalidate_all()
        entries.action_post()
        self.env.flush_all()
        self.cursor.execute(
            SQL(
                """UPDATE account_payment p SET name = m.name
                     FROM account_move m WHERE m.id = p.move_id AND p.id = ANY(%s)""",
                payments.ids,
            )
        )
        self.env.invalidate_all()
        return entries


def by_account(lines):
    """Return account -> lines on it."""
    groups = defaultdict(lines.browse)
    for line in lines:
        groups[line.account_id] |= line
    return groups
