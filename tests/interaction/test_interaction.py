from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import MONDAY, InteractionCommon


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestInteraction(InteractionCommon):
    """What an interaction is, who may touch it, and the document it is about."""

    def test_defaults(self):
        interaction = self._log(self.contact, user=self.service_user, kind="visit", subject="")
        self.assertEqual(interaction.subject, "Visit")
        self.assertEqual(interaction.customer_id, self.customer)
        self.assertEqual(interaction.user_id, self.service_user)
        self.assertEqual(interaction.company_id, self.company)
        interaction.kind = "letter"
        self.assertEqual(interaction.subject, "Letter")
        interaction.subject = "About the desks"
        interaction.kind = "call"
        self.assertEqual(interaction.subject, "About the desks")

    def test_team_comes_from_our_person(self):
        team = self.env["crm.team"].create({"name": "Hotline", "company_id": False})
        self.env["crm.team.member"].create({"crm_team_id": team.id, "user_id": self.salesperson.id})
        self.assertEqual(self._log(user=self.salesperson).team_id, team)
        other = self.env["crm.team"].create({"name": "Fairs", "company_id": False})
        self.assertEqual(self._log(user=self.salesperson, team_id=other.id).team_id, other)

    def test_duration_is_a_sensible_number(self):
        with self.assertRaisesRegex(ValidationError, "day by day"):
            self._log(duration_minutes=1_440.5)
        for minutes in (-1, 100_000, float("nan")):
            with (
                self.subTest(minutes=minutes),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._log(duration_minutes=minutes).flush_recordset()

    def test_log_entries_make_no_messages(self):
        interaction = self._log(user=self.salesperson)
        self.assertFalse(interaction.sudo().message_ids)
        self.assertFalse(interaction.sudo().message_follower_ids)

    def test_document_must_be_of_an_agreed_kind(self):
        with self.assertRaisesRegex(ValidationError, "res.users"):
            self._log(res_model="res.users", res_id=self.env.uid)
        with self.assertRaisesRegex(ValidationError, "does not exist"):
            self._log(res_model="sale.order", res_id=2_000_000_000)
        with self.assertRaisesRegex(ValidationError, "does not exist"):
            self._log(res_model="sale.order")
        with self.assertRaises(ValidationError):
            self._log(res_id=1)

    def test_document_of_another_company(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        order = self._order(self.customer, confirm=False)
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            self._log(company_id=other.id, res_model="sale.order", res_id=order.id)

    def test_document_opens_with_the_rights_of_the_user(self):
        order = self._order(self.customer, confirm=False)
        interaction = self._log(document_ref=f"sale.order,{order.id}")
        self.assertEqual((interaction.res_model, interaction.res_id), ("sale.order", order.id))
        seen = interaction.with_user(self.salesperson)
        self.assertEqual(seen.document_ref, order)
        self.assertEqual(seen.action_open_document()["res_id"], order.id)
        self.env.invalidate_all()
        blind = interaction.with_user(self.service_user)
        self.assertFalse(blind.document_ref)
        with self.assertRaises(AccessError):
            blind.action_open_document()
        with self.assertRaisesRegex(UserError, "no document"):
            self._log().with_user(self.salesperson).action_open_document()

    def test_deleted_document(self):
        order = self._order(self.customer, confirm=False)
        interaction = self._log(res_model="sale.order", res_id=order.id)
        order.unlink()
        self.env.invalidate_all()
        self.assertFalse(interaction.document_ref)
        with self.assertRaisesRegex(UserError, "deleted since"):
            interaction.action_open_document()

    def test_user_reads_all_and_changes_own(self):
        mine = self._log(user=self.service_user)
        theirs = self._log(user=self.salesperson)
        nobodys = self._log(user_id=False)
        for_me = self._log(user_id=self.service_user.id)
        user = self.service_user
        everything = mine | theirs | nobodys | for_me
        self.assertEqual(everything.with_user(user)._filtered_access("read"), everything)
        self.assertEqual(everything.with_user(user)._filtered_access("write"), everything - theirs)
        self.assertEqual(everything.with_user(user)._filtered_access("unlink"), mine | for_me)
        with self.assertRaises(AccessError):
            theirs.with_user(user).write({"subject": "Mine now"})
        self.assertEqual(everything.with_user(self.manager)._filtered_access("unlink"), everything)

    def test_accountants_read_only(self):
        interaction = self._log(user=self.service_user)
        seen = interaction.with_user(self.accountant)
        self.assertEqual(seen.read(["subject"])[0]["subject"], "Call")
        for operation in ("write", "unlink"):
            self.assertFalse(seen.has_access(operation))
        with self.assertRaises(AccessError):
            self._log(user=self.accountant)

    def test_nobody_else(self):
        interaction = self._log()
        portal = new_test_user(self.env, login="pari", groups="base.group_portal")
        employee = new_test_user(self.env, login="emin", groups="base.group_user")
        for user in (portal, employee, self.stock_user):
            with self.assertRaises(AccessError):
                interaction.with_user(user).read(["subject"])

    def test_companies_do_not_mix(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        interaction = self._log(company_id=other.id, user_id=self.salesperson.id)
        for user in (self.service_user, self.salesperson, self.accountant, self.manager):
            self.assertFalse(interaction.with_user(user)._filtered_access("read"))

    def test_views_open_for_every_role(self):
        self._ask(res_model="sale.order", res_id=self._order(self.customer).id)
        views = ("list", "form", "calendar", "pivot", "graph", "search")
        for user in (self.service_user, self.own_salesperson, self.accountant, self.manager):
            self.env.invalidate_all()
            interactions = self.env["customer.interaction"].with_user(user)
            loaded = interactions.get_views([(False, kind) for kind in views])
            names = loaded["models"]["customer.interaction"]["fields"]
            specification = {name: {} for name in names if name in interactions._fields}
            with self.subTest(user=user.login):
                self.assertTrue(interactions.web_search_read([], specification)["records"])

    def test_form(self):
        with Form(self.env["customer.interaction"].with_user(self.service_user)) as form:
            self.assertEqual(form.subject, "Call")
            form.kind = "meeting"
            self.assertEqual(form.subject, "Meeting")
            form.partner_id = self.contact
            form.participant_ids.add(self.other_customer)
        self.assertEqual(form.record.participant_ids, self.other_customer)

    def test_export_holds_no_formula(self):
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        interactions = self._log(subject="=HYPERLINK(1)", note="@SUM(1)", address="+98 21 1")
        rows = interactions.with_user(self.manager).export_data(["subject", "note", "address"])
        self.assertEqual(rows["datas"], [["'=HYPERLINK(1)", "'@SUM(1)", "+98 21 1"]])

    def test_deletion_of_a_contact_is_refused_archiving_is_not(self):
        lonely = self._create_customer("Lonely")
        interaction = self._log(lonely)
        with self.assertRaisesRegex(UserError, "Lonely cannot be deleted"):
            lonely.unlink()
        lonely.active = False
        self.assertEqual(interaction.customer_id, lonely)
        self.assertTrue(interaction.exists())
        interaction.unlink()
        lonely.unlink()

    def test_query_count_does_not_depend_on_the_number(self):
        def create(number):
            orders = self.env["sale.order"].create(
                [{"partner_id": self.customer.id} for _number in range(number)]
            )
            values = [
                {
                    "partner_id": self.customer.id,
                    "direction": "in",
                    "needs_answer": True,
                    "res_model": "sale.order",
                    "res_id": order.id,
                }
                for order in orders
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            model = self.env["customer.interaction"].with_user(self.salesperson)
            created = model.create(values)
            self.env.flush_all()
            counted = self.env.cr.sql_log_count - before
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            created.web_read({"document_ref": {}, "waiting_hours": {}, "subject": {}})
            return counted, self.env.cr.sql_log_count - before

        create(1)
        self.assertEqual(create(10), create(100))


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestInteractionAnswer(InteractionCommon):
    """Which questions wait, what answers them, and the working hours between."""

    def test_outgoing_interaction_answers(self):
        question = self._ask(self.contact, "2026-06-12 16:00:00")  # a Friday
        self.assertEqual(question.waiting_hours, 2)
        answer = self._log(self.customer, date="2026-06-15 10:30:00", user=self.service_user)
        self.assertEqual(question.answer_id, answer)
        self.assertEqual(question.answered_date, answer.date)
        self.assertEqual(question.answered_user_id, self.service_user)
        self.assertEqual(question.response_hours, 3.5)  # an hour on Friday, the rest on Monday
        self.assertIs(question.waiting_hours, False)

    def test_what_is_no_answer(self):
        question = self._ask()
        order = self._order(self.customer, confirm=False)
        self._log(date="2026-06-15 08:00:00")  # before the question
        self._log(direction="in", date="2026-06-15 10:00:00")
        self._log(outcome="not_reached", date="2026-06-15 10:00:00")
        self._log(self.other_customer, date="2026-06-15 10:00:00")
        self._log(res_model="sale.order", res_id=order.id, date="2026-06-15 10:00:00")
        self.assertFalse(question.answered_date)
        self.assertIs(question.response_hours, False)
        self._log(outcome="message_left", date="2026-06-15 11:00:00")
        self.assertEqual(question.response_hours, 2)

    def test_thread_is_the_document(self):
        orders = self._order(self.customer, confirm=False) | self._order(
            self.customer, confirm=False
        )
        first, second = (self._ask(res_model="sale.order", res_id=order.id) for order in orders)
        self._log(res_model="sale.order", res_id=orders[1].id, date="2026-06-15 10:00:00")
        self.assertFalse(first.answered_date)
        self.assertTrue(second.answered_date)

    def test_order_of_recording_does_not_matter(self):
        late = self._log(date="2026-06-15 15:00:00")
        question = self._ask()
        self.assertEqual(question.answer_id, late)
        early = self._log(date="2026-06-15 10:00:00")
        self.assertEqual(question.answer_id, late)  # what was answered stays answered
        late.unlink()
        self.assertEqual(question.answer_id, early)
        self.assertEqual(question.response_hours, 1)

    def test_deleting_the_answer_reopens_the_question(self):
        question = self._ask()
        answer = self._log(date="2026-06-15 10:00:00", user=self.service_user)
        answer.unlink()
        self.assertFalse(question.answered_date)
        self.assertFalse(question.answered_user_id)
        self.assertIs(question.response_hours, False)

    def test_changing_the_answer(self):
        question = self._ask()
        answer = self._log(date="2026-06-15 10:00:00")
        answer.date = "2026-06-15 11:00:00"
        self.assertEqual(question.response_hours, 2)
        answer.outcome = "not_reached"
        self.assertFalse(question.answered_date)
        answer.outcome = "reached"
        self.assertTrue(question.answered_date)
        answer.partner_id = self.other_customer
        self.assertFalse(question.answered_date)

    def test_holidays_do_not_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Feast",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-06-16 00:00:00",
                "date_to": "2026-06-16 23:59:59",
            }
        )
        question = self._ask()
        self._log(date="2026-06-17 09:00:00")
        self.assertEqual(question.response_hours, 8)

    def test_hours_equal_those_of_the_calendar(self):
        start = fields.Datetime.to_datetime("2026-06-10 03:17:00")
        spans = [
            (start + timedelta(hours=3 * n), start + timedelta(hours=5 * n + 1)) for n in range(60)
        ]
        calendar = self.company.resource_calendar_id
        self.assertEqual(
            self.company._get_customer_working_hours(spans),
            [round(calendar.get_work_hours_count(*span), 2) for span in spans],
        )
        self.company.resource_calendar_id = False
        self.assertEqual(self.company._get_customer_working_hours(spans[:1]), [1])
        self.assertEqual(self.company._get_customer_working_hours([]), [])

    def test_mark_answered(self):
        question = self._ask(date="2026-06-15 08:00:00", user_id=self.salesperson.id)
        question.with_user(self.service_user).action_mark_answered()
        self.assertEqual(question.response_hours, 1)
        self.assertEqual(question.answered_user_id, self.service_user)
        self._log(date="2026-06-15 08:30:00")
        self.assertFalse(question.answer_id)
        question.date = "2026-06-12 16:00:00"
        self.assertEqual(question.response_hours, 2)
        with self.assertRaisesRegex(UserError, "nothing to mark"):
            question.with_user(self.service_user).action_mark_answered()
        with self.assertRaises(AccessError):
            self._ask().with_user(self.accountant).action_mark_answered()

    def test_another_company_is_another_conversation(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        question = self._ask()
        self._log(company_id=other.id, date="2026-06-15 10:00:00")
        self.assertFalse(question.answered_date)

    def test_marking_costs_the_same_for_ten_and_a_hundred(self):
        def mark(number):
            questions = self._ask()
            questions |= self.env["customer.interaction"].create(
                [
                    {"partner_id": self.customer.id, "direction": "in", "needs_answer": True}
                    for _number in range(number - 1)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            questions.with_user(self.service_user).action_mark_answered()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        mark(2)
        self.assertEqual(mark(10), mark(100))

    def test_statistics_are_right_for_every_grouping(self):
        """Median and 90 % against a plain sort of the same numbers, for any grouping."""
        hours = {"call": [1, 2, 6], "email": [4, 5, 7, 8]}
        for kind, waits in hours.items():
            for wait in waits:
                order = self._order(self.customer, confirm=False)
                document = {"res_model": "sale.order", "res_id": order.id, "kind": kind}
                self._ask(date="2026-06-01 08:00:00", **document)
                end = 8 + wait if wait <= 4 else 9 + wait
                self._log(date=f"2026-06-01 {end:02}:00:00", **document)
        self._ask(kind="email", date="2026-06-02 08:00:00")
        response = self.env["customer.interaction.response"].with_user(self.service_user)
        measures = [
            "response_median_hours:avg",
            "response_p90_hours:avg",
            "answered_ratio:avg",
            "waiting_count:sum",
            "__count",
        ]
        rows = {row[0]: row[1:] for row in response._read_group([], ["kind"], measures)}
        self.assertEqual(rows["call"], (2, 5.2, 1, 0, 3))
        self.assertEqual(rows["email"], (6, 7.7, 0.8, 1, 5))
        self.assertEqual(response._read_group([], [], measures), [(5, 7.4, 0.875, 1, 8)])
        by_month = response._read_group([], ["date:month"], measures)
        self.assertEqual(by_month[0][1:], (5, 7.4, 0.875, 1, 8))
        sets = response.formatted_read_grouping_sets([], [[], ["kind"]], measures)
        self.assertEqual(sets[0][0]["response_median_hours:avg"], 5)
        self.assertEqual({row["response_p90_hours:avg"] for row in sets[1]}, {5.2, 7.7})

    def test_statistics_open_for_every_role_of_the_company(self):
        question = self._ask()
        report = self.env["customer.interaction.response"]
        self.env.flush_all()
        for user in (self.service_user, self.accountant, self.manager):
            seen = report.with_user(user).search([])
            self.assertEqual(seen.ids, question.ids)
            seen.get_views([(False, kind) for kind in ("pivot", "graph", "list", "search")])
        self.assertEqual(
            report.browse(question.id).action_open_interaction()["res_id"], question.id
        )
        other = self._create_company("Other", self.env.ref("base.EUR"))
        question.company_id = other
        self.env.flush_all()
        self.assertFalse(report.with_user(self.manager).search([]))


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestInteractionCost(InteractionCommon):
    """Minutes become cost to serve, and every number opens the interactions it is made of."""

    def test_facts_cost_and_drill_down(self):
        self.company.customer_cost_per_interaction_minute = 0.5
        self._invoice(self.customer, "2026-05-01", 300)
        self._log(self.contact, duration_minutes=12.5, date="2026-06-01 10:00:00")
        self._log(duration_minutes=30, date="2025-06-16 00:00:00")
        self._log(duration_minutes=40, date="2025-06-15 23:59:59")
        self._log(duration_minutes=3, date="2026-06-14 10:00:00", outcome="not_reached")
        self._log(duration_minutes=99, date="2026-06-16 00:00:00")  # planned for tomorrow
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.interaction_count_total, 4)
        self.assertEqual(profile.interaction_count_365, 3)
        self.assertEqual(profile.interaction_minutes_total, 85.5)
        self.assertEqual(profile.interaction_minutes_365, 45.5)
        self.assertEqual(profile.last_interaction_date, self._day("2026-06-01"))
        self.assertEqual(profile.cost_to_serve_365, 22.75)
        self.assertEqual(profile.net_profit_total, 300 - 60 - 42.75)
        for window in ("total", "365"):
            with self.subTest(window=window):
                action = (
                    profile.with_user(self.service_user)
                    .with_context(metric=f"interaction_minutes_{window}")
                    .action_open_documents()
                )
                found = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(found), profile[f"interaction_count_{window}"])
                self.assertEqual(
                    sum(found.mapped("duration_minutes")),
                    profile[f"interaction_minutes_{window}"],
                )
        self._run_nightly()
        self.assertFalse(profile._refresh(self.company, self.customer.ids), "wrote it again")

    def test_every_change_counts(self):
        interaction = self._log(user=self.service_user, duration_minutes=10)
        self._drain()
        self.assertEqual(self._profile(self.customer).interaction_minutes_total, 10)
        interaction.duration_minutes = 20
        self._drain()
        self.assertEqual(self._profile(self.customer).interaction_minutes_total, 20)
        interaction.partner_id = self.other_customer
        self._drain()
        self.assertFalse(self._profile(self.customer))
        self.assertEqual(self._profile(self.other_customer).interaction_minutes_total, 20)
        interaction.with_user(self.service_user).unlink()
        self._drain()
        self.assertFalse(self._profile(self.other_customer))

    def test_customer_with_nothing_but_an_interaction(self):
        self._log(self.contact)
        self.env["customer.refresh.queue"].search([]).unlink()
        self._run_nightly()
        profile = self._profile(self.customer)
        self.assertEqual(profile.stage, "prospect")
        self.assertEqual(profile.interaction_count_total, 1)

    def test_unknown_sender_waits_for_a_contact(self):
        interaction = self._log(self.env["res.partner"], user=self.service_user, address="+1 555")
        self.assertFalse(interaction.customer_id)
        self._drain()
        interaction.partner_id = self.contact
        self._drain()
        self.assertEqual(self._profile(self.customer).interaction_count_total, 1)

    def test_card_section(self):
        self._log(duration_minutes=10)
        self._drain()
        card = self._profile(self.customer).with_user(self.service_user).get_card()
        section = next(part for part in card["sections"] if part["key"] == "contact")
        items = {item["name"]: item for item in section["items"]}
        self.assertEqual(items["interaction_minutes_365"]["value"], 10)
        self.assertTrue(items["interaction_count_total"]["opens"])
        self.assertIs(items["contact_due_date"]["value"], False)

    def test_negative_rate_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.company.customer_cost_per_interaction_minute = -1

    def test_settings(self):
        settings = self.env["res.config.settings"].create(
            {"customer_cost_per_interaction_minute": 1.5}
        )
        settings.execute()
        self.assertEqual(self.company.customer_cost_per_interaction_minute, 1.5)

    def test_participants_do_not_count(self):
        self._log(participant_ids=[Command.set(self.other_customer.ids)])
        self._drain()
        self.assertFalse(self._profile(self.other_customer))
