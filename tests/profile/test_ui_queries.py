from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestUiQueries(CustomerValueCommon):
    """Ten and a hundred records cost the same number of queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tier = cls.env["customer.tier"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(100)]
        )
        cls.profiles = cls.env["customer.profile"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "tier_id": tier.id,
                    "segment": "loyal",
                    "stage": "active",
                    "revenue_365": 100,
                }
                for partner in cls.partners
            ]
        )

    def _count(self, model, ids, specification, user):
        self.env.flush_all()
        self.env.invalidate_all()
        records = self.env[model].with_user(user)
        before = self.env.cr.sql_log_count
        found = records.web_search_read([("id", "in", ids)], specification)["records"]
        self.assertEqual(len(found), len(ids))
        return self.env.cr.sql_log_count - before

    def _assert_constant(self, records, specification, user):
        self._count(records._name, records.ids, specification, user)  # fill caches of rights
        few = self._count(records._name, records[:10].ids, specification, user)
        many = self._count(records._name, records.ids, specification, user)
        self.assertEqual(few, many)

    def test_contact_list_with_badges(self):
        specification = {
            "display_name": {},
            "application_statistics": {},
            "customer_tier_id": {"fields": {"display_name": {}}},
            "customer_badges": {},
        }
        for user in (self.salesperson, self.accountant):
            self._assert_constant(self.partners, specification, user)

    def test_badges_leave_the_rest_of_a_profile_unread(self):
        partner = self.partners[0].with_user(self.salesperson)
        self.profiles[0].churn_band = "high"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertGreater(len(partner.customer_badges), 3)
        names = ("tier_id", "prediction_horizon_days", "revenue_365", "gap_count")
        profile = partner.customer_profile_id
        read = [profile.id in profile._fields[name]._get_cache(profile.env) for name in names]
        self.assertEqual(read, [True, True, False, False])

    def test_profile_list(self):
        profiles = self.env["customer.profile"].with_user(self.manager)
        shown = profiles.get_views([(False, "list")])["models"]["customer.profile"]["fields"]
        specification = {
            name: {"fields": {"display_name": {}}} if field["type"] == "many2one" else {}
            for name, field in shown.items()
            if name in profiles._fields
        }
        self._assert_constant(self.profiles, specification, self.manager)

    def test_trend_and_change(self):
        self._assert_constant(
            self.profiles, {"revenue_trend": {}, "revenue_change_ratio": {}}, self.manager
        )

    def test_invoice_profiles(self):
        moves = self.env["account.move"]
        for partner in self.partners[:12]:
            moves |= self._create_move(partner, "2026-06-01", 10)
        self._assert_constant(moves, {"customer_profile_id": {}}, self.manager)
