import contextlib
import json
from datetime import date, datetime

from hypothesis import HealthCheck, example, given, settings, strategies
from psycopg2 import IntegrityError

from odoo import Command, fields, models
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..complaint.common import ComplaintCommon

MIXIN = "customer.date.bounds.mixin"
OUT_OF_REASON = (
    "9999-12-31 23:59:59",
    "0001-01-01 00:00:00",
    "1899-12-31 23:59:59",
    "2201-01-01 00:00:00",
    "99999-01-01 00:00:00",
    "0000-00-00 00:00:00",
    "2026-\x00",
    datetime(9999, 12, 31, 23, 59, 59),
    date(1, 1, 1),
    20260615,
    ["2026-06-15"],
)
# What may be in a table, whoever put it there.
IN_TABLES = ("9999-12-31 23:59:59", "0001-01-01 00:00:00", "99999-01-01 00:00:00")
# Dates of Odoo's own documents, which take any date Python knows.
DOCUMENTS = {
    "account_move": ("invoice_date", "invoice_date_due", "date"),
    "account_move_line": ("date", "date_maturity", "invoice_date"),
    "account_payment": ("date",),
    "calendar_event": ("start", "stop"),
    "crm_lead": ("date_deadline", "create_date"),
    "mail_activity": ("date_deadline",),
    "mail_message": ("date",),
    "rating_rating": ("create_date", "write_date"),
    "sale_order": ("date_order", "commitment_date", "create_date", "validity_date"),
    "stock_move": ("date",),
    "stock_picking": ("date_done", "scheduled_date", "date_deadline"),
}


@tagged("post_install", "-at_install")
class TestDates(ComplaintCommon, HttpCase):
    """Nobody stores a date out of all reason, and one that is there keeps nobody from anything."""

    def _dated(self):
        """Yield model and field of each date of our models."""
        for _name, model in sorted(self.env.items()):
            if model._original_module != "customer_value" or model._abstract:
                continue
            for field in model._fields.values():
                ours = field.name not in models.MAGIC_COLUMNS
                if field.type in ("date", "datetime") and ours and not field.related:
                    yield model, field

    def test_every_model_with_a_date_bounds_it(self):
        bound = self.env.registry.descendants([MIXIN], "_inherit")
        for model, field in self._dated():
            if field.store or not field.readonly:
                self.assertIn(model._name, bound, field)

    def test_nobody_gives_a_date_out_of_all_reason(self):
        tried = set()
        for model, field in self._dated():
            if field.readonly:
                continue
            tried.add(f"{model._name}.{field.name}")
            records = model.with_user(self.manager)
            for value in OUT_OF_REASON:
                with self.subTest(field=field, value=value):
                    self._assert_refused(records, field.name, value)
        self.assertLessEqual(
            {
                "customer.complaint.open_date",
                "customer.feedback.record.date",
                "customer.interaction.date",
                "customer.interaction.log.date",
                "customer.interaction.log.activity_date",
                "customer.tier.override.until_date",
            },
            tried,
        )

    def _assert_refused(self, records, name, value):
        text = "in the years 1900 to 2200"
        with self._refused(ValidationError, text):
            records.create({name: value})
        with self._refused(ValidationError, text):
            records.with_context(**{f"default_{name}": value}).default_get([name])
        with self._refused(ValidationError, text):
            records.onchange({name: value}, [name], {name: {}})

    def test_nobody_changes_a_date_to_one(self):
        complaint = self._complain()
        interaction = self.env["customer.interaction"].create({"partner_id": self.contact.id})
        for record, name in ((complaint, "open_date"), (interaction, "date")):
            mine = record.with_user(self.service)
            for value in OUT_OF_REASON:
                with self._refused(ValidationError, "1900 to 2200"):
                    mine.write({name: value})
        with self._refused(ValidationError, "1900 to 2200"):
            complaint.with_user(self.service).write({"close_date": "9999-12-31 23:59:59"})
        with self._refused(ValidationError, "1900 to 2200"):
            self._complain().copy({"open_date": "0001-01-01"})
        result = complaint.with_user(self.service).load(
            ["subject", "open_date"], [["Imported", "9999-12-31 10:00:00"]]
        )
        self.assertIn("1900", result["messages"][0]["message"])
        for value in ("1900-01-01 00:00:00", "2200-12-31 23:59:59"):
            complaint.with_user(self.service).open_date = value
            self.assertEqual(fields.Datetime.to_string(complaint.open_date), value)

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(moment=strategies.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)))
    @example(moment=datetime(1900, 1, 1))
    @example(moment=datetime(2200, 12, 31, 23, 59, 59))
    def test_any_date_is_kept_or_refused(self, moment):
        moment = moment.replace(microsecond=0)
        interactions = self.env["customer.interaction"].with_user(self.service)
        values = {"partner_id": self.contact.id, "date": moment}
        if 1900 <= moment.year <= 2200:
            self.assertEqual(interactions.create(values).date, moment)
        else:
            with self._refused(ValidationError, "1900 to 2200"):
                interactions.create(values)

    def test_settings_reach_not_beyond_the_calendar(self):
        for name in self.company._get_span_settings():
            with self.subTest(setting=name), self._refused(ValidationError, "at most|between"):
                self.company.sudo()[name] = 10**8
        self.assertIn("customer_complaint_reopen_days", self.company._get_span_settings())

    def test_timeline_says_what_is_wrong(self):
        self.authenticate("sima", "sima")
        asked = {
            "date_from": ("9999-12-31", "0001-01-01", "99999-01-01", "\x00", [1], {"a": 2}, 1),
            "date_to": ("9999-12-31", "0001-01-01", "2201-01-01"),
            "kinds": ([{}], [[]], [None], {"call": 1}, "call", [1], ["\x00"]),
            "text": ("\x00", "a\x00b", "\ud800", 1, ["a"], {"a": 1}),
            "before": (
                {"date": "9999-12-31 00:00:00", "id": 1},
                {"date": "0001-01-01 00:00:00", "id": 1},
                {"date": "2026-06-15 10:00:00", "id": 2**63},
                {"date": "2026-06-15 10:00:00", "id": "\x00"},
                {"date": {}, "id": 1},
                {"date": "2026-06-15 10:00:00"},
                [1],
                "x",
            ),
            "limit": (0, 501, "x", True, None, 1.5, {}),
            "customer_id": (2**31, 0, -1, True, "1", None, [1]),
        }
        for name, values in asked.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    self._assert_clear(**{name: value})

    def _assert_clear(self, **kwargs):
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "params": {
                        "model": "customer.timeline",
                        "method": "get_timeline",
                        "args": [],
                        "kwargs": {"customer_id": self.customer.id, **kwargs},
                    },
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        name = answer.get("error", {}).get("data", {}).get("name")
        self.assertIn(name, ("odoo.exceptions.ValidationError",), kwargs)

    # === ROWS THAT ARE THERE ===

    def _make_rows(self):
        """Have a customer of whom there is something in as many of our tables as possible."""
        self._sell(1)
        self._sell(2)
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self._order(self.customer)
        self._order(self.customer, confirm=False)
        self.env["crm.lead"].create(
            {
                "name": "Desks",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "expected_revenue": 100,
                "date_deadline": "2026-07-01",
            }
        )
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-02-01 10:00:00",
                "stop": "2026-02-01 11:00:00",
                "partner_ids": [Command.link(self.contact.id)],
            }
        )
        self.customer.message_post(body="Hello", message_type="comment")
        self.env["customer.interaction"].create(
            {"partner_id": self.contact.id, "needs_answer": True, "direction": "in"}
        )
        self.env["customer.service.standard"].create(
            {"name": "Fast", "company_id": self.company.id, "first_response_hours": 4}
        )
        complaint = self._complain()
        closed = self._complain(subject="Late")
        self._close(closed)
        answer = {"rating": 1, "nps": None, "levels": {}, "comment": "Late"}
        feedbacks = self.env["customer.feedback"]
        feedbacks._register_answer(self.company, self.contact, "rating", answer, source="agent")
        self._refresh()
        return complaint

    def _refresh(self):
        """Do what the jobs of a night do."""
        self.customer._queue_everywhere(self.customer.ids)
        self._drain()
        self._run_nightly()
        self.env["customer.sales.forecast"]._make(self.company)
        self.env["customer.pipeline.line"]._rebuild(self.company, self._day("2026-06-15"))
        self.env.flush_all()

    def _set_dates(self, columns, moment):
        """Put a date into columns, as only SQL can; where a constraint allows it."""
        self.env.flush_all()
        for table, names in columns.items():
            for name in names:
                self._set_date(SQL.identifier(table), SQL.identifier(name), moment)
        self.env.invalidate_all()

    def _set_date(self, table, column, moment):
        with contextlib.suppress(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL("UPDATE %s SET %s = %s", table, column, moment))

    def _get_columns(self):
        columns = {}
        for model, field in self._dated():
            if field.store and model._auto:
                columns.setdefault(model._table, []).append(field.name)
        return columns

    def _log_in_at_portal(self):
        self.env["res.lang"]._activate_lang("en_US")
        portal = new_test_user(
            self.env,
            login="pari",
            password="pari-pari",
            groups="base.group_portal",
            lang="en_US",
            tz="Asia/Tehran",
        )
        portal.partner_id.parent_id = self.customer
        self.authenticate("pari", "pari-pari")

    def test_old_rows_keep_nobody_from_anything(self):
        complaint = self._make_rows()
        self._log_in_at_portal()
        for moment in IN_TABLES:
            with self.subTest(moment=moment), self.env.cr.savepoint():
                self._set_dates(self._get_columns(), moment)
                self._assert_usable(complaint)

    def test_documents_of_any_date_keep_nobody_from_anything(self):
        complaint = self._make_rows()
        self._log_in_at_portal()
        for moment in IN_TABLES[:2]:
            with self.subTest(moment=moment), self.env.cr.savepoint():
                self._set_dates(DOCUMENTS, moment)
                self._refresh()
                self._assert_usable(complaint)

    def _assert_usable(self, complaint):
        self.assertIn("Desk scratched", self.url_open("/my/complaints").text)
        page = self.url_open(f"/my/complaints/{complaint.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Desk scratched", page.text)
        for tz in ("Asia/Tehran", "America/New_York"):
            self._read_all(self.env(user=self.manager, context={"tz": tz, "lang": "en_US"}))
        self._refresh()

    def _read_all(self, env):
        timeline = env["customer.timeline"].get_timeline(self.customer.id)
        self.assertTrue(timeline["entries"])
        profile = self._profile(self.customer).with_env(env)
        self.assertTrue(profile.read())
        for model, field in self._dated():
            records = env[model._name]
            if model._transient or not records.has_access("read"):
                continue
            with self.subTest(field=field):
                self._read_dates(records, field)

    def _read_dates(self, records, field):
        is_timeline = records._name == "customer.timeline"
        domain = [("customer_id", "=", self.customer.id)] if is_timeline else []
        found = records.web_search_read(domain, {field.name: {}, "display_name": {}}, limit=5)
        for row in found["records"]:
            if row[field.name] and field.store:
                self.assertTrue(1900 <= row[field.name].year <= 2200, row)
        for step in ("day", "month", "year") if field.store else ():
            records.web_read_group(domain, [f"{field.name}:{step}"], ["__count"])
