"""What all parts of the sample share: dice, days, the clock, and the records they begin with."""

import csv
import random
from contextlib import ExitStack, contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

SAMPLE = Path(__file__).parents[1] / "sales_sample.csv"
SEED = 20261128
DAYS = 730


class Sample:
    """One company of one database; every part leaves alone what is there already."""

    def __init__(self, env, cr):
        self.env, self.cursor = env, cr
        self.company = env.company
        self.dice = random.Random(SEED)  # noqa: S311 (a sample, not a secret)
        self.today = fields.Date.context_today(env.user)

    def day(self, ago):
        """Return the day so many days ago."""
        return self.today - timedelta(days=ago)

    def moment(self, ago):
        """Return a moment in working hours so many days ago, UTC."""
        at = time(self.dice.randrange(5, 14), self.dice.randrange(60))
        return datetime.combine(self.day(ago), at)

    @contextmanager
    def at(self, moment):
        """Do what is inside as somebody would have done it at a moment, UTC."""
        day_of = fields.Date.context_today

        def get_day(record, timestamp=None):
            return day_of(record, timestamp) if timestamp else moment.date()

        clocks = (
            (fields.Datetime, "now", lambda *_args: moment),
            (fields.Date, "today", lambda *_args: moment.date()),
            (fields.Date, "context_today", get_day),
        )
        with ExitStack() as stack:
            for owner, name, clock in clocks:
                stack.enter_context(patch.object(owner, name, staticmethod(clock)))
            yield

    def backdate(self, moments):
        """Let records have been written down when they tell of, not all today.

        :param moments: record -> moment, UTC
        """
        self.env.flush_all()
        for record, moment in moments.items():
            self.cursor.execute(
                SQL(
                    "UPDATE %s SET create_date = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    moment,
                    record.id,
                )
            )
        self.env.invalidate_all()

    def write_in_two(self, record, name, text, persian):
        """Write a text, and what a reader of Persian finds instead where there are any."""
        record[name] = text
        if self.env["res.lang"]._get_data(code="fa_IR"):
            record.with_context(lang="fa_IR")[name] = persian

    def get_manager(self):
        """Return the manager of the demo, else who makes the sample."""
        manager = self.env.ref("customer_value.demo_user_manager", raise_if_not_found=False)
        return manager or self.env.user

    def get_customers(self):
        """Return the customers of this sample, oldest first."""
        return self.env["res.partner"].search([("ref", "=like", "LIVE-%")], order="id")

    def get_products(self):
        """Return what is sold: the goods of the sample sales that are worth selling."""
        products = self.env["product.product"]
        goods = products.search(
            [("type", "=", "consu"), ("sale_ok", "=", True), ("list_price", ">", 3)],
            order="default_code, id",
        )
        sound = goods.filtered(lambda one: one.list_price > 1.2 * one.standard_price > 0)
        with SAMPLE.open(encoding="utf-8", newline="") as stream:
            codes = {row["StockCode"] for row in csv.DictReader(stream)}
        return sound.filtered(lambda one: one.default_code in codes) or sound[:40] or goods[:40]

    def pick(self, records, count):
        """Return so many of the records."""
        return records.browse(self.dice.sample(records.ids, min(count, len(records))))
