"""A sales file goes through the RPC client into Odoo; every profile is compared with numbers
computed from the file by other means."""

import contextlib
import csv
import gzip
import io
import os
import sys
import tempfile
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from odoo.tests import HttpCase, tagged

from ...devtools.paths import ROOT
from ..common import CustomerValueCommon

SAMPLE = ROOT / "demo" / "sales_sample.csv"
ONLINE_RETAIL = ROOT.parent / "shared" / "data" / "online_retail_2010-12_2011-12.csv.gz"
# The default slice has some 140 documents; 2011-01-10 has more than 2 000 and takes minutes.
LAST_DAY = os.environ.get("CUSTOMER_VALUE_SLICE_TO", "2010-12-01")
CENT = Decimal("0.01")


class Sale:
    """One document of the file: what it should be worth in Odoo."""

    def __init__(self, number, customer, day):
        self.number, self.customer, self.day = number, customer, day
        self.total = Decimal(0)
        self.credit_of = ""

    @property
    def revenue(self):
        return -abs(self.total) if self.number.startswith("C") else self.total


def read_sales(path, last_day=None):
    """Return the documents of a file: lines with customer, product and readable numbers."""
    opened = gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open()
    sales = {}
    with opened as file:
        for row in csv.DictReader(file):
            try:
                day = datetime.fromisoformat(row["InvoiceDate"].strip()).date()
                quantity, price = Decimal(row["Quantity"]), Decimal(row["UnitPrice"])
            except (InvalidOperation, ValueError):
                continue
            customer = row["CustomerID"].removesuffix(".0")
            if not customer or not row["StockCode"] or (last_day and day > last_day):
                continue
            sale = sales.setdefault(row["InvoiceNo"], Sale(row["InvoiceNo"], customer, day))
            if sale.customer == customer:
                sale.total += (quantity * price).quantize(CENT, ROUND_HALF_UP)
                sale.credit_of = sale.credit_of or row.get("CreditOf", "")
    return sales


def expect(sales, shift):
    """Return customer -> (revenue, occasion days) from the documents of a file."""
    credited = defaultdict(Decimal)
    for sale in sales.values():
        if sale.revenue < 0:
            credited[sale.credit_of, sale.customer] -= sale.revenue
    revenue, days = defaultdict(Decimal), defaultdict(lambda: defaultdict(Decimal))
    for sale in sales.values():
        revenue[sale.customer] += sale.revenue
        is_kept = credited[sale.number, sale.customer] < sale.revenue
        if sale.revenue > 0 and is_kept:
            days[sale.customer][sale.day + shift] += sale.revenue
    return {customer: (revenue[customer], sorted(days[customer])) for customer in revenue}


def score(value, population):
    """RFM score: 1 + floor(5 x (share strictly worse + half the share of equals)), at most 5."""
    worse = sum(other < value for other in population)
    equal = sum(other == value for other in population)
    return min(1 + 5 * (2 * worse + equal) // (2 * len(population)), 5)


@tagged("post_install", "-at_install")
class TestRealSales(CustomerValueCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loader = cls._create_user(
            "loader",
            "sales_team.group_sale_manager,account.group_account_manager,"
            "product.group_product_manager,base.group_partner_manager",
        )
        cls.api_key = (
            cls.env["res.users.apikeys"]
            .with_user(cls.loader)
            ._generate(None, "loader", datetime.now() + timedelta(days=1))
        )

    def _load(self, path, *options):
        """Run the loader's command line against the test server; return what it printed."""
        if str(ROOT) not in sys.path:
            sys.path.append(str(ROOT))
        from client.command_line import main  # noqa: PLC0415

        arguments = [
            "load-sales",
            str(path),
            "--shift-to-today",
            "--no-deliveries",
            *options,
            "--yes",
        ]
        arguments += ["--url", self.base_url(), "--db", self.env.cr.dbname]
        arguments += ["--api-key", self.api_key, "--company", str(self.company.id)]
        folder = self.enterContext(tempfile.TemporaryDirectory())
        arguments += ["--rejects", str(Path(folder) / "rejects.csv")]
        printed = io.StringIO()
        self.env.flush_all()
        with self.allow_requests(all_requests=True), contextlib.redirect_stdout(printed):
            code = main(arguments)
        self.env.invalidate_all()
        self.assertEqual(code, 0, printed.getvalue())
        return printed.getvalue()

    def _compare(self, path, last_day=None):
        """Compare every profile with the file: no difference at all."""
        sales = read_sales(path, last_day)
        yesterday = self.env["customer.profile"]._get_today(self.company) - timedelta(days=1)
        shift = yesterday - max(sale.day for sale in sales.values())
        expected = expect(sales, shift)
        self._drain()
        self._run_nightly()
        profiles = {
            profile.partner_id.ref: profile
            for profile in self.env["customer.profile"].search(
                [("partner_id.ref", "in", list(expected))]
            )
        }
        self.assertEqual(profiles.keys(), expected.keys())
        for customer, (revenue, days) in expected.items():
            profile = profiles[customer]
            self.assertEqual(
                (
                    Decimal(str(profile.revenue_total)).quantize(CENT),
                    profile.occasion_count,
                    profile.first_occasion_date,
                    profile.last_occasion_date,
                ),
                (revenue, len(days), days[0] if days else False, days[-1] if days else False),
                customer,
            )
        self._compare_rfm(sales, expected, profiles, shift)
        return sales

    def _compare_rfm(self, sales, expected, profiles, shift):
        """RFM against the definition, over the customers that ever bought."""
        year = date.today() - timedelta(days=365)
        facts = {}
        for customer, (_revenue, days) in expected.items():
            if days:
                money = sum(
                    sale.revenue
                    for sale in sales.values()
                    if sale.customer == customer and sale.day + shift > year
                )
                facts[customer] = (days[-1], sum(day > year for day in days), money)
        populations = list(zip(*facts.values(), strict=True))
        for customer, values in facts.items():
            profile = profiles[customer]
            found = (profile.rfm_recency, profile.rfm_frequency, profile.rfm_monetary)
            wanted = tuple(
                score(value, population)
                for value, population in zip(values, populations, strict=True)
            )
            self.assertEqual(found, wanted, customer)

    def test_own_sample(self):
        self._load(SAMPLE)
        self._compare(SAMPLE)
        documents = self.env["account.move"].search_count([("move_type", "like", "out_%")])
        self._load(SAMPLE)
        self.assertEqual(
            self.env["account.move"].search_count([("move_type", "like", "out_%")]),
            documents,
            "a second run adds nothing",
        )

    def test_online_retail(self):
        if not ONLINE_RETAIL.exists():
            self.skipTest(f"{ONLINE_RETAIL} is not there")
        last_day = date.fromisoformat(LAST_DAY)
        self._load(ONLINE_RETAIL, "--to", LAST_DAY)
        sales = self._compare(ONLINE_RETAIL, last_day)
        self.assertGreater(len(sales), 100)
