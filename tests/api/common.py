from odoo.tests import new_test_user

from ..common import CustomerValueCommon


class ApiCommon(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.us")
        cls.customer.write(
            {"phone": "+1 201-555-0123", "email": "Info@Azure.example", "ref": "C-1"}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Brandon", "parent_id": cls.customer.id, "phone": "(201) 555-0199"}
        )
        cls.program = new_test_user(
            cls.env,
            login="program",
            groups="customer_value.customer_value_group_api",
            company_id=cls.company.id,
        )
        cls.api = cls.env["customer.api"].with_user(cls.program)

    def _log(self, *interactions, api=None, company=None, **values):
        given = interactions or [self._interaction(**values)]
        return (self.api if api is None else api).log_interactions(
            company_id=(company or self.company).id, interactions=list(given)
        )

    def _interaction(self, key="k1", **values):
        base = {"request_key": key, "kind": "call", "subject": "Asked for a price"}
        return {**base, "partner_id": self.contact.id, **values}

    def _count(self):
        return self.env["customer.interaction"].search_count([])
