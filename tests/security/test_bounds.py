from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from .low_common import LowCommon


@tagged("post_install", "-at_install")
class TestBounds(LowCommon):
    """No slip of the pen, and no attack, makes an interaction cost a fortune."""

    def _try(self, minutes):
        try:
            with self.env.cr.savepoint():
                return self._log(self.clerk, duration_minutes=minutes).duration_minutes
        except UserError as error:
            return str(error)
        except Exception as error:
            return type(error).__name__

    def test_minutes(self):
        for minutes in (0, 0.5, 1_440):
            self.assertEqual(self._try(minutes), minutes)
        for minutes in (1_440.01, 9_999, 99_999):
            self.assertIn("day by day", self._try(minutes))
        interaction = self._log(self.clerk, duration_minutes=30)
        for minutes in (-1, 10**6, float("nan"), float("inf")):
            self.assertNotEqual(self._try(minutes), minutes)
        with self._refused(UserError, "day by day"):
            values = {"duration_minutes": 2_000}
            self._rpc(self.clerk, interaction._name, "write", interaction.ids, values)

    def test_minutes_of_the_window(self):
        values = {
            "partner_ids": [[6, 0, self.contact.ids]],
            "subject": "Fair",
            "duration_minutes": 4_320,
        }
        logs = "customer.interaction.log"
        id_ = self._rpc(self.clerk, logs, "create", values)
        with self._refused(UserError, "day by day"):
            self._rpc(self.clerk, logs, "action_save", [id_])

    def test_minutes_of_other_programs(self):
        api_user = self._create_user("robo", "customer_value.customer_value_group_api")
        request = {"request_key": "k1", "kind": "call", "direction": "in", "subject": "Fair"}
        request |= {"partner_id": self.contact.id, "duration_minutes": 1_441}
        api = self.env["customer.api"].with_user(api_user).sudo(False)
        with self._refused(UserError, "duration_minutes"):
            api.log_interactions(company_id=self.company.id, interactions=[request])

    def test_no_setting_is_endless_or_no_number(self):
        tier = self.env["customer.tier"].search([("company_id", "=", self.company.id)], limit=1)
        tried = 0
        for record in (self.company, tier):
            for name, field in record._fields.items():
                is_ours = set(field._modules) == {"customer_value"} and field.store
                if not is_ours or field.type not in ("float", "monetary") or field.readonly:
                    continue
                before = record[name]
                for value in map(float, ("nan", "inf", "-inf")):
                    tried += 1
                    with suppress(Exception), self.env.cr.savepoint():
                        record.write({name: value})
                        self.env.flush_all()
                    self.env.invalidate_all(flush=False)
                    self.assertEqual(record[name], before, f"{name}: {value}")
        self.assertGreater(tried, 60)

    @settings(max_examples=40, deadline=None)
    @given(st.floats(width=32))
    def test_any_number(self, minutes):
        interactions = self.env["customer.interaction"].with_user(self.clerk)
        try:
            with self.env.cr.savepoint():
                made = interactions.create({"subject": "x", "duration_minutes": minutes})
                made.flush_recordset()
                kept = 0 <= made.duration_minutes <= 1_440
        except Exception:
            kept = not 0 <= minutes <= 1_440
        self.assertTrue(kept)
