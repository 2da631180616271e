"""What business users do only adds rows to the queue, costs three queries, and never fails."""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import CustomerValueCommon

BUDGET = 3
# Our overrides of documents: (model, method) -> without them Odoo works as if not installed.
HOOKS = {
    "account.move": ("write", "unlink", "_post"),
    "account.move.line": ("create", "write", "unlink"),
    "account.partial.reconcile": ("create", "unlink"),
    "account.payment": ("create", "write", "unlink"),
    "sale.order": ("create", "write", "unlink"),
    "sale.order.line": ("create", "write", "unlink"),
    "stock.move": ("write",),
    "stock.move.line": ("create", "write", "unlink"),
    "stock.picking": ("write",),
    "res.partner": ("write",),
}


class HookCommon(CustomerValueCommon):
    def _clear_queue(self):
        """Begin as a new transaction would: nothing queued, nothing remembered."""
        self.env.flush_all()
        self.env["customer.refresh.queue"].search([]).unlink()
        self.env.cr.precommit.data.clear()

    def _get_queued(self):
        self.env.flush_all()
        rows = self.env["customer.refresh.queue"].search([])
        return sorted((row.partner_id.name, row.company_id.name) for row in rows)

    @contextmanager
    def assertQueues(self, *partners, company=None):
        """The block queues exactly these customers, once each, and refreshes nobody."""
        self._clear_queue()
        versions = self._read_versions()
        yield
        name = (company or self.company).name
        self.assertEqual(self._get_queued(), sorted((partner.name, name) for partner in partners))
        self.assertEqual(self._read_versions(), versions, "a hook wrote profiles")

    def _read_versions(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT id, xmin::text, ctid::text FROM customer_profile ORDER BY id")
        return self.env.cr.fetchall()

    def _read_partners(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, xmin::text, ctid::text FROM res_partner WHERE id = ANY(%s) ORDER BY id",
            [(self.customer | self.other_customer).ids],
        )
        return self.env.cr.fetchall()

    def _draft(self, date="2026-06-01", user=None, **values):
        move = self._create_move(self.customer, date, 100, **values)
        return move.with_user(user or self.accountant)

    def _post_as_accountant(self, date="2026-06-01", **values):
        move = self._draft(date, **values)
        move.action_post()
        return move

    def _take_back(self, picking, user=None):
        """Create and validate a return of one piece."""
        model = self.env["stock.return.picking"].with_user(user or self.stock_user)
        context = {
            "active_id": picking.id,
            "active_ids": picking.ids,
            "active_model": "stock.picking",
        }
        wizard = Form(model.with_context(**context)).save()
        wizard.product_return_moves.quantity = 1
        returned = model.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.write({"quantity": 1, "picked": True})
        returned.button_validate()
        return returned


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestInvoiceHooks(HookCommon):
    def test_posting(self):
        move = self._draft()
        with self.assertQueues(self.customer):
            move.action_post()

    def test_draft_document_is_nobodys_news(self):
        with self.assertQueues():
            move = self._draft()
            move.invoice_line_ids.price_unit = 50
            move.partner_id = self.other_customer
            move.invoice_date = "2026-05-01"
            move.unlink()

    def test_vendor_bill_is_nobodys_news(self):
        bill = self._draft(move_type="in_invoice")
        with self.assertQueues():
            bill.action_post()

    def test_back_to_draft_and_posting_again(self):
        move = self._post_as_accountant()
        with self.assertQueues(self.customer):
            move.button_draft()
        with self.assertQueues():
            move.partner_id = self.other_customer
        with self.assertQueues(self.other_customer):
            move.action_post()

    def test_cancelling(self):
        move = self._post_as_accountant()
        with self.assertQueues(self.customer):
            move.button_draft()
            move.button_cancel()

    def test_deleting(self):
        move = self._post_as_accountant()
        with self.assertQueues(self.customer):
            move.button_draft()
            move.with_context(force_delete=True).unlink()

    def test_deleting_a_posted_document_by_force(self):
        """Data clean-ups delete without going through draft."""
        move = self._post_as_accountant().sudo()
        with self.assertQueues(self.customer):
            move.with_context(force_delete=True, dynamic_unlink=True).unlink()

    def test_credit_note(self):
        move = self._post_as_accountant()
        with self.assertQueues(self.customer):
            self._credit(move, "2026-06-10")

    def test_payment_and_taking_it_off(self):
        move = self._post_as_accountant()
        with self.assertQueues(self.customer):
            payment = self._pay(move, "2026-06-10", 40)
        with self.assertQueues(self.customer):
            move.line_ids.remove_move_reconcile()
        self._clear_queue()
        payment.action_draft()
        with self.assertQueues(self.customer):
            self._pay(move, "2026-06-11")

    def test_cancelling_a_payment(self):
        move = self._post_as_accountant()
        payment = self._pay(move, "2026-06-10")
        with self.assertQueues(self.customer):
            payment.action_draft()
            payment.action_cancel()

    def test_an_invoice_settled_in_another_name_goes_back_to_draft(self):
        """It stays matched: a discount taken with the money is then the payer's."""
        move = self._post_as_accountant()
        debts = self.customer.property_account_receivable_id
        other = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        paid = {"partner_id": self.other_customer.id}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-06-10",
                "line_ids": [
                    Command.create({"account_id": debts.id, "credit": move.amount_total, **paid}),
                    Command.create({"account_id": other.id, "debit": move.amount_total, **paid}),
                ],
            }
        )
        entry.action_post()
        lines = (move.sudo() | entry).line_ids.filtered(lambda line: line.account_id == debts)
        lines.reconcile()
        with self.assertQueues(self.customer, self.other_customer):
            move.button_draft()
        self.assertTrue(entry.line_ids.matched_debit_ids)
        with self.assertQueues(self.customer, self.other_customer):
            move.action_post()

    def _pay_ahead(self, **values):
        values = {"partner_id": self.customer.id, "amount": 10, "date": "2026-06-10"} | values
        return self.env["account.payment"].with_user(self.accountant).create(values)

    def test_payment_nobody_has_matched(self):
        """What is paid ahead is not overdue, and what we pay a vendor is nobody's news."""
        payment = self._pay_ahead(payment_type="inbound", partner_type="customer")
        with self.assertQueues(self.customer):
            payment.action_post()
        with self.assertQueues(self.customer):
            payment.action_draft()
        payment = self._pay_ahead(payment_type="outbound", partner_type="supplier")
        with self.assertQueues():
            payment.action_post()

    def test_opening_balance_and_its_correction(self):
        debts = self.customer.property_account_receivable_id
        accounts = self.env["account.account"].search([("account_type", "=", "expense")], limit=2)
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-06-01",
                "line_ids": [
                    Command.create(
                        {"account_id": debts.id, "partner_id": self.customer.id, "debit": 5}
                    ),
                    Command.create({"account_id": accounts[0].id, "credit": 5}),
                ],
            }
        )
        with self.assertQueues(self.customer):
            entry.action_post()
        with self.assertQueues(self.customer):
            entry.line_ids.filtered("credit").account_id = accounts[1]
        with self.assertQueues(self.customer, self.other_customer):
            entry.line_ids.filtered("debit").partner_id = self.other_customer

    def test_due_date(self):
        move = self._post_as_accountant(invoice_payment_term_id=False)
        with self.assertQueues(self.customer):
            move.invoice_date_due = "2026-07-15"
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        with self.assertQueues(self.customer):
            lines.sudo().date_maturity = "2026-08-15"

    def test_fields_that_matter_to_nobody(self):
        move = self._post_as_accountant()
        with self.assertQueues():
            move.write({"ref": "PO 4711", "narration": "Thank you"})

    def test_soft_posting_the_future(self):
        """An invoice of next month gets neither a cost nor a row until its day has come."""
        move = self._draft("2026-07-10")
        with self.assertQueues():
            self.assertFalse(move._post(soft=True))
        self.assertEqual(move.state, "draft")
        lines = move.invoice_line_ids.sudo()
        self.assertIs(lines.customer_cost, False)
        self.assertFalse(lines.customer_cost_source)
        self.product.standard_price = 75
        with freeze_time("2026-07-10 10:00:00"), self.assertQueues(self.customer):
            self.assertEqual(move._post(soft=True), move)
            self.env.cr.flush()
            self.assertEqual(lines.customer_cost, 75)

    def test_soft_posting_a_mixed_batch(self):
        """Only what was really posted counts: ``_post`` returns less than it was given."""
        today, future = self._draft(), self._draft("2026-07-10")
        future.partner_id = self.other_customer
        with self.assertQueues(self.customer):
            (today | future)._post(soft=True)
        self.assertEqual(today.invoice_line_ids.sudo().customer_cost, 60)
        self.assertIs(future.invoice_line_ids.sudo().customer_cost, False)

    def test_invoice_of_a_contact_queues_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        move = self._create_move(contact, "2026-06-01", 100).with_user(self.accountant)
        with self.assertQueues(self.customer):
            move.action_post()

    def test_two_companies(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        move = self._create_move(self.customer, "2026-06-01", 100, company=other)
        with self.assertQueues(self.customer, company=other):
            move.action_post()


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestQueue(HookCommon):
    def test_once_per_transaction(self):
        with self.assertQueues(self.customer):
            for _number in range(3):
                self._post_as_accountant()
            self._order(self.customer)

    def test_rolled_back_savepoint_leaves_nothing(self):
        move = self._draft()
        self._clear_queue()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            move.action_post()
            self.assertEqual(len(self._get_queued()), 1)
            raise ZeroDivisionError
        self.assertEqual(self._get_queued(), [])
        move.invalidate_recordset()
        move.action_post()
        self.assertEqual(len(self._get_queued()), 1, "the memory outlived the row")

    def test_rolled_back_savepoint_without_flush(self):
        """Savepoints with ``flush=False`` (imports use one) do not clear Odoo's hooks."""
        pair = {(self.customer.id, self.company.id)}
        queue = self.env["customer.refresh.queue"]
        self._clear_queue()
        savepoint = self.env.cr.savepoint(flush=False)
        queue._enqueue(pair, "test")
        savepoint.close(rollback=True)
        queue._enqueue(pair, "test")
        self.assertEqual(len(self._get_queued()), 1, "the memory outlived the row")

    def test_kept_savepoint_keeps_the_row(self):
        self._clear_queue()
        with self.env.cr.savepoint():
            self._post_as_accountant()
        self._post_as_accountant()
        names = {name for name, _company in self._get_queued()}
        self.assertEqual(names, {self.customer.name})

    def test_posting_does_not_write_contacts(self):
        """Odoo raises a customer rank above zero after the commit; we write no contact at all."""
        self.customer.customer_rank = 1
        move = self._draft()
        versions = self._read_partners()
        move.action_post()
        self.assertEqual(self._read_partners(), versions)
        self._drain()
        self.assertEqual(self._read_partners(), versions)


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestSalesHooks(HookCommon):
    def setUp(self):
        super().setUp()
        self.quotation = self._order(self.customer, 2, confirm=False).with_user(self.salesperson)

    def test_quotation(self):
        with self.assertQueues(self.customer):
            self._order(self.customer, confirm=False)
        with self.assertQueues(self.customer):
            self.quotation.order_line.price_unit = 70
        with self.assertQueues(self.customer, self.other_customer):
            self.quotation.partner_id = self.other_customer
        with self.assertQueues(self.other_customer):
            self.quotation.with_user(self.env.user).unlink()

    def test_order(self):
        with self.assertQueues(self.customer):
            self.quotation.action_confirm()
        with self.assertQueues(self.customer):
            self.quotation.order_line.product_uom_qty = 5
        with self.assertQueues(self.customer):
            self.quotation.commitment_date = "2026-06-20 08:00:00"
        with self.assertQueues(self.customer):
            self.quotation._action_cancel()
        with self.assertQueues(self.customer):
            self.quotation.action_draft()

    def test_draft_invoice_of_an_order(self):
        """It closes the order (``invoice_status``) long before anybody posts it."""
        self.quotation.action_confirm()
        with self.assertQueues(self.customer):
            invoice = self.quotation.sudo()._create_invoices()
        self.assertEqual(self.quotation.invoice_status, "invoiced")
        with self.assertQueues(self.customer):
            invoice.unlink()
        self.assertEqual(self.quotation.invoice_status, "to invoice")

    def test_an_order_whose_invoice_forgets_it_is_its_contacts_again(self):
        self.quotation.action_confirm()
        self.quotation.sudo().partner_invoice_id = self.other_customer
        invoice = self.quotation.sudo()._create_invoices()
        invoice.action_post()
        line = invoice.invoice_line_ids.filtered("sale_line_ids")
        with self.assertQueues(self.customer, self.other_customer):
            line.sale_line_ids = False

    def test_delivery_and_return(self):
        self.quotation.action_confirm()
        picking = self.quotation.sudo().picking_ids.with_user(self.stock_user)
        picking.move_ids.write({"quantity": 2, "picked": True})
        with self.assertQueues(self.customer):
            picking.button_validate()
        self.assertEqual(picking.state, "done")
        with self.assertQueues(self.customer):
            self._take_back(picking)

    def test_transfer_without_order(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])[:1]
        picking = (
            self.env["stock.picking"]
            .with_user(self.stock_user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "picking_type_id": warehouse.out_type_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 1,
                                "location_id": warehouse.lot_stock_id.id,
                                "location_dest_id": self.env.ref(
                                    "stock.stock_location_customers"
                                ).id,
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": 1, "picked": True})
        with self.assertQueues(self.customer):
            picking.button_validate()

    def test_receipt_from_a_vendor_is_nobodys_news(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])[:1]
        vendors = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 1,
                "location_id": vendors.id,
                "location_dest_id": warehouse.lot_stock_id.id,
            }
        )
        with self.assertQueues():
            move._action_confirm()
            move.write({"quantity": 1, "picked": True})
            move._action_done()


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestContactHooks(HookCommon):
    def setUp(self):
        super().setUp()
        self.contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )

    def test_moving_to_another_customer(self):
        with self.assertQueues(self.customer, self.other_customer):
            self.contact.parent_id = self.other_customer

    def test_becoming_a_company(self):
        with self.assertQueues(self.customer, self.contact):
            self.contact.is_company = True

    def test_becoming_a_contact(self):
        daughter = self._create_customer("Daughter", parent_id=self.customer.id)
        with self.assertQueues(self.customer, daughter):
            daughter.is_company = False

    def test_changing_the_company(self):
        with self.assertQueues(self.customer):
            self.customer.company_id = self.company

    def test_plain_data(self):
        with self.assertQueues():
            self.customer.write({"phone": "+98 21 1234", "active": False})

    def test_every_company(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self._clear_queue()
        self.contact.parent_id = self.other_customer
        companies = {company for _name, company in self._get_queued()}
        self.assertLessEqual({self.company.name, other.name}, companies)


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestWithoutRights(HookCommon):
    """People who may not even know that Customer Value is there can do their work."""

    def test_accountant(self):
        self.assertFalse(self.accountant.has_group("customer_value.customer_value_group_user"))
        move = self._post_as_accountant()
        move.button_draft()
        move.action_post()
        move.line_ids.remove_move_reconcile()
        self.assertEqual(move.state, "posted")

    def test_stock_user(self):
        order = self._order(self.customer, 2)
        self.assertFalse(self.stock_user.has_group("customer_value.customer_value_group_user"))
        with self.assertRaises(UserError):
            self.env["customer.profile"].with_user(self.stock_user).search([])
        picking = order.picking_ids.with_user(self.stock_user)
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking.button_validate()
        self._take_back(picking)
        self.assertEqual(picking.state, "done")

    def test_own_salesperson(self):
        order = (
            self.env["sale.order"]
            .with_user(self.own_salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_contact_clerk(self):
        clerk = self._create_user("clara", "base.group_partner_manager")
        contact = (
            self.env["res.partner"]
            .with_user(clerk)
            .create({"name": "Buyer", "parent_id": self.customer.id})
        )
        contact.parent_id = self.other_customer
        self.assertEqual(contact.commercial_partner_id, self.other_customer)


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestQueryBudget(HookCommon):
    """Our hooks cost three queries per operation, not per document.

    Measured against the same operation on equal documents with our overrides taken out.
    """

    @contextmanager
    def _without_hooks(self):
        """Take our overrides out: their place in the method resolution calls ``super()``."""
        with ExitStack() as stack:
            for model, methods in HOOKS.items():
                ours = [
                    cls
                    for cls in self.env.registry[model].__mro__
                    if cls.__module__.startswith("odoo.addons.customer_value.")
                ]
                for method in methods:
                    owner = next(cls for cls in ours if method in vars(cls))
                    plain = self._call_super(owner, method)
                    stack.enter_context(patch.object(owner, method, plain))
            yield

    @staticmethod
    def _call_super(owner, name):
        def plain(records, *args, **kwargs):
            return getattr(super(owner, records), name)(*args, **kwargs)

        original = vars(owner)[name]
        for attribute, value in vars(original).items():
            setattr(plain, attribute, value)
        return plain

    def _count(self, operate, records):
        """Count the queries of one operation that begins with a warm ORM and cold records."""
        self.env.cr.flush()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        operate(records)
        self.env.cr.flush()
        return self.env.cr.sql_log_count - start

    def assertBudget(self, make, operate, budget=BUDGET, at_least=1):
        """Both ways after a warm-up of both ways; the documents are made beforehand."""
        documents = [make() for _number in range(4)]
        self._count(operate, documents[0])
        with self._without_hooks():
            self._count(operate, documents[1])
            without = self._count(operate, documents[2])
        spent = self._count(operate, documents[3]) - without
        self.assertLessEqual(spent, budget)
        self.assertGreaterEqual(spent, at_least, "the hooks did not run: nothing was measured")

    def _make_moves(self, count):
        moves = self.env["account.move"]
        for number in range(count):
            partner = self.customer if number % 2 else self.other_customer
            moves |= self._create_move(partner, "2026-06-01", 100, 50)
        return moves.with_user(self.accountant)

    def test_posting_one_invoice(self):
        self.assertBudget(lambda: self._make_moves(1), lambda moves: moves.action_post())

    def _make_down_payment(self):
        order = self._order(self.customer)
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": 30,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        return wizard._create_invoices(order).with_user(self.accountant)

    def test_posting_a_down_payment(self):
        """Odoo writes the price and the taxes of the order's line again."""
        # What the hooks read of the order, Odoo then need not read: that may outweigh their row.
        self.assertBudget(self._make_down_payment, lambda move: move.action_post(), at_least=0)
        self.assertTrue(self.env["customer.refresh.queue"].search_count([]))

    def test_crediting(self):
        def make():
            moves = self._make_moves(1)
            moves.action_post()
            return moves

        self.assertBudget(make, lambda moves: moves._reverse_moves(cancel=True), budget=4)

    def test_posting_twenty_invoices(self):
        self.assertBudget(lambda: self._make_moves(20), lambda moves: moves.action_post())

    def _make_picking(self, lines=1):
        products = self.product
        for _number in range(lines - 1):
            products |= self.product.copy()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                    for product in products
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids.with_user(self.stock_user)
        picking.move_ids.write({"quantity": 2, "picked": True})
        return picking

    def test_validating_a_delivery(self):
        self.assertBudget(self._make_picking, lambda picking: picking.button_validate())

    def test_validating_a_delivery_of_ten_products(self):
        self.assertBudget(
            lambda: self._make_picking(lines=10), lambda picking: picking.button_validate()
        )

    def test_paying(self):
        def make():
            moves = self._make_moves(1)
            moves.action_post()
            return moves

        self.assertBudget(make, lambda moves: self._pay(moves, "2026-06-10"))
