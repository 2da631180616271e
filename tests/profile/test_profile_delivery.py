from datetime import datetime

from odoo.tests import Form, freeze_time, tagged

from ..common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestProfileDelivery(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Tehran"

    def _promise(self, day, quantity=1):
        """Confirm an order on 1 June for a day; its deliveries carry that promise."""
        with freeze_time("2026-06-01 08:00:00"):
            return self._order(
                self.customer, quantity=quantity, commitment_date=datetime.fromisoformat(day)
            )

    def _facts(self, day="2026-06-20"):
        with freeze_time(f"{day} 08:00:00"):
            self._run_nightly()
            return self._profile(self.customer)

    def test_on_time(self):
        order = self._promise("2026-06-10 08:00:00")
        with freeze_time("2026-06-10 18:00:00"):
            self._deliver(order)
        profile = self._facts()
        self.assertEqual(profile.otif_ratio, 1)
        self.assertEqual(profile.delivery_days_late, 0)
        self.assertEqual((profile.delivery_count_total, profile.return_count_total), (1, 0))

    def test_the_day_ends_in_the_company_time_zone(self):
        """21:00 UTC is half past midnight in Tehran: one day late."""
        order = self._promise("2026-06-10 08:00:00")
        with freeze_time("2026-06-10 21:00:00"):
            self._deliver(order)
        profile = self._facts()
        self.assertEqual(profile.otif_ratio, 0)
        self.assertEqual(profile.delivery_days_late, 1)

    def test_tolerance(self):
        order = self._promise("2026-06-10 08:00:00")
        with freeze_time("2026-06-12 08:00:00"):
            self._deliver(order)
        self.assertEqual(self._facts().otif_ratio, 0)
        self.company.customer_delivery_tolerance_days = 2
        profile = self._facts()
        self.assertEqual(profile.otif_ratio, 1)
        self.assertEqual(profile.delivery_days_late, 2)

    def test_backorder_is_not_in_full(self):
        order = self._promise("2026-06-10 08:00:00", quantity=10)
        with freeze_time("2026-06-09 08:00:00"):
            self._deliver(order, quantity=6)
        with freeze_time("2026-06-14 08:00:00"):
            self._deliver(order)
        profile = self._facts()
        self.assertEqual((profile.otif_line_count, profile.otif_on_time_count), (1, 0))
        self.assertEqual(profile.delivery_days_late, 4)
        self.assertEqual(profile.delivery_count_365, 2)

    def test_open_promise(self):
        """Not judged before the promised day is over; late every day after."""
        self._promise("2026-06-18 08:00:00")
        self.assertIs(self._facts("2026-06-18").otif_ratio, False)
        profile = self._facts("2026-06-21")
        self.assertEqual(profile.otif_ratio, 0)
        self.assertEqual(profile.delivery_days_late, 3)

    def test_correcting_a_finished_delivery_is_news(self):
        order = self._promise("2026-06-10 08:00:00", quantity=10)
        with freeze_time("2026-06-09 08:00:00"):
            picking = self._deliver(order)
        self.assertEqual(self._facts().otif_ratio, 1)
        queue = self.env["customer.refresh.queue"]
        self.assertFalse(queue.search([]))
        picking.move_ids.move_line_ids.quantity = 6
        self.env.flush_all()
        self.assertEqual(queue.search([]).partner_id, self.customer)
        with freeze_time("2026-06-20 08:00:00"):
            self._drain()
        self.assertEqual(self._profile(self.customer).otif_ratio, 0)

    def test_cancelled_rest_does_not_get_later_every_day(self):
        order = self._promise("2026-06-10 08:00:00", quantity=10)
        with freeze_time("2026-06-12 08:00:00"):
            self._deliver(order, quantity=6)
            order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        for day in ("2026-06-13", "2026-06-20"):
            profile = self._facts(day)
            self.assertEqual((profile.otif_ratio, profile.delivery_days_late), (0, 2))

    def test_parts_of_a_kit_are_not_the_product(self):
        order = self._promise("2026-06-10 08:00:00")
        part = self.env["product.product"].create({"name": "Leg", "is_storable": True})
        with freeze_time("2026-06-09 08:00:00"):
            move = self.env["stock.move"].create(
                {
                    "product_id": part.id,
                    "product_uom_qty": 1,
                    "product_uom": part.uom_id.id,
                    "location_id": order.picking_ids.location_id.id,
                    "location_dest_id": order.picking_ids.location_dest_id.id,
                    "sale_line_id": order.order_line.id,
                    "quantity": 1,
                    "picked": True,
                }
            )
            move._action_done()
        profile = self._facts()
        self.assertEqual((profile.otif_line_count, profile.otif_on_time_count), (1, 0))

    def test_return(self):
        order = self._promise("2026-06-10 08:00:00", quantity=2)
        with freeze_time("2026-06-09 08:00:00"):
            picking = self._deliver(order)
        with freeze_time("2026-06-12 08:00:00"):
            wizard = Form(
                self.env["stock.return.picking"].with_context(
                    active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
                )
            ).save()
            wizard.product_return_moves.quantity = 1
            returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
            returned.move_ids.write({"quantity": 1, "picked": True})
            returned._action_done()
            self._drain()
        profile = self._facts()
        self.assertEqual(profile.return_count_365, 1)
        self.assertEqual(profile.delivery_count_365, 1)
        self.assertEqual(profile.otif_ratio, 1, "a return does not undo a delivery on time")

    def test_order_of_a_contact_counts_for_the_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Warehouse", "parent_id": self.customer.id, "type": "delivery"}
        )
        with freeze_time("2026-06-01 08:00:00"):
            order = self._order(contact)
            self._deliver(order)
            self._drain()
        self.assertEqual(self._facts().delivery_count_total, 1)
        self.assertFalse(
            self.env["customer.profile"].search([("partner_id", "=", contact.id)]),
            "contacts have no profile of their own",
        )

    @freeze_time("2026-06-15")
    def test_open_quotations_and_orders(self):
        self._order(self.customer, quantity=2, confirm=False)
        order = self._order(self.customer, quantity=3)
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual((profile.open_quotation_count, profile.open_quotation_amount), (1, 200))
        self.assertEqual((profile.open_order_count, profile.open_order_amount), (1, 300))
        self.assertEqual(profile.stage, "prospect")
        order._create_invoices().action_post()
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.open_order_count, 0)
        self.assertEqual(profile.revenue_total, 300)
