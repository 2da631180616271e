from contextlib import suppress

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..recommendation.common import OfferCommon
from .low_common import LowCommon

TRACES = {
    "ir.sequence": [("code", "=", "customer.complaint")],
    "ir.model.data": [("module", "=", "customer_value")],
    "mail.alias": [],
    "mail.message": [("model", "=like", "customer.%")],
    "mail.followers": [("res_model", "=like", "customer.%")],
    "ir.attachment": [("res_model", "=like", "customer.%")],
}


@tagged("post_install", "-at_install")
class TestDeleting(LowCommon):
    """Nothing stays of what is deleted, and nothing with a history is deleted."""

    def _count_traces(self):
        self.env.flush_all()
        return {
            model: set(self.env[model].with_context(active_test=False).search(domain).ids)
            for model, domain in TRACES.items()
        }

    def _give_up_stock(self, company):
        """Delete what Odoo wants deleted before a company."""
        self.env.flush_all()
        for statement in (
            "UPDATE stock_picking_type SET warehouse_id = NULL WHERE company_id = %s",
            "DELETE FROM stock_rule WHERE company_id = %s",
            "DELETE FROM stock_warehouse WHERE company_id = %s",
            "DELETE FROM stock_picking_type WHERE company_id = %s",
        ):
            self.env.cr.execute(statement, [company.id])
        self.env.invalidate_all()

    def test_a_company_leaves_nothing(self):
        before = self._count_traces()
        company = self.env["res.company"].create({"name": "Short Ltd"})
        values = {"company_id": company.id}
        env = self.env(context={"allowed_company_ids": company.ids})
        team = env["customer.complaint.team"].create(
            {"name": "T", "alias_name": "short-complaints", **values}
        )
        env["customer.intake.channel"].create({"name": "Fax", "alias_name": "short-fax", **values})
        complaint = env["customer.complaint"].create(
            {"subject": "Late", "team_id": team.id, "partner_id": self.contact.id, **values}
        )
        complaint.message_post(body="Hello", attachments=[("a.txt", b"a")])
        env["customer.interaction"].create({"subject": "Called", **values})
        partner = company.partner_id
        self._give_up_stock(company)
        company.unlink()
        self.assertFalse(complaint.exists())
        self.assertEqual(self._count_traces(), before)
        self.assertTrue(partner.exists())

    def test_contacts_with_a_history_stay(self):
        boss = self._create_user("keeper", "base.group_partner_manager")
        request = {"cause": "manual", "kind": "rating", "company_id": self.company.id}
        change = {"company_id": self.company.id, "date": "2026-01-01", "reason": "upgrade"}
        call = {"company_id": self.company.id, "call_id": "1", "direction": "in"}
        for model, values in (
            ("customer.call", call),
            ("customer.feedback.request", request),
            ("customer.tier.change", change),
        ):
            partner = self._create_customer("Seen once")
            record = self.env[model].create({"partner_id": partner.id, **values})
            with self._refused(UserError, "Archive the contact"):
                self._rpc(boss, "res.partner", "unlink", partner.ids)
            self._rpc(boss, "res.partner", "action_archive", partner.ids)
            self.assertEqual(record.partner_id, partner)
        unknown = self._create_customer("Never seen")
        self._rpc(boss, "res.partner", "unlink", unknown.ids)

    def test_what_customers_said_and_did_keeps_them(self):
        """B31: of each kind of thing that happens with a contact; refused by whoever may delete."""
        boss = self._create_user("cleaner", "base.group_partner_manager,base.group_system")
        answer = {"rating": 2}
        for make in (
            lambda p: self._complain(partner_id=p.id),
            lambda p: self.env["customer.interaction"].create({"subject": "x", "partner_id": p.id}),
            lambda p: self.env["customer.feedback"]._register_answer(
                self.company, p, "rating", answer
            ),
        ):
            partner = self._create_customer("Spoke once")
            record = make(partner)
            self.env.flush_all()
            with self.subTest(model=record._name):
                with suppress(UserError, IntegrityError), self.env.cr.savepoint():
                    with mute_logger("odoo.sql_db"):
                        self._rpc(boss, "res.partner", "unlink", partner.ids)
                self.env.invalidate_all()
                self.assertTrue(partner.exists())
                self.assertEqual(record.partner_id, partner)

    def test_archived_customers_keep_their_numbers(self):
        self._invoice(self.customer, "2026-01-10", 100)
        self._run_nightly()
        names = ["revenue_total", "invoice_count", "gross_profit_total"]
        before = self._profile(self.customer).read(names)
        self.assertEqual(before[0]["revenue_total"], 100)
        self.customer.action_archive()
        self._drain()
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).read(names), before)

    def test_no_row_can_point_nowhere(self):
        """Every link we store is held by the database; what names a model and an id is known."""
        self.env.cr.execute(
            """SELECT c.conrelid::regclass::text, a.attname
                 FROM pg_constraint c
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1"""
        )
        held = set(self.env.cr.fetchall())
        loose, links = [], 0
        for model in self.env.values():
            if model._abstract or not model._auto or model._original_module != "customer_value":
                continue
            for field in model._fields.values():
                if field.store and field.type == "many2one":
                    links += 1
                    if (model._table, field.name) not in held:
                        loose.append(str(field))
        self.assertEqual(loose, [])
        self.assertGreater(links, 150)

    def test_merged_contacts_go(self):
        kept, gone = self._create_customer("Kept"), self._create_customer("Gone")
        call = self.env["customer.call"].create(
            {"company_id": self.company.id, "call_id": "2", "partner_id": gone.id}
        )
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | gone).ids, kept)
        self.assertFalse(gone.exists())
        self.assertEqual(call.partner_id, kept)

    def test_forms_of_contacts_still_open(self):
        form = Form(self.env["res.partner"].with_user(self.manager))
        form.name = "New"
        self.assertTrue(form.save())


@tagged("post_install", "-at_install")
class TestQuotingTwice(OfferCommon):
    """However often somebody clicks, there is one quotation of a recommendation."""

    def _quote(self, user=None):
        self.env.invalidate_all()
        return self.lamp_offer.with_user(user or self.salesperson).action_quote()["res_id"]

    def test_the_open_quotation_is_opened_again(self):
        orders = self.env["sale.order"]
        before = orders.search_count([])
        first = self._quote()
        self.assertEqual([self._quote() for _click in range(3)], [first] * 3)
        self.assertEqual(orders.search_count([]), before + 1)
        order = orders.browse(first)
        self.assertEqual(order.order_line.product_id, self.lamp)
        order.order_line.unlink()
        self.assertEqual(self._quote(), first)
        self.assertEqual(order.order_line.product_id, self.lamp)
        order.action_quotation_sent()
        self.assertEqual(self._quote(), first)

    def test_a_new_one_where_the_old_one_is_closed_or_hidden(self):
        orders = self.env["sale.order"]
        first = self._quote()
        other = self._quote(self.own_salesperson)
        self.assertNotEqual(other, first)  # made by a colleague, not to be seen
        orders.browse((first, other)).action_cancel()
        self.assertNotIn(self._quote(), (first, other))
