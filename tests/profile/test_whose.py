from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon

MEASURES = (
    "revenue_total",
    "invoice_count",
    "open_quotation_amount",
    "open_order_amount",
    "order_line_count_total",
    "delivery_count_total",
    "return_count_total",
    "otif_line_count",
    "interaction_count_total",
    "complaint_count_total",
)
# What a list adds up to its number with; every other one counts rows.
SUMS = {
    "revenue_total": "amount_untaxed_signed",
    "open_quotation_amount": "amount_untaxed",
    "open_order_amount": "amount_untaxed",
}


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestWhose(CustomerValueCommon):
    """Whose a document is: one rule for all kinds, so that no customer has half of a sale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Sara", "parent_id": cls.customer.id, "email": "sara@example.com"}
        )
        cls.all_stored = cls.env["customer.profile"]._get_absolute_fields()

    def _sell(self, partner, invoice=True, **values):
        """Sell one desk: ordered, delivered and, unless told otherwise, invoiced."""
        order = self._order(partner, **values)
        self._deliver(order)
        if invoice:
            order._create_invoices().action_post()
        return order

    def _measure(self, *partners):
        """Return what the queue makes of the customers, which a full refresh must not change."""
        self._drain()
        before = self._read_all()
        self._run_nightly()
        self.assertEqual(self._read_all(), before)
        return [self._read(partner) for partner in partners]

    def _read_all(self):
        profiles = self.env["customer.profile"].search([])
        return {p.partner_id: p.read(self.all_stored)[0] for p in profiles}

    def _read(self, partner):
        """Return the measures that are not zero, once the lists behind them add up to them."""
        profile = self.env["customer.profile"].search([("partner_id", "=", partner.id)])
        documents = profile._get_metric_documents() if profile else {}
        for name in MEASURES if profile else ():
            model, make_domain = documents[name]
            found = self.env[model].search(make_domain())
            listed = sum(found.mapped(SUMS[name])) if name in SUMS else len(found)
            self.assertEqual(listed, profile[name], f"{name} of {partner.name}")
        return {name: profile[name] for name in MEASURES if profile[name]}

    SALE = {
        "revenue_total": 100,
        "invoice_count": 1,
        "order_line_count_total": 1,
        "delivery_count_total": 1,
        "otif_line_count": 1,
    }
    DELIVERED = {
        "open_order_amount": 100,
        "order_line_count_total": 1,
        "delivery_count_total": 1,
        "otif_line_count": 1,
    }

    def test_who_changes_employer_leaves_the_history_behind(self):
        sold = self._sell(self.contact)
        delivered = self._sell(self.contact, invoice=False)
        self._order(self.contact, confirm=False, price=70)
        before, after = self._measure(self.customer, self.other_customer)
        both = {name: 2 * n for name, n in self.DELIVERED.items()} | {"open_order_amount": 100}
        both |= {"revenue_total": 100, "invoice_count": 1}
        self.assertEqual(before, both | {"open_quotation_amount": 70})
        self.contact.parent_id = self.other_customer
        before, after = self._measure(self.customer, self.other_customer)
        self.assertEqual(before, both)
        self.assertEqual(after, {"open_quotation_amount": 70}, "nothing is final about it")
        self.assertEqual((sold | delivered).customer_counted_for_id, self.customer)

    def test_invoice_after_the_move_says_whose_the_order_is(self):
        order = self._sell(self.contact, invoice=False)
        self.contact.parent_id = self.other_customer
        before, after = self._measure(self.customer, self.other_customer)
        self.assertEqual((before, after), (self.DELIVERED, {}))
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.commercial_partner_id, self.other_customer)
        before, after = self._measure(self.customer, self.other_customer)
        self.assertEqual((before, after), ({}, self.SALE))
        invoice.button_draft()
        before, after = self._measure(self.customer, self.other_customer)
        self.assertEqual((before["delivery_count_total"], after), (1, {}), "as it was confirmed")

    def test_return_after_the_move_is_the_former_customers(self):
        order = self._sell(self.contact)
        self.contact.parent_id = self.other_customer
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_id=order.picking_ids.id
        )
        wizard = wizard.create({"picking_id": order.picking_ids.id})
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.write({"quantity": 1, "picked": True})
        returned._action_done()
        before, after = self._measure(self.customer, self.other_customer)
        self.assertEqual((before["return_count_total"], after), (1, {}))

    def test_contact_who_becomes_a_company_starts_anew(self):
        self._sell(self.contact)
        self._sell(self.contact, invoice=False)
        self._drain()
        (before,) = self._measure(self.customer)
        self.contact.is_company = True
        assistant = self.env["res.partner"].create({"name": "Ali", "parent_id": self.contact.id})
        mother, own = self._measure(self.customer, self.contact)
        self.assertEqual((mother, own), (before, {}))
        self._sell(assistant)
        mother, own = self._measure(self.customer, self.contact)
        self.assertEqual((mother, own), (before, self.SALE))

    def test_contacts_of_two_customers_merged(self):
        other_contact = self.env["res.partner"].create(
            {"name": "Reza", "parent_id": self.other_customer.id}
        )
        self._sell(self.contact)
        self._sell(other_contact)
        self._sell(other_contact, invoice=False)
        expected = self._measure(self.customer, self.other_customer)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.contact | other_contact).ids, self.contact
        )
        self.assertEqual(self._measure(self.customer, self.other_customer), expected)

    def test_merged_customers_are_one(self):
        self._sell(self.contact, invoice=False)
        self._sell(self.other_customer, invoice=False)
        self.contact.parent_id = False  # the order stays with the customer that will be merged
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | self.other_customer).ids, self.other_customer
        )
        (merged,) = self._measure(self.other_customer)
        self.assertEqual(merged, {name: 2 * number for name, number in self.DELIVERED.items()})

    def test_company_merged_into_a_contact_of_another_customer(self):
        """What is left is a company below the other: each keeps what it bought."""
        self._sell(self.contact, invoice=False)
        self._sell(self.other_customer, invoice=False)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.contact | self.other_customer).ids, self.contact
        )
        self.assertEqual(self.contact.commercial_partner_id, self.contact)
        former, own = self._measure(self.customer, self.contact)
        self.assertEqual(former, self.DELIVERED)
        self.assertEqual(own, self.DELIVERED)

    def test_private_buyer_below_a_company_takes_everything_along(self):
        """Odoo gives the invoices to the company for good; so do we with all the rest."""
        buyer = self.env["res.partner"].create({"name": "Private buyer"})
        self._sell(buyer)
        self._sell(buyer, invoice=False)
        expected = self._measure(buyer)
        buyer.parent_id = self.customer
        self.assertEqual(self._measure(self.customer, buyer), [*expected, {}])
        buyer.parent_id = self.other_customer
        self.assertEqual(
            self._measure(self.customer, self.other_customer, buyer), [*expected, {}, {}]
        )

    def test_company_below_another_and_taken_out_again(self):
        office = self._create_customer("Office")
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": office.id})
        self._sell(clerk)
        self._sell(clerk, invoice=False)
        expected = self._measure(office)
        office.write({"is_company": False, "parent_id": self.customer.id})
        self.assertEqual(self._measure(self.customer, office), [*expected, {}])
        office.write({"is_company": True})
        self.assertEqual(self._measure(self.customer, office), [{}, *expected])

    def test_order_invoiced_to_another_customer_is_theirs(self):
        order = self._sell(self.contact, invoice=False, partner_invoice_id=self.other_customer.id)
        ordered, paid = self._measure(self.customer, self.other_customer)
        self.assertEqual((ordered, paid), (self.DELIVERED, {}))
        order._create_invoices().action_post()
        ordered, paid = self._measure(self.customer, self.other_customer)
        self.assertEqual((ordered, paid), ({}, self.SALE))

    def test_first_of_two_invoices_decides(self):
        order = self._order(self.contact, quantity=2)
        self._deliver(order)
        order.order_line.qty_to_invoice = 1
        invoices = order._create_invoices()
        invoices.invoice_line_ids.quantity = 1
        invoices.action_post()
        order.partner_invoice_id = self.other_customer
        later = order._create_invoices()
        later.action_post()
        first, second = self._measure(self.customer, self.other_customer)
        self.assertEqual(first, self.SALE)
        self.assertEqual(second, {"revenue_total": 100, "invoice_count": 1})
        later.button_draft()
        later.invoice_date = "2026-01-01"
        later.action_post()
        first, second = self._measure(self.customer, self.other_customer)
        self.assertEqual(first, {"revenue_total": 100, "invoice_count": 1})
        self.assertEqual(second, self.SALE)

    def test_goods_without_an_order(self):
        self._send(self.contact)
        self.contact.parent_id = self.other_customer
        self.assertEqual(
            self._measure(self.customer, self.other_customer), [{"delivery_count_total": 1}, {}]
        )

    def _send(self, partner):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        places = {
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        goods = {"product_id": self.product.id, "product_uom_qty": 1, "quantity": 1, "picked": True}
        picking = self.env["stock.picking"].create(
            {
                "partner_id": partner.id,
                "picking_type_id": warehouse.out_type_id.id,
                "move_ids": [(0, 0, goods | places)],
                **places,
            }
        )
        picking._action_done()

    def test_talks_complaints_and_answers_stay(self):
        self._log_everything(self.contact)
        expected = self._measure(self.customer)
        self.assertEqual(expected, [{"interaction_count_total": 1, "complaint_count_total": 1}])
        satisfaction = self._profile(self.customer).satisfaction
        self.contact.parent_id = self.other_customer
        self.assertEqual(self._measure(self.customer, self.other_customer), [*expected, {}])
        self.assertEqual(self._profile(self.customer).satisfaction, satisfaction)
        self.contact.parent_id = self.customer
        self.contact.is_company = True
        self.assertEqual(self._measure(self.customer, self.contact), [*expected, {}])

    def _log_everything(self, partner):
        values = {"partner_id": partner.id, "company_id": self.company.id}
        self.env["customer.interaction"].create({**values, "kind": "call", "subject": "Desk"})
        self.env["customer.complaint"].create({**values, "subject": "Scratched"})
        self.env["customer.feedback"]._register_answer(
            self.company, partner, "rating", {"rating": 5}, source="agent"
        )

    def test_talks_of_a_private_buyer_go_along(self):
        buyer = self.env["res.partner"].create({"name": "Private buyer"})
        self._log_everything(buyer)
        expected = self._measure(buyer)
        buyer.parent_id = self.customer
        self.assertEqual(self._measure(self.customer), expected)
        buyer.parent_id = self.other_customer
        self.assertEqual(self._measure(self.customer, self.other_customer), [*expected, {}])

    def test_contact_of_a_deleted_company_is_a_customer(self):
        office = self._create_customer("Office")
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": office.id})
        self._order(clerk, confirm=False)
        (expected,) = self._measure(office)
        office.unlink()
        self.assertEqual(self._measure(clerk), [expected])

    def test_archived_contacts_count(self):
        self._sell(self.contact)
        self.contact.action_archive()
        self.contact.parent_id = self.other_customer
        self.assertEqual(self._measure(self.customer, self.other_customer), [self.SALE, {}])

    def test_quotation_for_somebody_else_forgets_the_past(self):
        order = self._order(self.contact)
        self.contact.parent_id = self.other_customer
        self.assertEqual(order.customer_counted_for_id, self.customer)
        order._action_cancel()
        order.action_draft()
        self.assertEqual(order.customer_counted_for_id, self.other_customer)
        order.action_confirm()
        self.assertEqual(order.customer_counted_for_id, self.other_customer)
        self.assertFalse(order.copy().customer_moved_from_id)

    def test_salesperson_sees_the_same_everywhere(self):
        """Timeline, the orders' own field and the number: one answer."""
        kept = self._sell(self.contact)
        self.contact.parent_id = self.other_customer
        moved = self._order(self.contact, confirm=False)
        self._drain()
        for customer, order in ((self.customer, kept), (self.other_customer, moved)):
            timeline = self.env["customer.timeline"].with_user(self.salesperson)
            rows = timeline.search([("customer_id", "=", customer.id)])
            self.assertEqual(
                {row.res_id for row in rows if row.res_model == "sale.order"}, set(order.ids)
            )
            self.assertEqual(
                {row.res_id for row in rows if row.res_model == "stock.picking"},
                set(order.picking_ids.ids),
            )
            both = timeline.search(
                [("customer_id", "in", (self.customer | self.other_customer).ids)]
            )
            self.assertTrue(rows <= both)
            orders = self.env["sale.order"].with_user(self.salesperson)
            found = orders.search([("customer_counted_for_id", "=", customer.id)])
            self.assertEqual(found, order)
            self.assertEqual(found.customer_counted_for_id, customer)
            self.assertEqual(found.customer_profile_id.partner_id, customer)
            self.assertNotIn(order, orders.search([("customer_counted_for_id", "!=", customer.id)]))

    def test_former_employer_may_complain_about_the_order(self):
        order = self._sell(self.contact)
        self.contact.parent_id = self.other_customer
        complaints = self.env["customer.complaint"]
        self.assertEqual(complaints._get_portal_lines(self.customer), order.order_line)
        self.assertFalse(complaints._get_portal_lines(self.contact))
        complaint = complaints.create(
            {
                "partner_id": self.customer.id,
                "subject": "Scratched",
                "order_line_id": order.order_line.id,
                "picking_id": order.picking_ids.id,
            }
        )
        self.assertEqual(complaint.customer_id, self.customer)

    def test_same_queries_for_any_number_of_contacts(self):
        contacts = self.env["res.partner"].create(
            [{"name": f"Contact {n}", "parent_id": self.customer.id} for n in range(33)]
        )
        for contact in contacts:
            self._order(contact)
        self._drain()

        def count(moved):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            moved.parent_id = self.other_customer
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(contacts[:3])
        few, many = count(contacts[3:13]), count(contacts[13:33])
        self.assertLessEqual(many, few + 12, "Odoo's own queries per contact not counted")
        (before,) = self._measure(self.customer)
        self.assertEqual(before["order_line_count_total"], 33)
