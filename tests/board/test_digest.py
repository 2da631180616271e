from odoo.tests import freeze_time, new_test_user, tagged

from .board_common import BoardCommon
from .common import NOW, TODAY


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestDigest(BoardCommon):
    """What Odoo's digest mail says of customers, and to whom."""

    def _kpis(self, user):
        digest = self.env.ref("customer_value.digest_customer_value_weekly").sudo()
        digest.user_ids = user
        rows = digest.with_context(lang="en_US")._compute_kpis(self.company, user)
        return {row["kpi_name"]: row["kpi_col3"].get("value") for row in rows}

    def test_numbers_of_the_last_month(self):
        kpis = self._kpis(self.manager)
        self.assertEqual(
            set(kpis),
            {
                "kpi_customer_won", "kpi_customer_upgrade", "kpi_customer_complaint",
                "kpi_customer_low_answer", "kpi_customer_nps",
            },
        )  # fmt: skip
        won = self.env["customer.profile"].search_count(
            [("first_occasion_date", ">=", "2026-05-15"), ("first_occasion_date", "<", TODAY)]
        )
        self.assertEqual(kpis["kpi_customer_won"], won)
        self.assertEqual(kpis["kpi_customer_complaint"], 1)
        self.assertEqual(kpis["kpi_customer_nps"], 33)

    def test_others_get_none_of_them(self):
        clerk = new_test_user(self.env, login="clerk", groups="base.group_user")
        self.assertFalse(self._kpis(clerk))
