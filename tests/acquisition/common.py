from odoo import Command

from ..common import CustomerValueCommon


class AcquisitionCommon(CustomerValueCommon):
    """Sources, campaigns, competitors and leads of one company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sources = cls.env["utm.source"].create([{"name": "Trade fair"}, {"name": "Radio"}])
        cls.fair, cls.radio = sources
        cls.spring = cls.env["utm.campaign"].create({"name": "Spring"})
        cls.rival = cls.env["res.partner"].create({"name": "Rival Ltd", "is_company": True})
        cls.retail, cls.farming = cls.env["res.partner.industry"].create(
            [{"name": "Shops"}, {"name": "Farms"}]
        )
        cls.rows = cls.env["customer.acquisition"]
        cls.leads = cls.env["crm.lead"]

    @classmethod
    def _lead(cls, partner=None, **values):
        return cls.leads.create(
            {
                "name": "Wants desks",
                "type": "opportunity",
                "partner_id": partner.id if partner else False,
                "company_id": cls.company.id,
                "user_id": cls.own_salesperson.id,
                **values,
            }
        )

    @classmethod
    def _refresh(cls, customers, company=None, today=None):
        company = company or cls.company
        cls.env.flush_all()
        profiles = cls.env["customer.profile"].with_company(company)
        profiles._refresh(company, customers.ids, today)
        cls.env.invalidate_all()

    @classmethod
    def _origin(cls, customer, company=None):
        return cls.rows.search(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", (company or cls.company).id),
                ("state", "=", "counts"),
            ]
        )

    @classmethod
    def _merge(cls, source, target):
        wizard = cls.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((source | target).ids)],
                "dst_partner_id": target.id,
            }
        )
        wizard._merge((source | target).ids, target)
        cls.env.invalidate_all()
