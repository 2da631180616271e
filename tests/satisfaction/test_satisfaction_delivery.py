from datetime import datetime

from odoo.tests import Form, freeze_time, tagged

from .common import SatisfactionCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestSatisfactionDelivery(SatisfactionCommon):
    """On time in full as part of the score; 100 times the share, line by line."""

    def _promise(self, day, quantity=1, **values):
        with freeze_time("2026-05-01 08:00:00"):
            return self._order(
                self.customer,
                quantity=quantity,
                commitment_date=datetime.fromisoformat(f"{day} 08:00:00"),
                **values,
            )

    def _deliver_on(self, day, order, quantity=None):
        with freeze_time(f"{day} 08:00:00"):
            return self._deliver(order, quantity)

    def _delivery_score(self):
        profile = self._refreshed()
        if profile.otif_ratio is not False and profile.otif_line_count == 1:
            self.assertEqual(profile.satisfaction_delivery, 100 * profile.otif_ratio)
        return profile.satisfaction_delivery

    def test_delivery_early(self):
        self._deliver_on("2026-05-02", self._promise("2026-05-10"))
        self.assertEqual(self._delivery_score(), 100)

    def test_delivery_late(self):
        self._deliver_on("2026-05-11", self._promise("2026-05-10"))
        self.assertEqual(self._delivery_score(), 0)

    def test_delivery_in_parts_all_on_time(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-03", order, 4)
        self._deliver_on("2026-05-10", order)
        self.assertEqual(self._delivery_score(), 100)

    def test_delivery_backorder_too_late(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-03", order, 4)
        self._deliver_on("2026-05-11", order)
        self.assertEqual(self._delivery_score(), 0)

    def test_delivery_backorder_still_open(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-03", order, 9)
        self.assertEqual(self._delivery_score(), 0)

    def test_over_delivery(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-09", order, 12)
        self.assertEqual(self._delivery_score(), 100)

    def test_no_promise(self):
        order = self._promise("2026-05-10")
        # Odoo cannot take a deadline away; moves that were imported may have none.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET date_deadline = NULL WHERE id = ANY(%s)",
            [order.picking_ids.move_ids.ids],
        )
        self.env.invalidate_all()
        self._deliver_on("2026-05-09", order)
        self.assertIs(self._delivery_score(), False)

    def test_two_step_delivery(self):
        """Only what reaches the customer counts, not what is ready at the door."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        order = self._promise("2026-05-10")
        pick = order.picking_ids
        self.assertNotEqual(pick.location_dest_id.usage, "customer")
        self._deliver_on("2026-05-04", order)
        self.assertIs(self._profile(self.customer).satisfaction_delivery, False)
        ship = order.picking_ids - pick
        self.assertEqual(ship.location_dest_id.usage, "customer")
        ship.move_ids.date_deadline = datetime(2026, 5, 10, 8)
        self._deliver_on("2026-05-12", order)
        self.assertEqual(self._delivery_score(), 0)

    def test_several_warehouses(self):
        second = self.env["stock.warehouse"].create({"name": "North", "code": "NO"})
        here = self._promise("2026-05-10")
        there = self._promise("2026-05-10", warehouse_id=second.id)
        self.assertEqual(there.picking_ids.picking_type_id.warehouse_id, second)
        self._deliver_on("2026-05-09", here)
        self._deliver_on("2026-05-12", there)
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction_delivery, profile.otif_ratio), (50, 0.5))

    def _return(self, picking, quantity, method="action_create_returns"):
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = quantity
        returned = self.env["stock.picking"].browse(getattr(wizard, method)()["res_id"])
        returned.move_ids.write({"quantity": quantity, "picked": True})
        returned._action_done()
        return returned

    def test_return_leaves_the_promise_kept(self):
        picking = self._deliver_on("2026-05-09", self._promise("2026-05-10", quantity=2))
        with freeze_time("2026-05-20 08:00:00"):
            self._return(picking, 2)
        self.assertEqual(self._delivery_score(), 100)

    def test_exchange_is_no_second_promise(self):
        """What is sent again for what came back belongs to the promise that was kept."""
        order = self._promise("2026-05-10", quantity=2)
        picking = self._deliver_on("2026-05-09", order)
        with freeze_time("2026-05-20 08:00:00"):
            self._return(picking, 1, "action_create_exchanges")
        again = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel") and p.location_dest_id.usage == "customer"
        )
        self.assertTrue(again)
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction_delivery, profile.otif_line_count), (100, 1))
        self._deliver_on("2026-05-25", order)
        self.assertEqual(self._delivery_score(), 100)

    def test_recent_lines_weigh_more(self):
        with freeze_time("2025-12-01 08:00:00"):
            old = self._order(self.customer, commitment_date=datetime(2025, 12, 17, 8))
        self._deliver_on("2025-12-30", old)
        self._deliver_on("2026-06-15", self._promise("2026-06-15"))
        profile = self._refreshed()
        self.assertEqual(profile.otif_ratio, 0.5)
        self.assertEqual(profile.satisfaction_delivery, 66.7)

    def test_trend_judges_a_promise_when_its_day_was_over(self):
        """Three months ago was the promised day itself: the line was not late yet."""
        with freeze_time("2026-03-01 08:00:00"):
            order = self._order(self.customer, commitment_date=datetime(2026, 3, 15, 8))
        self._deliver_on("2026-03-20", order)
        self._answer(rating=5, ago=100)
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction, profile.satisfaction_change), (66.7, -33.3))
        with freeze_time("2026-06-16 10:00:00"):
            self._run_nightly()
            self.assertEqual(self._profile(self.customer).satisfaction_change, 0)
