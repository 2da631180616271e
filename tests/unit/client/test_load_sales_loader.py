"""The loader against a pretended Odoo in memory: idempotence, refusals, broken lines, sums."""

import io
import itertools
import os
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from unittest import mock

sys.path.append(str(Path(__file__).resolve().parents[3]))  # the client needs no Odoo

from client import (  # noqa: E402
    AccessDenied,
    Connection,
    ConnectionFailed,
    InvalidInput,
    RetryPolicy,
    ServerError,
    command_line,
)
from client.batched import batched  # noqa: E402
from client.loading.bisecting import bisect  # noqa: E402
from client.loading.progress import Progress  # noqa: E402
from client.sales.column_map import ColumnMap  # noqa: E402
from client.sales.sales_file import LoadOptions, SalesFile  # noqa: E402
from client.sales.sales_loader import SalesLoader, batches  # noqa: E402

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,PaymentDate"
OPERATORS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def plain(value):
    """A many2one as its id, as domains compare it."""
    return value[0] if isinstance(value, list) else value


class FakeOdoo:
    """Enough of Odoo's behaviour over RPC: records, posting, paying, orders, transfers."""

    name, channel = "fake", mock.Mock()

    def __init__(self):
        self.tables = {}
        self.ids = itertools.count(100)
        self.calls = []
        self.before = self.after = lambda model, method, kwargs: None
        self.add("res.users", id=2, login="ann", name="Ann", lang="en_US", share=False)
        self.tables["res.users"][2].update(company_id=[1, "Shop"], company_ids=[1])
        self.add("res.company", id=1, currency_id=[1, "USD"])
        self.add("res.currency", id=1, name="USD", decimal_places=2, active=True)
        self.add("res.currency", id=2, name="IRR", decimal_places=0, active=True)
        self.add("res.currency", id=3, name="EUR", decimal_places=2, active=False)
        self.add("account.journal", type="sale", name="Sales")
        self.add("res.country", name="Iran", code="IR")
        self.add("stock.warehouse", out_type_id=[5], in_type_id=[6], lot_stock_id=[8])
        self.add("stock.picking.type", id=5, return_picking_type_id=False)
        self.tables["stock.picking.type"][5]["default_location_dest_id"] = [9]

    def add(self, model, **values):
        values.setdefault("id", next(self.ids))
        values.setdefault("company_id", 1)
        values.setdefault("create_date", "2026-11-23 08:00:00")
        self.tables.setdefault(model, {})[values["id"]] = values
        return values

    def rows(self, model):
        return list(self.tables.get(model, {}).values())

    def user_id(self):
        return 2

    def call(self, model, method, ids, kwargs):
        self.calls.append((model, method))
        self.before(model, method, kwargs)
        name = f"{model}.{method}".replace(".", "_")
        special = getattr(self, name, None) or getattr(self, f"any_{method}")
        answer = special(model, ids, kwargs)
        self.after(model, method, kwargs)
        return answer

    def any_read(self, model, ids, kwargs):
        return [self.shown(self.tables[model][i], kwargs["fields"]) for i in ids]

    def shown(self, row, fields):
        """Only what was asked for, as the server answers."""
        return {"id": row["id"], **{name: row.get(name, False) for name in fields}}

    def any_search_read(self, model, ids, kwargs):
        found = [
            self.shown(row, kwargs["fields"])
            for row in sorted(self.rows(model), key=lambda row: row["id"])
            if all(
                "." in name or OPERATORS[operator](plain(row.get(name, False)), value)
                for name, operator, value in kwargs["domain"]
            )
        ]
        return found[: kwargs.get("limit")]

    def any_write(self, model, ids, kwargs):
        for i in ids:
            self.tables[model][i].update(kwargs["vals"])
        return True

    def any_create(self, model, ids, kwargs):
        return [self.add(model, **vals)["id"] for vals in kwargs["vals_list"]]

    def account_move_create(self, model, ids, kwargs):
        new = []
        for vals in kwargs["vals_list"]:
            lines = [line[2] for line in vals["invoice_line_ids"]]
            currency = self.tables["res.currency"][vals.get("currency_id", 1)]
            unit = Decimal(1).scaleb(-currency["decimal_places"])
            amounts = [Decimal(str(x["quantity"])) * Decimal(str(x["price_unit"])) for x in lines]
            total = sum(amount.quantize(unit, ROUND_HALF_UP) for amount in amounts)
            row = self.add("account.move", **vals, state="draft", payment_state="not_paid")
            row.update(amount_untaxed=float(total), amount_residual=float(total))
            row["currency_id"] = [currency["id"], currency["name"]]
            new.append(row["id"])
        return new

    def account_move_action_post(self, model, ids, kwargs):
        for i in ids:
            self.tables[model][i]["state"] = "posted"

    def account_payment_register_create(self, model, ids, kwargs):
        return [self.add(model, **kwargs["vals_list"][0], **kwargs["context"])["id"]]

    def account_payment_register_action_create_payments(self, model, ids, kwargs):
        wizard = self.tables[model][ids[0]]
        for i in wizard["active_ids"]:
            move = self.tables["account.move"][i]
            if move["payment_state"] == "paid":
                raise InvalidInput("nothing left to pay")
            move.update(payment_state="paid", amount_residual=0.0, paid_on=wizard["payment_date"])

    def sale_order_create(self, model, ids, kwargs):
        return [self.add(model, **v, state="draft")["id"] for v in kwargs["vals_list"]]

    def sale_order_action_confirm(self, model, ids, kwargs):
        for i in ids:
            self.tables[model][i].update(state="sale", date_order="now")
            picking = self.add("stock.picking", sale_id=[i, "S"], state="confirmed")
            picking.update(return_id=False, origin=f"S{i}", date_done=False)

    def stock_picking_action_confirm(self, model, ids, kwargs):
        return True

    def stock_picking_create(self, model, ids, kwargs):
        return [
            self.add(model, **v, state="draft", sale_id=False, date_done=False)["id"]
            for v in kwargs["vals_list"]
        ]

    def stock_picking_button_validate(self, model, ids, kwargs):
        for i in ids:
            self.tables[model][i].update(state="done", date_done="now")
        return True

    def sale_advance_payment_inv_create_invoices(self, model, ids, kwargs):
        for i in self.tables[model][ids[0]]["sale_order_ids"][0][2]:
            order = self.tables["sale.order"][i]
            lines = [
                [0, 0, {**line[2], "quantity": line[2]["product_uom_qty"]}]
                for line in order["order_line"]
            ]
            vals = {"ref": order["client_order_ref"], "invoice_line_ids": lines}
            vals |= {"move_type": "out_invoice", "partner_id": order["partner_id"]}
            if order["pricelist_id"]:
                price_list = self.tables["product.pricelist"][order["pricelist_id"]]
                vals["currency_id"] = price_list["currency_id"]
            self.account_move_create("account.move", None, {"vals_list": [vals]})


class LoaderCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "sales.csv"
        self.odoo = FakeOdoo()

    def load(self, *lines, head=HEAD, **options):
        self.path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
        wishes = LoadOptions(**options)
        retry = RetryPolicy(attempts=3, sleep=lambda seconds: None)
        connection = Connection(self.odoo, retry)
        sales = SalesFile(self.path, ColumnMap(), wishes)
        quiet = io.StringIO()
        loader = SalesLoader(connection, sales, wishes, lambda n, text: Progress(n, text, quiet))
        report = loader.run()
        self.assertTrue(report.adds_up, report.lines())
        self.rejected = loader.rejected
        return report

    def moves(self):
        return {row["ref"]: row for row in self.odoo.rows("account.move")}

    def fail_once(self, when, error, after=False):
        """Let one call of `when` = "model.method" fail, before or after it was carried out."""
        left = [error]

        def hook(model, method, kwargs):
            if left and f"{model}.{method}" == when:
                raise left.pop()

        setattr(self.odoo, "after" if after else "before", hook)


SALES = [
    "1,A1,Cup,2,2026-01-05,3.5,77,2026-01-20",
    "1,A2,Pot,1,2026-01-05,10.005,77,2026-01-20",
    "2,A1,Cup,4,2026-01-06,3.5,78,",
    "C3,A1,Cup,-1,2026-01-09,3.5,77,",
]


class TestLoading(LoaderCase):
    def test_documents_products_customers_payments(self):
        report = self.load(*SALES)
        moves = self.moves()
        self.assertEqual(sorted(moves), ["1", "2", "C3"])
        self.assertEqual({m["state"] for m in moves.values()}, {"posted"})
        self.assertEqual(moves["C3"]["move_type"], "out_refund")
        self.assertEqual(moves["1"]["invoice_date"], "2026-01-05")
        self.assertEqual(moves["1"]["paid_on"], "2026-01-20")
        self.assertEqual(moves["2"]["payment_state"], "not_paid")
        self.assertEqual(len(self.odoo.rows("product.product")), 2)
        self.assertEqual({p["ref"] for p in self.odoo.rows("res.partner")}, {"77", "78"})
        self.assertEqual(report.lines_loaded, 4)
        self.assertEqual(report.expected, {"USD": Decimal("27.51")})
        self.assertEqual(report.posted, report.expected)

    def test_lines_have_no_taxes_and_their_balance(self):
        self.load(*SALES)
        line = self.moves()["1"]["invoice_line_ids"][0][2]
        self.assertEqual(line["tax_ids"], [[6, 0, []]])
        self.assertEqual((line["price_unit"], line["balance"]), (3.5, -7.0))
        self.assertEqual(self.moves()["C3"]["invoice_line_ids"][0][2]["balance"], 3.5)

    def test_second_run_changes_nothing(self):
        self.load(*SALES)
        self.odoo.calls.clear()
        report = self.load(*SALES)
        self.assertEqual((report.lines_already, report.lines_loaded), (4, 0))
        methods = {method for _, method in self.odoo.calls}
        self.assertEqual(methods, {"read", "search_read"})

    def test_prefix_and_existing_records(self):
        self.odoo.add("res.partner", ref="77", name="Known")
        self.odoo.add("product.product", default_code="A1", type="consu")
        self.load(*SALES, prefix="OLD/")
        self.assertEqual(sorted(self.moves()), ["OLD/1", "OLD/2", "OLD/C3"])
        self.assertEqual(len(self.odoo.rows("res.partner")), 2)
        self.assertEqual(len(self.odoo.rows("product.product")), 2)

    def test_currency(self):
        report = self.load(*SALES, currency="IRR")
        self.assertEqual(self.moves()["1"]["currency_id"], [2, "IRR"])
        self.assertNotIn("balance", self.moves()["1"]["invoice_line_ids"][0][2])
        self.assertIn("IRR", report.posted)
        for code in ("EUR", "XXX"):
            report = self.load(*SALES, currency=code, prefix=code)
            self.assertEqual(report.lines_rejected, 4)
            self.assertEqual(report.reasons["currency"], 4)

    def test_future_payments_are_not_made_yet(self):
        tomorrow = date.today() + timedelta(days=1)
        report = self.load(f"1,A1,Cup,2,2026-01-05,3.5,77,{tomorrow}")
        self.assertEqual(report.counts["payments made"], 0)

    def test_company_without_journal_or_foreign_company(self):
        with self.assertRaises(InvalidInput):
            self.load(*SALES, company_id=9)
        self.odoo.tables["account.journal"].clear()
        with self.assertRaises(InvalidInput):
            self.load(*SALES)


class TestGoingOn(LoaderCase):
    def test_drafts_are_posted_and_bills_paid(self):
        self.fail_once("account.move.action_post", AccessDenied("no"))
        report = self.load(*SALES)
        self.assertEqual((report.interrupted, report.lines_not_reached), ("no", 4))
        report = self.load(*SALES)
        self.assertEqual(report.lines_loaded, 4)
        self.assertEqual(len(self.moves()), 3)
        self.fail_once("account.payment.register.create", AccessDenied("no"))
        self.load(*SALES, prefix="P")
        report = self.load(*SALES, prefix="P")
        self.assertEqual(report.counts["payments made"], 1)
        self.assertEqual(len(self.odoo.rows("account.move")), 6)

    def test_answer_lost_after_creating_makes_no_duplicate(self):
        lost = ConnectionFailed("gone", sent=True)
        self.fail_once("account.move.create", lost, after=True)
        report = self.load(*SALES)
        self.assertEqual(report.lines_loaded, 4)
        self.assertEqual(len(self.odoo.rows("account.move")), 3)

    def test_lost_answer_while_creating_contacts(self):
        self.fail_once("res.partner.create", ConnectionFailed("gone", sent=True), after=True)
        self.assertEqual(self.load(*SALES).lines_loaded, 4)
        self.assertEqual(len(self.odoo.rows("res.partner")), 2)

    def test_server_gone_for_good(self):
        def down(model, method, kwargs):
            if model == "account.move" and method == "create":
                raise ConnectionFailed("cannot reach it")

        self.odoo.before = down
        report = self.load(*SALES)
        self.assertEqual(report.interrupted, "cannot reach it")
        self.assertEqual(report.lines_not_reached, 4)

    def test_mended_file_shows_what_differs(self):
        self.load(*SALES)
        report = self.load("2,A1,Cup,5,2026-01-06,3.5,78,")
        self.assertEqual(report.reasons["already in Odoo with another total"], 1)

    def test_cancelled_documents_are_left_alone(self):
        self.load(*SALES)
        self.moves()["2"]["state"] = "cancel"
        self.assertEqual(self.load(*SALES).lines_already, 4)


class TestRefusals(LoaderCase):
    def refuse(self, model, needle):
        def hook(called, method, kwargs):
            if (called, method) == (model, "create") and needle in str(kwargs["vals_list"]):
                raise InvalidInput(f"{needle} is not welcome")

        self.odoo.before = hook

    def test_only_the_bad_document_is_rejected_with_all_its_lines(self):
        lines = [f"{n},A{n % 3},Cup,1,2026-01-05,2,{n},\n{n},B1,Pot,1,2026-01-05,2,{n},"
                 for n in range(100, 140)]  # fmt: skip
        self.refuse("account.move", "'ref': '117'")
        report = self.load(*lines)
        self.assertEqual((report.lines_loaded, report.lines_rejected), (78, 2))
        self.assertEqual(len(self.odoo.rows("account.move")), 39)
        self.assertIn("not welcome", self.rejected[0].text)

    def test_bad_customer_and_bad_product(self):
        self.refuse("res.partner", "'ref': '78'")
        self.assertEqual(self.load(*SALES).reasons, {"customer refused by Odoo": 1})
        self.odoo = FakeOdoo()
        self.refuse("product.product", "'A2'")
        report = self.load(*SALES)
        self.assertEqual(report.lines_loaded, 2)
        self.assertEqual(report.reasons, {"product refused by Odoo": 2})

    def test_unpaid_is_a_warning(self):
        self.fail_once("account.payment.register.action_create_payments", InvalidInput("closed"))
        report = self.load(*SALES)
        self.assertEqual(report.lines_loaded, 4)
        self.assertEqual(report.warnings, ["payment of 1: closed"])

    def test_gives_up_when_nothing_is_accepted(self):
        self.refuse("account.move", "ref")
        lines = [f"{n},A1,Cup,1,2026-01-05,2,77," for n in range(1000, 1300)]
        report = self.load(*lines, batch=25)
        self.assertEqual(report.lines_rejected, 300)
        self.assertEqual(report.reasons["not tried"], 250)
        self.assertLess(len(self.odoo.calls), 700)

    def test_bisect(self):
        tried, refused = [], []

        def action(items):
            tried.append(len(items))
            if 5 in items:
                raise ServerError("5")

        bisect(range(8), action, lambda item, error: refused.append(item))
        self.assertEqual(refused, [5])
        self.assertEqual(tried, [8, 4, 4, 2, 1, 1, 2])
        with self.assertRaises(AccessDenied):
            bisect([1], mock.Mock(side_effect=AccessDenied("no")), refused.append)


class TestDeliveries(LoaderCase):
    HEAD = HEAD.replace("PaymentDate", "PromisedDate,DeliveryDate")
    LINES = [
        "1,A1,Cup,2,2026-01-05,3.5,77,2026-01-08,2026-01-09",
        "1,POST,Postage,1,2026-01-05,3,77,2026-01-08,2026-01-09",
        "2,A1,Cup,4,2026-01-06,3.5,78,,",
        "C3,A1,Cup,-1,2026-01-09,3.5,77,,",
    ]

    def test_order_delivery_invoice_return(self):
        report = self.load(*self.LINES, head=self.HEAD)
        orders = {row["client_order_ref"]: row for row in self.odoo.rows("sale.order")}
        self.assertEqual(sorted(orders), ["1", "2"])
        self.assertEqual(orders["1"]["date_order"], "2026-01-05 12:00:00")
        self.assertEqual(orders["1"]["commitment_date"], "2026-01-08 12:00:00")
        pickings = {p["origin"]: p for p in self.odoo.rows("stock.picking")}
        done = pickings[f"S{orders['1']['id']}"]
        self.assertEqual((done["state"], done["date_done"]), ("done", "2026-01-09 12:00:00"))
        self.assertEqual(pickings[f"S{orders['2']['id']}"]["state"], "confirmed", "not yet")
        self.assertEqual(pickings["C3"]["date_done"], "2026-01-09 12:00:00")
        self.assertEqual(self.moves()["1"]["invoice_date"], "2026-01-05")
        self.assertEqual(report.lines_loaded, 4)
        self.assertEqual(report.posted["USD"], Decimal("20.50"))

    def test_currency_of_an_order_is_that_of_its_price_list(self):
        for prefix in "AB":
            report = self.load(*self.LINES, head=self.HEAD, currency="IRR", prefix=prefix)
            self.assertEqual(self.moves()[f"{prefix}1"]["currency_id"], [2, "IRR"])
            self.assertEqual(report.warnings, [])
        self.assertEqual(len(self.odoo.rows("product.pricelist")), 1)
        report = self.load(*self.LINES, head=self.HEAD, prefix="A")
        self.assertEqual(report.reasons["already in Odoo with another total"], 4)

    def test_nothing_sold_needs_no_order(self):
        self.load("1,A1,Cup,0,2026-01-05,3.5,77,,2026-01-09", head=self.HEAD)
        self.assertEqual(self.moves()["1"]["state"], "posted")
        self.assertEqual(self.odoo.rows("sale.order"), [])

    def test_interrupted_anywhere_the_second_run_finishes(self):
        steps = [
            "sale.order.create",
            "sale.order.action_confirm",
            "stock.picking.button_validate",
            "sale.advance.payment.inv.create_invoices",
            "account.move.action_post",
            "stock.picking.create",
            "stock.picking.write",
        ]
        for after in (False, True):
            for number, step in enumerate(steps):
                with self.subTest(step, after=after):
                    self.odoo = FakeOdoo()
                    self.fail_once(step, AccessDenied("stop"), after)
                    self.load(*self.LINES, head=self.HEAD)
                    self.load(*self.LINES, head=self.HEAD)
                    self.assertEqual(len(self.odoo.rows("sale.order")), 2, number)
                    self.assertEqual(len(self.moves()), 3)
                    self.assertEqual(len(self.odoo.rows("account.move")), 3)
                    states = sorted(p["state"] for p in self.odoo.rows("stock.picking"))
                    self.assertEqual(states, ["confirmed", "done", "done"])
                    days = {p["date_done"] for p in self.odoo.rows("stock.picking")}
                    self.assertEqual(days, {False, "2026-01-09 12:00:00"})


class TestCommandLine(unittest.TestCase):
    def run_it(self, *arguments, **environment):
        out, err = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, environment), redirect_stdout(out), redirect_stderr(err):
            try:
                code = command_line.main(arguments)
            except SystemExit as stop:
                code = stop.code
        return code, out.getvalue(), err.getvalue()

    def test_help_shows_no_secret(self):
        secrets = {"ODOO_PASSWORD": "top-secret", "ODOO_API_KEY": "hidden-key"}
        for command in ([], ["check"], ["load-sales"]):
            code, out, _ = self.run_it(*command, "--help", **secrets)
            self.assertEqual(code, 0)
            self.assertNotIn("top-secret", out)
            self.assertNotIn("hidden-key", out)

    def test_failure_is_one_line_without_secret(self):
        arguments = ("check", "--url", "http://127.0.0.1:1", "--db", "x", "--login", "ann")
        with mock.patch("client.rpc.retry_policy.random.uniform", return_value=0.0):
            code, _, err = self.run_it(*arguments, "--password", "top-secret")
        self.assertEqual(code, 1)
        self.assertTrue(err.startswith("error: cannot reach"))
        self.assertEqual(err.count("\n"), 1)
        self.assertNotIn("top-secret", err)

    def test_wrong_usage(self):
        self.assertEqual(self.run_it("load-sales", "x.csv", "--batch", "0")[0], 2)
        self.assertEqual(self.run_it()[0], 2)

    def test_check_says_who(self):
        connection = Connection(FakeOdoo())
        with mock.patch.object(command_line, "connect", return_value=connection):
            code, out, _ = self.run_it("check", "--db", "shop")
        self.assertEqual((code, out), (0, "Ann (ann) in Shop, database shop, protocol fake\n"))

    def test_load_reports_and_writes_rejects(self):
        with tempfile.TemporaryDirectory() as folder:
            path, rejects = Path(folder) / "s.csv", Path(folder) / "r.csv"
            path.write_text("\n".join([HEAD, *SALES, "9,A1,Cup,six,2026-01-09,3,77,"]))
            connection = Connection(FakeOdoo())
            with mock.patch.object(command_line, "connect", return_value=connection):
                code, out, _ = self.run_it(
                    "load-sales", str(path), "--yes", "--rejects", str(rejects)
                )
            self.assertEqual(code, 0)
            self.assertIn("lines read                  5\n", out)
            self.assertIn("bad quantity: 1", out)
            self.assertIn("not a number: 'six'", rejects.read_text())


class TestParts(unittest.TestCase):
    def test_batches_by_documents_and_lines(self):
        documents = [mock.Mock(lines=[0] * n) for n in (3, 3, 9, 1, 1, 1)]
        sizes = [[len(d.lines) for d in batch] for batch in batches(documents, 3, 6)]
        self.assertEqual(sizes, [[3, 3], [9], [1, 1, 1]])

    def test_batched(self):
        self.assertEqual(list(batched(iter("abcde"), 2)), [["a", "b"], ["c", "d"], ["e"]])
        self.assertEqual(list(batched([], 2)), [])

    def test_progress_text(self):
        progress = Progress(200, "invoices", io.StringIO())
        progress.done = 50
        self.assertEqual(progress.text(progress._start + 10), "invoices: 50/200 (5.0/s, 0:30 left)")
        progress.close()
        Progress(0, "nothing", io.StringIO()).close()


if __name__ == "__main__":
    unittest.main()
