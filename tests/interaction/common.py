from ..common import CustomerValueCommon

# 2026-06-15 is a Monday; the calendar works 8-12 and 13-17 in UTC.
MONDAY = "2026-06-15 09:00:00"


class InteractionCommon(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.service_user = cls._create_user("sima", "customer_value.customer_value_group_user")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.customer.id, "email": "ana@azure.example"}
        )

    @classmethod
    def _log(cls, partner=None, user=None, **values):
        interactions = cls.env["customer.interaction"]
        if user:
            interactions = interactions.with_user(user)
        return interactions.create(
            {"partner_id": (cls.customer if partner is None else partner).id, **values}
        )

    @classmethod
    def _ask(cls, partner=None, date="2026-06-15 09:00:00", **values):
        return cls._log(partner, direction="in", needs_answer=True, date=date, **values)
