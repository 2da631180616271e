"""What a customer has stopped buying is offered again: why, at which price, and what forbids it."""

from datetime import date

from odoo.tests import freeze_time, tagged

from ...models.calendar.reader_date import format_day
from ..prediction.common import TODAY
from ..recommendation.common import RecommendationCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWinBack(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.env.user | cls.salesperson | cls.own_salesperson | cls.manager
        users.lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.toners, cls.glues, cls.pens = cls.env["product.category"].create(
            [{"name": "Toner"}, {"name": "Glue"}, {"name": "Pens"}]
        )
        cls.black, cls.red, cls.glue, cls.pen = cls._add_products("Black", "Red", "Glue", "Pen")
        (cls.black | cls.red).categ_id = cls.toners
        cls.glue.categ_id, cls.pen.categ_id = cls.glues, cls.pens
        cls.buyer = cls._add_customers(1, "Buyer")
        cls._buy(cls.black, (300, 260, 220, 180), 300, 3)
        cls._buy(cls.red, (260, 220), 100, 1)
        cls._buy(cls.glue, (310, 280, 250, 220), 20, 1)
        cls._buy(cls.pen, (290, 200, 110, 20), 40, 2)
        cls._work_out()

    @classmethod
    def _buy(cls, product, ago, amount, quantity, customer=None):
        today = cls._day(TODAY).toordinal()
        cls._add_purchases(
            [
                (
                    (customer or cls.buyer).id,
                    date.fromordinal(today - days),
                    [(product.id, quantity, amount)],
                )
                for days in ago
            ]
        )

    @classmethod
    def _work_out(cls, customer=None):
        partners = customer or cls.buyer
        cls.env["customer.profile"]._refresh(cls.company, partners.ids, cls._day(TODAY))
        written = cls._refresh(partners)
        cls.env.invalidate_all()
        return written

    def _found(self, *states):
        return self._get(self.buyer, *states, kind="win_back")

    def test_by_hand(self):
        """Toner every 40 days for 1,400 a year, glue every 30 for 80; three toners at a time."""
        toner, glue = self._found()
        self.assertEqual((toner.product_id, glue.product_id), (self.black, self.glue))
        self.assertEqual((toner.rank, glue.rank), (1, 2))
        self.assertEqual((toner.gap_days, glue.gap_days), (40, 30))
        self.assertEqual(toner.last_purchase_date.isoformat(), "2025-12-17")
        self.assertEqual((toner.usual_quantity, toner.unit_price), (3, 100))
        self.assertEqual((toner.expected_profit, glue.expected_profit), (120, 40))
        self.assertFalse(self._get(self.buyer, kind="reorder").product_id & toner.product_id)

    def test_the_reason_tells_the_worth_to_who_sees_revenue(self):
        toner = self._found()[0]
        text = "Bought Toner every 40 days until " + format_day(self.env, "2025-12-17")
        self.assertEqual(
            toner.with_user(self.manager).reason, text + ", worth $\xa01,400.00 a year"
        )
        service = self._create_user("sara", "customer_value.customer_value_group_user")
        self.assertEqual(toner.with_user(service).reason, text)

    def test_running_again_writes_nothing(self):
        self.assertFalse(self._work_out())

    def test_bought_again_is_a_hit(self):
        toner = self._found()[0]
        self._buy(self.black, (0,), 300, 3)
        self._work_out()
        self.assertEqual((toner.state, toner.hit_ratio), ("accepted", 1))
        self.assertEqual(self._found().product_id, self.glue)

    def test_what_is_not_sold_any_more_makes_room(self):
        self.black.sale_ok = False
        self._work_out()
        self.assertEqual(self._found()[0].product_id, self.red)
        self.red.active = False
        self._work_out()
        self.assertEqual(self._found().product_id, self.glue)

    def test_no_loss_is_offered(self):
        self.black.list_price = 50
        self._work_out()
        self.assertEqual(self._found()[0].product_id, self.red)

    def test_rejected_is_left_alone_with_its_category(self):
        self._found()[0].with_user(self.manager)._reject("not_needed", "")
        self._work_out()
        self.assertEqual(self._found().product_id, self.glue)
        self.assertEqual(self._found("rejected").product_id, self.black)

    def test_a_blocked_category_is_never_offered(self):
        self.buyer.customer_blocked_category_ids = self.toners
        self._work_out()
        self.assertEqual(self._found().product_id, self.glue)

    def test_on_the_quotation_with_one_click(self):
        order = self.env["sale.order"].create({"partner_id": self.buyer.id})
        toner = self._found()[0]
        self.assertIn(toner, order.customer_recommendation_ids)
        toner.with_user(self.manager).with_context(order_id=order.id).action_quote()
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(order.order_line.price_unit, 100)
        self.assertEqual(toner.state, "quoted")
        lead = self.env["crm.lead"].create({"name": "Again", "partner_id": self.buyer.id})
        domain = lead.with_user(self.manager).action_open_recommendations()["domain"]
        self.assertIn(toner, self.env["customer.recommendation"].search(domain))

    def test_the_companys_own_days_hold(self):
        self.company.write(
            {
                "customer_leaving_rule": "days",
                "customer_slipping_days": 60,
                "customer_lapsed_days": 200,
            }
        )
        self._work_out()
        self.assertEqual(self._found().product_id, self.glue)

    def test_no_more_queries_for_many(self):
        others = self._add_customers(12, "Many")
        for other in others:
            self._buy(self.black, (300, 260, 220, 180), 300, 3, other)
            self._buy(self.pen, (290, 200, 110, 20), 40, 2, other)
        self._work_out(others)
        found = self.env["customer.recommendation"].search(
            [("partner_id", "in", others.ids), ("kind", "=", "win_back")]
        )
        self.assertEqual(len(found), 12)

        def count(offers):
            self.env.invalidate_all()
            begin = self.env.cr.sql_log_count
            offers.with_user(self.manager).mapped("reason")
            return self.env.cr.sql_log_count - begin

        count(found)  # what is cached for the user
        self.assertEqual(count(found[:2]), count(found))
