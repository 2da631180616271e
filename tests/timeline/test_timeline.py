from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TimelineCommon

STRUCTURE = ("kind", "direction", "channel", "amount", "res_model", "res_id")


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestTimeline(TimelineCommon):
    """What the timeline shows, whatever the rights."""

    def _structure(self, rows):
        return sorted(tuple(row[name] for name in STRUCTURE) for row in rows)

    def test_every_entry_once(self):
        rows = self._rows(self.manager)
        expected = [tuple(item) for item in self._expected()]
        self.assertEqual(self._structure(rows), sorted(expected))
        self.assertEqual(rows.customer_id, self.customer)
        self.assertEqual(len(set(rows.ids)), len(rows))

    def test_branch_numbers(self):
        numbers = [number for number, _m in self.timeline._get_timeline_branches().values()]
        self.assertEqual(len(set(numbers)), len(numbers))
        self.assertTrue(all(0 <= number < 32 for number in numbers))

    def test_facts_of_entries(self):
        by_kind = {row.kind: row for row in self._rows(self.manager)}
        self.assertEqual(by_kind["order"].user_id, self.salesperson)
        self.assertEqual(by_kind["order"].currency_id, self.company.currency_id)
        self.assertEqual(by_kind["order"].partner_id, self.contact)
        self.assertEqual(by_kind["opportunity"].status, self.lead.stage_id.name)
        self.assertEqual(by_kind["points"].status, "+50")
        self.assertEqual(by_kind["rating"].subject, "4 / 5")
        self.assertEqual(by_kind["message"].subject, self.order.name)
        # Odoo invites in any order.
        guests = self.meeting.attendee_ids.sorted("id").partner_id
        came = guests.filtered(lambda guest: guest in self.contact | self.colleague)
        self.assertEqual(by_kind["meeting"].partner_id, came[0])

    def test_lost_lead_stays(self):
        self.lead.action_set_lost()
        [row] = self._rows(self.manager).filtered(lambda r: r.kind == "opportunity")
        self.assertEqual(row.status, "Lost")

    def test_days_stay_days_everywhere(self):
        for tz in ("Pacific/Auckland", "America/Los_Angeles", "Asia/Tehran"):
            self.manager.tz = tz
            page = self.timeline.with_user(self.manager).get_timeline(
                self.customer.id, date_from="2026-06-01", date_to="2026-06-01"
            )
            self.assertEqual([e["kind"] for e in page["entries"]], ["invoice"], tz)
            self.assertTrue(page["entries"][0]["is_day"])

    def test_meeting_logged_as_interaction(self):
        visit = self._log(
            kind="visit", subject="Kick-off", res_model="calendar.event", res_id=self.meeting.id
        )
        kinds = self._rows(self.manager).mapped("kind")
        self.assertNotIn("meeting", kinds)
        self.assertEqual(kinds.count("visit"), 1)
        visit.partner_id = self.other_customer
        self.assertIn("meeting", self._rows(self.manager).mapped("kind"))

    def test_meeting_logged_from_the_calendar(self):
        """Both contacts of the customer and another customer came: each customer sees it once."""
        self.meeting.partner_ids |= self.other_customer
        self.env.flush_all()
        wizard = self.env["customer.interaction.log"].with_user(self.salesperson)
        form = Form(wizard.with_context(active_model="calendar.event", active_ids=self.meeting.ids))
        self.assertEqual(
            (form.kind, form.subject, form.duration_minutes), ("meeting", "Kick-off", 60)
        )
        action = form.save().action_save()
        logged = self.env["customer.interaction"].browse(action["params"]["interaction_ids"])
        self.assertEqual(logged.customer_id, self.customer | self.other_customer)
        self.assertIn(
            logged.filtered(lambda i: i.customer_id == self.customer).participant_ids,
            self.contact | self.colleague,
        )
        for customer in (self.customer, self.other_customer):
            rows = self._rows(self.manager, customer).filtered(lambda r: r.kind == "meeting")
            self.assertEqual(rows.mapped("res_model"), ["customer.interaction"])
        logged.with_user(self.salesperson).action_undo()
        rows = self._rows(self.manager).filtered(lambda r: r.kind == "meeting")
        self.assertEqual(rows.mapped("res_model"), ["calendar.event"])

    def test_mail_that_became_an_interaction(self):
        mail = self._log(kind="email", direction="in", subject="Hello")
        self.env["mail.message"].create(
            {
                "model": mail._name,
                "res_id": mail.id,
                "message_type": "email",
                "author_id": self.contact.id,
                "subject": "Hello",
            }
        )
        rows = self._rows(self.manager).filtered(lambda r: r.subject == "Hello")
        self.assertEqual(len(rows), 1)

    def test_dropped_at_somebody_else(self):
        """Goods sent to another address belong to the customer who ordered."""
        order = self._order(self.contact, partner_shipping_id=self.other_customer.id)
        picking = self._deliver(order)
        self.assertIn(
            picking.id, self._rows().filtered(lambda r: r.kind == "delivery").mapped("res_id")
        )
        self.assertNotIn("delivery", self._rows(customer=self.other_customer).mapped("kind"))

    def test_meeting_of_two_customers(self):
        self.meeting.partner_ids |= self.other_customer
        for customer in (self.customer, self.other_customer):
            self.assertEqual(self._rows(customer=customer).mapped("kind").count("meeting"), 1)

    # === SEARCH ===

    def test_needs_customer_or_date(self):
        timeline = self.timeline.with_user(self.manager)
        for domain in (
            [],
            [("kind", "=", "order")],
            ["|", ("customer_id", "=", self.customer.id), ("kind", "=", "order")],
            ["!", ("customer_id", "=", self.customer.id)],
            [("customer_id", "!=", self.customer.id)],
            [("customer_id", "=", False)],
            [("date", "<", "2026-01-01")],
        ):
            for call in (
                timeline.search,
                timeline.search_count,
                lambda d: timeline._read_group(d, ["kind"], ["__count"]),
                lambda d: timeline.formatted_read_group(d, ["kind"], ["__count"]),
                lambda d: timeline.web_read_group(d, ["kind"], ["__count"]),
                lambda d: timeline.search_read(d, ["subject"]),
            ):
                with self.subTest(domain=domain), self.assertRaisesRegex(UserError, "too long"):
                    call(domain)

    def test_ways_to_name_the_customer(self):
        timeline = self.timeline.with_user(self.manager)
        every = self._rows(self.manager)
        for domain in (
            [("customer_id", "ilike", "Azure Interior")],
            [("customer_id.name", "=", "Azure Interior")],
            [("customer_id", "child_of", self.customer.id)],
            [("customer_id", "any", [("name", "=", "Azure Interior")])],
        ):
            self.assertEqual(timeline.search(domain), every, domain)
        own = timeline.search([("partner_id", "=", self.contact.id)])
        self.assertEqual(own, every.filtered(lambda row: row.partner_id == self.contact))
        self.assertTrue(timeline.search([("date", ">=", "2026-06-01")]) >= every)

    def test_too_many_customers(self):
        self.env["res.partner"].create([{"name": f"Many {n}"} for n in range(1001)])
        with self.assertRaisesRegex(UserError, "More than 1000"):
            self.timeline.search([("customer_id", "ilike", "Many")])

    def test_counts_and_groups_agree(self):
        domain = [("customer_id", "=", self.customer.id)]
        for user in (self.manager, self.salesperson, self.own_salesperson, self.stock_user):
            timeline = self.timeline.with_user(user)
            if not timeline.has_access("read"):
                continue
            rows = timeline.search(domain)
            self.assertEqual(timeline.search_count(domain), len(rows))
            groups = dict(timeline._read_group(domain, ["kind"], ["__count"]))
            self.assertEqual(sum(groups.values()), len(rows))
            for kind, count in groups.items():
                self.assertEqual(rows.mapped("kind").count(kind), count)

    # === PAGES ===

    def test_pages_show_each_once(self):
        timeline = self.timeline.with_user(self.manager)
        seen, before = [], None
        while True:
            page = timeline.get_timeline(self.contact.id, before=before, limit=4)
            seen += page["entries"]
            if not page["has_more"]:
                break
            self.assertEqual(len(page["entries"]), 4)
            before = {name: seen[-1][name] for name in ("date", "id")}
        self.assertEqual([entry["id"] for entry in seen], self._rows(self.manager).ids)

    def test_filters(self):
        timeline = self.timeline.with_user(self.manager)

        def found(**filters):
            return [
                e["subject"] for e in timeline.get_timeline(self.customer.id, **filters)["entries"]
            ]

        self.assertEqual(found(text="tomorrow"), ["Tomorrow"])
        self.assertEqual(found(kinds=["call"]), ["Call back", "Asked for a price"])
        self.assertEqual(found(date_from="2026-06-04", date_to="2026-06-05"), ["4 / 5", "Kick-off"])
        self.assertEqual(found(kinds=["fax"]), [])

    def test_wrong_arguments(self):
        timeline = self.timeline.with_user(self.manager)
        customer = self.customer.id
        for arguments in (
            {"customer_id": "x"},
            {"customer_id": True},
            {"customer_id": customer, "kinds": ["no"]},
            {"customer_id": customer, "kinds": "call"},
            {"customer_id": customer, "date_from": "June"},
            {"customer_id": customer, "date_to": 5},
            {"customer_id": customer, "text": 5},
            {"customer_id": customer, "before": {"id": 1}},
            {"customer_id": customer, "before": {"id": "x", "date": "2026-01-01 00:00:00"}},
            {"customer_id": customer, "before": 7},
            {"customer_id": customer, "limit": 0},
            {"customer_id": customer, "limit": 501},
            {"customer_id": customer, "limit": True},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(ValidationError):
                timeline.get_timeline(**arguments)
        with self.assertRaises(MissingError):
            timeline.get_timeline(2**31 - 1)

    def test_preview(self):
        previews = {
            (row.kind, row.direction, row.res_model): row.get_preview()["text"]
            for row in self._rows(self.salesperson)
        }
        self.assertEqual(previews["call", "in", "customer.interaction"], "Wants ten")
        self.assertEqual(previews["email", "in", "sale.order"], "When does it *come*?")
        self.assertEqual(previews["rating", "in", "rating.rating"], "Good desk")
        self.assertEqual(previews["meeting", "both", "calendar.event"], "")

    def test_open_document(self):
        for row in self._rows(self.manager):
            action = row.action_open_document()
            self.assertEqual((action["res_model"], action["res_id"]), (row.res_model, row.res_id))

    def test_subject_is_no_formula(self):
        self.call.subject = "=HYPERLINK(1)"
        self.env.flush_all()
        [row] = self._rows(self.manager).filtered(lambda r: r.subject == "=HYPERLINK(1)")
        self.manager.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
        self.assertEqual(row.export_data(["subject"])["datas"], [["'=HYPERLINK(1)"]])

    def test_constant_queries(self):
        def count(customer):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page = self.timeline.with_user(self.manager).get_timeline(customer.id, limit=200)
            self.assertFalse(page["has_more"])
            return self.env.cr.sql_log_count - before, len(page["entries"])

        few, many = self._create_customer("Few"), self._create_customer("Many")
        for customer, size in ((few, 10), (many, 100)):
            for number in range(size):
                self._log(partner_id=customer.id, subject=f"Call {number}")
        count(few), count(many)  # fill the caches of rights
        self.assertEqual(count(few), (count(many)[0], 10))
        self.assertEqual(count(many)[1], 100)

    # === CONTACTS CHANGE ===

    def test_merge_loses_nothing(self):
        before = self._structure(self._rows(self.manager))
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.other_customer | self.customer).ids, self.other_customer
        )
        after = self._structure(self._rows(self.manager, self.other_customer))
        self.assertEqual(after, before)

    def test_merge_of_two_guests(self):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.contact | self.colleague).ids, self.colleague
        )
        self.assertEqual(len(self._rows(self.manager)), len(self._expected()))

    def test_reparent_loses_nothing(self):
        """What the contact did goes along; the company keeps its own."""
        everything = self._structure(self._rows(self.manager))
        self.contact.parent_id = self.other_customer
        there = self._structure(self._rows(self.manager, self.other_customer))
        here = self._structure(self._rows(self.manager))
        moved = [item for item in there if item[0] != "meeting"]
        stayed = [item for item in here if item[0] != "meeting"]
        self.assertEqual(
            sorted(moved + stayed), [item for item in everything if item[0] != "meeting"]
        )
        # Ben is still with the customer, Ana is not: each saw the meeting.
        self.assertEqual(len(there) + len(here), len(everything) + 1)

    def test_archived_contact_keeps_the_timeline(self):
        self.contact.active = False
        self.assertEqual(len(self._rows(self.manager)), len(self._expected()))

    def test_stranger_is_refused(self):
        for user in (self.stock_user, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.timeline.with_user(user).get_timeline(self.customer.id)
            with self.assertRaises(AccessError):
                self._rows(user)
