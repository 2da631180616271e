from statistics import median

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import StandardCommon

MONDAY = "2026-06-15 09:00:00"
RATES = (
    "complaint_count:sum",
    "delivery_count:sum",
    "unit_count:sum",
    "complaints_per_1000_deliveries:avg",
    "complaints_per_1000_units:avg",
)


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestComplaintRate(StandardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls._create_product("Lamp", tracking="lot")
        cls.vendor = cls._create_customer("Vendor")
        cls.lot_vendor = cls._create_customer("Lot vendor")
        cls.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": cls.vendor.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "product_uom_id": product.uom_id.id,
                }
                for product in (cls.product, cls.lamp)
            ]
        )
        cls.stock = cls.env["stock.warehouse"].search([], limit=1).lot_stock_id
        cls.lot = cls._receive(cls.lamp, 100)
        cls.env["stock.quant"]._update_available_quantity(cls.product, cls.stock, 100)
        with freeze_time("2026-05-05 09:00:00"):
            cls.both = cls._ship(cls.customer, (cls.product, 3), (cls.lamp, 2))
        cls.lamps = cls._ship(cls.customer, (cls.lamp, 5))
        cls.desks = cls._ship(cls.other_customer, (cls.product, 1), (cls.product, 4))
        cls.rates = cls.env["customer.complaint.rate"].with_user(cls.service_user)

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, "list_price": 10, **values}
        )

    @classmethod
    def _receive(cls, product, quantity):
        picking_type = cls.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", cls.company.id)], limit=1
        )
        picking = cls.env["stock.picking"].create(
            {
                "partner_id": cls.lot_vendor.id,
                "picking_type_id": picking_type.id,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": cls.stock.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        lot = cls.env["stock.lot"].create({"name": "L1", "product_id": product.id})
        picking.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "lot_id": lot.id,
                    "quantity": quantity,
                    "picking_id": picking.id,
                }
            )
        ]
        picking.move_ids.picked = True
        picking._action_done()
        return lot

    @classmethod
    def _ship(cls, partner, *lines):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.salesperson.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        return order

    def _read(self, *groupby):
        rows = self.rates._read_group([], groupby, RATES)
        return {row[: len(groupby)]: row[len(groupby) :] for row in rows}

    def _complain_of(self, order, product, **values):
        line = order.order_line.filtered(lambda li: li.product_id == product)[:1]
        return self._complain(
            order.partner_id,
            order_line_id=line.id,
            product_id=product.id,
            picking_id=order.picking_ids.id,
            **values,
        )

    def test_rates_are_right_in_every_grouping(self):
        self._complain_of(self.both, self.lamp, lot_id=self.lot.id)
        self._complain_of(self.lamps, self.lamp, lot_id=self.lot.id)
        duplicate = self._complain_of(self.lamps, self.lamp)
        duplicate.duplicate_of_id = self._complain_of(
            self.both, self.product, open_date="2026-05-20 09:00:00"
        )
        self.env.flush_all()
        self.assertEqual(self._read()[()], (3, 3, 15, 1000, 200))
        by_product = self._read("product_id")
        self.assertEqual(by_product[(self.product,)], (1, 2, 8, 500, 125))
        lamps = by_product[(self.lamp,)]
        self.assertEqual(lamps[:4], (2, 2, 7, 1000))
        self.assertAlmostEqual(lamps[4], 2000 / 7)
        # One delivery with both products: groups add up to more than there were.
        self.assertEqual(sum(row[1] for row in by_product.values()), 4)
        by_category = self._read("product_category_id")
        self.assertEqual(by_category[(self.product.categ_id,)], (3, 3, 15, 1000, 200))
        by_supplier = self._read("supplier_id")
        self.assertEqual(by_supplier[(self.lot_vendor,)][:3], (2, 2, 7))
        self.assertEqual(by_supplier[(self.vendor,)][:3], (1, 2, 8))
        self.assertEqual(self._read("lot_id")[(self.lot,)][:3], (2, 2, 7))
        by_customer = self._read("customer_id")
        self.assertEqual(by_customer[(self.customer,)][:4], (3, 2, 10, 1500))
        self.assertEqual(by_customer[(self.other_customer,)], (0, 1, 5, 0, 0))
        self.assertEqual(self._read("user_id")[(self.salesperson,)][:2], (3, 3))
        months = self._read("date:month")
        self.assertEqual([row[:3] for row in months.values()], [(1, 1, 5), (2, 2, 10)])

    def test_nothing_delivered_is_no_rate(self):
        shelf = self._create_product("Shelf")
        self._complain(product_id=shelf.id)
        self.assertEqual(self._read("product_id")[(shelf,)], (1, 0, 0, False, False))

    def test_formatted_groups_of_the_pivot(self):
        self._complain_of(self.both, self.lamp)
        total, by_product = self.rates.formatted_read_grouping_sets(
            [], [[], ["product_id"]], list(RATES)
        )
        self.assertEqual(total[0]["complaints_per_1000_deliveries:avg"], 1000 / 3)
        found = {group["product_id"][0]: group for group in by_product if group["product_id"]}
        self.assertEqual(found[self.lamp.id]["complaints_per_1000_deliveries:avg"], 500)

    def test_drill_down_adds_up(self):
        complaint = self._complain_of(self.both, self.lamp)
        rows = self.rates.search([("product_id", "=", self.lamp.id)])
        self.assertEqual(sum(rows.mapped("complaint_count")), 1)
        deliveries = rows.filtered(lambda r: r.kind == "delivery").sudo().picking_id
        self.assertEqual(deliveries, self.both.picking_ids | self.lamps.picking_ids)
        self.assertEqual(sum(rows.mapped("unit_count")), 7)
        opened = {
            (action["res_model"], action["res_id"])
            for action in (
                row.with_user(self.manager).sudo().action_open_document() for row in rows
            )
        }
        expected = {("stock.picking", picking.id) for picking in deliveries}
        self.assertEqual(opened, expected | {("customer.complaint", complaint.id)})

    def test_delivery_opens_with_the_rights_of_the_user(self):
        row = self.rates.search([("kind", "=", "delivery")], limit=1)
        with self.assertRaises(AccessError):
            row.action_open_document()

    def test_customer_returns_are_no_deliveries(self):
        picking = self.both.picking_ids
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back._action_done()
        self.assertEqual(back.state, "done")
        self.assertEqual(self._read()[()][:3], (0, 3, 15))

    def test_deliveries_are_those_of_the_profile(self):
        self._drain()
        self._run_nightly()
        for partner in (self.customer, self.other_customer):
            counted = self._read("customer_id")[(partner,)][1]
            self.assertEqual(self._profile(partner).delivery_count_365, counted)

    def test_figures_on_the_contact(self):
        complaint = self._complain_of(self.both, self.lamp)
        self._complain_of(self.lamps, self.lamp).duplicate_of_id = complaint
        old = self._complain(open_date="2025-06-15 09:00:00")
        self._close(old)
        self._drain()
        profile = self._profile(self.customer).with_user(self.service_user)
        self.assertEqual(profile.complaint_count_total, 2)
        self.assertEqual(profile.complaint_count_365, 1)
        self.assertEqual(profile.complaint_open_count, 1)
        self.assertEqual(profile.complaint_rate_365, 500)
        sections = {section["key"]: section for section in profile.get_card()["sections"]}
        items = {item["name"]: item for item in sections["complaints"]["items"]}
        self.assertEqual(items["complaint_open_count"]["value"], 1)
        self.assertEqual(items["complaint_rate_365"]["value"], 500)
        for name in ("complaint_count_total", "complaint_count_365", "complaint_open_count"):
            action = profile.with_context(metric=name).action_open_documents()
            found = self.env["customer.complaint"].search_count(action["domain"])
            self.assertEqual(found, profile[name])
        self._close(complaint)
        self._drain()
        self.assertEqual(profile.complaint_open_count, 0)

    def test_no_deliveries_no_rate(self):
        partner = self._create_customer("New one")
        self._complain(partner)
        self._drain()
        profile = self._profile(partner)
        self.assertIs(profile.complaint_rate_365, False)
        self.assertEqual(profile.complaint_count_365, 1)

    def test_carrier(self):
        """Without the application there is no such column; with it deliveries have carriers."""
        has_carriers = "carrier_id" in self.env["stock.picking"]._fields
        self.assertEqual("carrier" in self.rates.fields_get(), has_carriers)

    def test_access(self):
        employee = self._create_user("emin", "base.group_user")
        other = self._create_company("Other", self.env.ref("base.EUR"))
        complaint = self._complain(team_id=False, company_id=other.id)
        for model in ("customer.complaint.rate", "customer.complaint.measure"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(employee).search([])
            records = self.env[model].with_context(allowed_company_ids=[self.company.id, other.id])
            self.assertIn(complaint, records.search([]).complaint_id)
            self.assertNotIn(
                complaint.id,
                self.env[model].with_user(self.service_user).search([]).complaint_id.ids,
            )


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestComplaintMeasures(StandardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measures = cls.env["customer.complaint.measure"].with_user(cls.service_user)

    def _record(self, opened, answered=None, closed=None, **values):
        return self._complain(
            open_date=opened,
            first_response_date=answered,
            close_date=closed,
            stage_id=(self.stage_solved if closed else self.stage_new).id,
            **values,
        )

    def test_median_and_90_percent_of_any_group(self):
        category = self.env["customer.complaint.category"].create({"name": "Late"})
        for hour in range(9, 17):
            self._record(
                "2026-06-01 08:00:00",
                f"2026-06-01 {hour:02}:00:00",
                f"2026-06-02 {hour:02}:00:00",
                category_id=(category if hour % 3 else self.category).id,
            )
        self._record("2026-06-15 08:00:00")
        rows = self.env["customer.complaint"].search([("team_id", "=", self.team.id)])
        names = ["response_median_hours:avg", "solution_median_hours:avg"]
        for category_ in (category, self.category):
            of_category = rows.filtered(lambda c, g=category_: c.category_id == g)
            answered = of_category.filtered("first_response_date")
            found = self.measures._read_group([("category_id", "=", category_.id)], [], names)[0]
            self.assertAlmostEqual(found[0], median(answered.mapped("response_hours")))
            self.assertAlmostEqual(found[1], median(answered.mapped("solution_hours")))
        hours = sorted(rows.filtered("first_response_date").mapped("response_hours"))
        # Linear interpolation at place 0.9 x (8 - 1) = 6.3.
        expected = hours[6] + 0.3 * (hours[7] - hours[6])
        found = self.measures._read_group(
            [], [], ["response_p90_hours:avg", "complaint_count:sum", "solved_count:sum"]
        )[0]
        self.assertAlmostEqual(found[0], expected)
        self.assertEqual(found[1:], (9, 8))

    def test_repeated_within_90_days(self):
        other = self.env["customer.complaint.category"].create({"name": "Late"})
        first = self._record("2026-01-01 12:00:00")
        on_day_90 = self._record("2026-04-01 12:00:00")
        too_late = self._record("2026-06-30 12:00:01")
        other_category = self._record("2026-06-30 13:00:00", category_id=other.id)
        other_customer = self._complain(self.other_customer, open_date="2026-06-30 13:00:00")
        unknown = self._record("2026-06-30 14:00:00", category_id=False)
        duplicate = self._record("2026-07-01 12:00:00")
        duplicate.duplicate_of_id = too_late
        found = {row.complaint_id: row for row in self.measures.search([])}
        self.assertEqual(found[on_day_90].repeat_ratio, 1)
        for complaint in (first, too_late, other_category, other_customer):
            self.assertEqual(found[complaint].repeat_ratio, 0)
        self.assertIs(found[unknown].repeat_ratio, False)
        self.assertNotIn(duplicate, found)
        self.assertEqual(
            self.measures._read_group([], [], ["repeat_count:sum", "repeat_ratio:avg"]),
            [(1, 1 / 5)],
        )

    def test_recovered_customers(self):
        partners = [self._create_customer(f"Customer {number}") for number in range(6)]
        bought = {
            0: "2026-01-10",  # the day it was solved
            1: "2026-01-11",
            2: "2026-04-10",  # day 90
            3: "2026-04-11",
        }
        complaints = {}
        for number, partner in enumerate(partners):
            closed = "2026-01-10 15:00:00" if number < 5 else "2026-06-14 15:00:00"
            complaints[number] = self._complain(
                partner,
                open_date="2026-01-08 09:00:00",
                close_date=closed,
                stage_id=self.stage_solved.id,
            )
            if number in bought:
                self._invoice(partner, bought[number], 100)
        self._invoice(partners[5], "2026-06-15", 100)
        reversed_invoice = self._invoice(partners[4], "2026-02-01", 100)
        self._credit(reversed_invoice, "2026-02-02")
        found = {row.complaint_id: row for row in self.measures.search([])}
        ratios = {number: found[c].recovered_ratio for number, c in complaints.items()}
        # The last was solved yesterday: too early to tell, though the customer has bought.
        self.assertEqual(ratios, {0: 0, 1: 1, 2: 1, 3: 0, 4: 0, 5: False})
        self.assertIs(found[complaints[5]].recovered_ratio, False)
        self.assertEqual(
            self.measures._read_group([], [], ["recovered_count:sum", "recovered_ratio:avg"]),
            [(3, 2 / 5)],
        )

    def test_row_opens_the_complaint(self):
        complaint = self._record("2026-06-01 08:00:00")
        row = self.measures.search([("complaint_id", "=", complaint.id)])
        self.assertEqual(row.action_open_complaint()["res_id"], complaint.id)
