from datetime import date

from ..common import CustomerValueCommon


class BenefitCommon(CustomerValueCommon):
    """Silver and Gold give a pricelist, payment terms and a credit limit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiers = cls.env["customer.tier"].search([("company_id", "=", cls.company.id)])
        cls.bronze, cls.silver, cls.gold, cls.platinum = cls.tiers
        cls.pricelists = cls.env["product.pricelist"].create(
            [
                {"name": f"List {number}", "sequence": 100 + number, "company_id": False}
                for number in range(4)
            ]
        )
        cls.terms = cls.env["account.payment.term"].create(
            [{"name": f"Term {number}"} for number in range(4)]
        )
        cls._give(cls.silver, 0, 1000)
        cls._give(cls.gold, 1, 5000)
        cls.profiles = cls.env["customer.profile"]

    @classmethod
    def _give(cls, tier, number, limit):
        tier.write(
            {
                "benefit_pricelist_id": cls.pricelists[number].id,
                "benefit_payment_term_id": cls.terms[number].id,
                "benefit_credit_limit": limit,
            }
        )

    def _hold(self, tier, *partners, company=None):
        """Let customers hold a tier, as the refresh and the wizards tell it."""
        held = {partner.id: tier.id for partner in partners or [self.customer]}
        self.env["customer.tier"]._follow_tiers(
            company or self.company, held, list(held), date(2026, 6, 1)
        )
        self.env.flush_all()

    def _values(self, partner=None, company=None):
        partner = (partner or self.customer).with_company(company or self.company)
        return (
            partner.specific_property_product_pricelist,
            partner.property_payment_term_id,
            partner.credit_limit,
        )

    def _grants(self, partner=None, state=None):
        domain = [("partner_id", "=", (partner or self.customer).id)]
        if state:
            domain.append(("state", "=", state))
        return self.env["customer.benefit.grant"].search(domain)
