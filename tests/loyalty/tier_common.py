from datetime import date

from odoo import Command

from .benefit_common import BenefitCommon

NOW = "2026-06-15 09:00:00"
TODAY = date(2026, 6, 15)


class TierCommon(BenefitCommon):
    """Customers whose tier a manager sets, as people do; a coupon program for gifts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["loyalty.program"].search([]).active = False
        cls.coupons = cls._program("Welcome", 30)
        (cls.customer | cls.other_customer).lang = "en_US"
        cls.customer.email = "azure@example.com"
        cls.other_customer.email = "deco@example.com"
        for customer in (cls.customer, cls.other_customer):
            cls._invoice(customer, "2026-05-01", 100)
        cls._refresh_both()

    @classmethod
    def _refresh_both(cls, company=None):
        company = company or cls.company
        cls.env.flush_all()
        profiles = cls.env["customer.profile"].with_company(company)
        profiles._refresh(company, (cls.customer | cls.other_customer).ids)
        cls.env.invalidate_all()

    @classmethod
    def _program(cls, name, discount, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": name,
                "program_type": "coupons",
                "trigger": "with_code",
                "applies_on": "current",
                "rule_ids": [Command.create({})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_order",
                            "discount": discount,
                            "required_points": 1,
                        }
                    )
                ],
                **values,
            }
        )

    def _set_tier(self, tier, customer=None, until="2026-12-31", company=None):
        profile = self._profile(customer or self.customer, company or tier.company_id)
        wizard = self.env["customer.tier.override"].with_user(self.manager)
        wizard.create(
            {"profile_id": profile.id, "tier_id": tier.id, "until_date": until, "reason": "Fair"}
        ).action_apply()
        self.env.invalidate_all()

    def _cards(self, customer=None, program=None):
        domain = [("partner_id", "=", (customer or self.customer).id)]
        domain.append(("program_id", "=", (program or self.coupons).id))
        return self.env["loyalty.card"].with_context(active_test=False).search(domain)
