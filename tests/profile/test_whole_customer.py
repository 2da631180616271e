"""Events that touch several families at once: branches, moves and merges, whoever paid."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..tools.whole_customer import WholeCustomer
from .test_given_back import GivenBackCommon
from .test_profile_debt import DebtCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestThreeLevels(WholeCustomer, DebtCommon, GivenBackCommon):
    """Head office, branch, and branch of the branch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch, cls.lower = cls._create_branches(cls.company)
        cls.group = cls.company | cls.branch | cls.lower
        cls.accountant.write({"company_ids": [Command.set(cls.group.ids)]})

    def _read(self, name):
        return [self._profile(self.customer, company)[name] for company in self.group]

    def test_goods_that_come_back_after_their_credit_note(self):
        """The cost comes with the goods, on every level in the same refresh."""
        order = self._order(self.customer, quantity=2, company_id=self.lower.id)
        picking = self._deliver(order)
        invoice = self._bill_order(order, "2026-03-01")
        self._credit(invoice, "2026-03-10")
        self._check(self.group)
        self.assertEqual(self._read("gross_profit_total"), [-120] * 3)
        self._take_back(picking, 1)
        self._check(self.group)
        self.assertEqual(self._read("gross_profit_total"), [-60] * 3)

    def test_debts_on_all_levels(self):
        due = {"invoice_date_due": "2026-04-10"}
        for company, amount in zip(self.group, (1000, 200, 30), strict=True):
            self._invoice(self.customer, "2026-04-01", amount, company=company, **due)
        partly = self._invoice(self.customer, "2026-04-02", 500, company=self.branch, **due)
        self._pay(partly, "2026-04-20", 100)
        low = self._invoice(self.customer, "2026-04-03", 70, company=self.lower, **due)
        self._credit(low, "2026-04-20", 20)
        lost = self._invoice(self.customer, "2026-04-04", 90, company=self.lower, **due)
        wizard = self.env["account.payment.register"]
        wizard = wizard.with_context(active_model="account.move", active_ids=lost.ids)
        wizard.create(
            {
                "payment_date": "2026-04-15",
                "amount": 60,
                "installments_mode": "full",
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.bad_debts.id,
            }
        )._create_payments()
        order = self._order_of((self.delivered, 3, 50), company_id=self.lower.id)
        self._advance(order, 40, "2026-03-01")
        self._check(self.group)
        self.assertEqual(self._read("revenue_total"), [1930, 930, 230])
        self.assertEqual(self._read("overdue_amount"), [1680, 680, 80])
        self.assertEqual(self._read("bad_debt_amount_total"), [30] * 3)
        self.assertEqual(self._read("open_order_amount"), [90] * 3)
        for company, invoiced in zip(self.group, (1930, 930, 230), strict=True):
            counted = company._get_counted_companies()
            partner = self.customer.with_user(self.accountant)
            partner = partner.with_context(allowed_company_ids=counted.ids)
            partner.invalidate_recordset(["total_invoiced", "credit"])
            self.assertEqual(partner.total_invoiced, invoiced)
            # Odoo's own due is that of the whole group, whichever branch one is in.
            self.assertEqual(partner.credit, 1680 + 60)

    def test_head_office_is_paid_for_its_branches(self):
        due = {"invoice_date_due": "2026-04-10"}
        bills = self._invoice(self.customer, "2026-04-01", 100, company=self.lower, **due)
        bills |= self._invoice(self.customer, "2026-04-01", 50, company=self.branch, **due)
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move",
            active_ids=bills.ids,
            allowed_company_ids=self.group.ids,
        )
        payment = wizard.create({"payment_date": "2026-04-15", "group_payment": True})
        self.assertEqual(payment._create_payments().company_id, self.company)
        self._check(self.group)
        self.assertEqual(self._read("overdue_amount"), [0] * 3)
        self.assertEqual(self._read("payment_days_late"), [5] * 3)


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestMovesAndMerges(WholeCustomer, DebtCommon, GivenBackCommon):
    """Who moves or is merged takes all families along, or none."""

    def setUp(self):
        super().setUp()
        self.contact = self._create_contact("Sara", self.customer)
        self.mate = self._create_contact("Reza", self.other_customer)

    def _create_contact(self, name, parent=None):
        return self.env["res.partner"].create({"name": name, "parent_id": parent and parent.id})

    def _live(self, partner):
        """One document of each kind: what is sold and paid, delivered, offered, said and asked."""
        order = self._order(partner)
        self._deliver(order)
        self._bill_order(order, "2026-05-01").invoice_date_due = "2026-05-15"
        late = self._invoice(partner, "2026-04-01", 10, invoice_date_due="2026-04-11")
        self._write_off(late, "2026-04-21", 8)
        self._deliver(self._order(partner, price=7))
        self._order(partner, price=3, confirm=False)
        values = {"partner_id": partner.id, "company_id": self.company.id}
        self.env["customer.interaction"].create({**values, "kind": "call", "subject": "Desk"})
        self.env["customer.complaint"].create({**values, "subject": "Scratched"})
        self.env["customer.feedback"]._register_answer(
            self.company, partner, "rating", {"rating": 5}, source="agent"
        )
        self.note_final()

    # A life on the profile of one customer: lived once, and quotations, which go along.
    LIFE = {
        "revenue_total": 110,
        "bad_debt_amount_total": 2,
        "open_order_amount": 7,
        "order_line_count_total": 2,
        "delivery_count_total": 2,
        "otif_line_count": 2,
        "interaction_count_total": 1,
        "complaint_count_total": 1,
        "satisfaction_answer_count": 1,
    }

    def _assert_lives(self, **expected):
        """Check everything, then how many lives (and offers of 3) each customer has."""
        self._check()
        for name, (lives, offers) in expected.items():
            profile = self._profile(getattr(self, name))
            found = {measure: profile[measure] or 0 for measure in self.LIFE}
            self.assertEqual(found, {key: lives * one for key, one in self.LIFE.items()}, name)
            self.assertEqual(profile.open_quotation_amount, 3 * offers, name)

    def _move(self, contact, parent):
        contact.parent_id = parent
        self.note_move(contact)

    def _merge(self, source, kept):
        self.env["base.partner.merge.automatic.wizard"]._merge((source | kept).ids, kept)
        self.note_merge(source, kept)
        self.note_move(kept)  # Odoo writes its company on it once more

    def test_buyer_changes_employer_and_comes_back(self):
        self._live(self.contact)
        self._move(self.contact, self.other_customer)
        self._live(self.contact)
        self._assert_lives(customer=(1, 0), other_customer=(1, 2))
        self._move(self.contact, self.customer)
        self._assert_lives(customer=(1, 2), other_customer=(1, 0))

    def test_company_merged_into_a_contact_of_another(self):
        """Odoo makes the contact a company then: a customer with all that the company had."""
        self._live(self.customer)
        self._live(self.mate)
        self._merge(self.customer, self.mate)
        self.assertEqual(self.mate.commercial_partner_id, self.mate)
        self._assert_lives(mate=(1, 2), other_customer=(1, 0))

    def test_private_buyer_merged_into_a_contact_who_moves_on(self):
        """What the buyer had alone is booked for good where the contact was."""
        self.buyer = self._create_contact("Private buyer")
        self._live(self.buyer)
        self._live(self.contact)
        self._merge(self.buyer, self.contact)
        self._assert_lives(customer=(2, 2))
        self._move(self.contact, self.other_customer)
        self._assert_lives(customer=(2, 0), other_customer=(0, 2))

    def test_company_below_another_and_taken_out(self):
        """What its contacts bought is its own again; what it bought itself is booked for good."""
        self._live(self.contact)
        self._live(self.customer)
        self.customer.is_company = False
        self._move(self.customer, self.other_customer)
        self._assert_lives(other_customer=(2, 2))
        self._live(self.contact)
        self.customer.write({"is_company": True, "parent_id": False})
        self._assert_lives(customer=(1, 3), other_customer=(2, 0))


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestWhoeverPaid(WholeCustomer, DebtCommon):
    """What was paid, lost or taken as discount is of whose invoice it is, whoever paid it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        bank = cls.env["account.journal"].search([("type", "=", "bank")], limit=1)
        cls.bank = bank.default_account_id
        cls.discounts = cls.company.account_journal_early_pay_discount_loss_account_id
        cls.contact = cls.env["res.partner"].create({"name": "Sara", "parent_id": cls.customer.id})
        cls.nobody = cls.env["res.partner"]

    def _settle(self, invoice, partner, *parts):
        """Settle an invoice by an entry of parts (account, amount) in the name of a partner."""
        debts = self.customer.property_account_receivable_id
        sides = [*parts, (debts, -sum(amount for _account, amount in parts))]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-04-05",
                "journal_id": self.general.id,
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "balance": amount, "partner_id": partner.id}
                    )
                    for account, amount in sides
                ],
            }
        )
        entry.action_post()
        self._match(invoice, entry)
        return entry

    def _assert_facts(self, discount, lost, paid):
        self._check()
        profile = self._profile(self.customer)
        self.assertEqual(profile.cash_discount_amount_total, discount)
        self.assertEqual(profile.bad_debt_amount_total, lost)
        self.assertAlmostEqual(profile.paid_ratio_365, paid, 5)
        self.assertEqual(profile.overdue_amount, 0)
        self.assertFalse(self._profile(self.other_customer).revenue_total)

    def test_paid_by_another_customer_or_in_nobodys_name(self):
        """A mother company pays, less 3 of discount and 7 that are lost."""
        parts = ((self.bank, 90), (self.discounts, 3), (self.bad_debts, 7))
        for number, partner in enumerate((self.other_customer, self.nobody), 1):
            self._settle(self._bill("2026-03-01", "2026-04-05", 100), partner, *parts)
            self._assert_facts(3 * number, 7 * number, 90 / 97)

    def test_entry_is_corrected(self):
        """An account changed afterwards is seen at once, whoever's name is in the entry."""
        for partner in (self.other_customer, self.nobody):
            invoice = self._bill("2026-03-01", "2026-04-05", 100)
            entry = self._settle(invoice, partner, (self.bad_debts, 100))
            self._drain()
            self.assertEqual(self._profile(self.customer).bad_debt_amount_total, 100)
            entry.line_ids.filtered("debit").account_id = self.bank
            self._assert_facts(0, 0, 1)

    def test_contact_who_paid_changes_employer(self):
        """Odoo gives the contact's entries to the new employer; the invoice they paid stays."""
        invoice = self._bill("2026-03-01", "2026-04-05", 100)
        parts = ((self.bank, 90), (self.discounts, 3), (self.bad_debts, 7))
        entry = self._settle(invoice, self.contact, *parts)
        self._assert_facts(3, 7, 90 / 97)
        self.contact.parent_id = self.other_customer
        self.assertEqual(entry.line_ids.partner_id, self.other_customer)
        self._assert_facts(3, 7, 90 / 97)

    def test_recovered_by_a_new_entry(self):
        """What was lost and comes in after all stays bad debt, however it is entered."""
        lost = self._bill("2026-03-01", "2026-03-31", 100)
        self._settle(lost, self.customer, (self.bad_debts, 100))
        back = self._enter("2026-05-30", 100, self.bad_debts, is_debt=True)
        self._check()
        self.assertEqual(self._profile(self.customer).overdue_amount, 100)
        self._match(back, self._enter("2026-06-01", 100, self.bank))
        self._assert_facts(0, 100, 0)


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestOrdersInParts(WholeCustomer, DebtCommon, GivenBackCommon):
    """Returned and delivered again, sold at a second price, and more than was ordered."""

    def _assert_facts(self, revenue, gross, days, still_open=0):
        self._check()
        self.assertEqual(self._days(), days)
        profile = self._profile(self.customer)
        found = (profile.revenue_total, profile.gross_profit_total, profile.open_order_amount)
        self.assertEqual(found, (revenue, gross, still_open))

    def test_partly_returned_and_delivered_again(self):
        order = self._order_of((self.delivered, 10, 100))
        picking = self._deliver(order)
        self._bill_order(order, "2026-03-01")
        returned = self._take_back(picking, 4)
        self._bill_order(order, "2026-03-10")
        self._assert_facts(600, 600 - 6 * 60, ["03-01"])
        self._take_back(returned, 3)
        self._assert_facts(600, 600 - 6 * 60, ["03-01"], 300)
        self._bill_order(order, "2026-03-20")
        self._assert_facts(900, 900 - 9 * 60, ["03-01", "03-20"])

    def test_price_raised_between_two_invoices(self):
        order = self._order_of((self.delivered, 10, 100))
        self._deliver(order, 4)
        self._bill_order(order, "2026-03-01")
        order.order_line.price_unit = 200
        self._assert_facts(400, 160, ["03-01"], 1200)
        self._deliver(order, 6)
        self._bill_order(order, "2026-03-10")
        self._assert_facts(1600, 1000, ["03-01", "03-10"])

    def test_more_invoiced_than_ordered(self):
        """Five of two: three have never left, and take their cost along when they are credited."""
        order = self._order_of((self.product, 2, 100))
        self._deliver(order)
        invoice = order._create_invoices(final=True)
        invoice.invoice_line_ids.quantity = 5
        invoice.invoice_date = "2026-03-01"
        invoice.action_post()
        self._assert_facts(500, 200, ["03-01"])
        note = self._credit(invoice, "2026-03-10", post=False)
        note.invoice_line_ids.quantity = 3
        note.action_post()
        self._assert_facts(200, 80, ["03-01"])

    def test_bonus_against_invoices_of_two_currencies(self):
        euro = self._use_euro(("2020-01-01", 0.5), ("2026-05-01", 0.8))
        invoices = self._invoice(self.customer, "2026-02-01", 300)
        invoices |= self._invoice(self.customer, "2026-03-01", 200)
        invoices |= self._invoice(self.customer, "2026-04-01", 100, currency_id=euro.id)
        bonus = self._create_move(self.customer, "2026-05-01", 625, move_type="out_refund")
        bonus.invoice_line_ids.write({"product_id": False, "name": "Bonus", "price_unit": 625})
        bonus.action_post()
        self._settle_with(invoices, bonus)
        self.assertEqual(set(invoices.mapped("payment_state")), {"reversed"})
        self._assert_facts(700 - 625, 75 - 180, ["02-01", "03-01", "04-01"])

    def test_combination_of_products(self):
        """Choices of a combination are lines of their own: sold, delivered and given back."""
        parts = self.product | self.delivered
        combos = self.env["product.combo"].create(
            [
                {"name": part.name, "combo_item_ids": [Command.create({"product_id": part.id})]}
                for part in parts
            ]
        )
        menu = self.env["product.product"].create(
            {
                "name": "Desk and shelf",
                "type": "combo",
                "list_price": 150,
                "combo_ids": [Command.set(combos.ids)],
                "taxes_id": False,
            }
        )
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        line = {"product_uom_qty": 2, "tax_ids": False}
        order.order_line = [Command.create({**line, "product_id": menu.id})]
        chosen = [
            {**line, "product_id": item.product_id.id, "combo_item_id": item.id}
            for item in combos.combo_item_ids
        ]
        order.order_line = [
            Command.create({**one, "linked_line_id": order.order_line.id}) for one in chosen
        ]
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 300)
        picking = self._deliver(order)
        invoice = self._bill_order(order, "2026-03-01")
        self._assert_facts(300, 300 - 2 * 120, ["03-01"])
        self._take_back(picking)
        self._credit(invoice, "2026-04-01")
        ordered = order.order_line.filtered(lambda line: line.product_id == self.product)
        self._assert_facts(0, 0, [], ordered.price_subtotal)  # Odoo wants it invoiced again
