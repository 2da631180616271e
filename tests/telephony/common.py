from ..common import CustomerValueCommon

NUMBER = "+12025550171"
INCOMING = {"direction": "in", "from": NUMBER, "to": "+12025550100"}


class TelephonyCommon(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.us")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Brandon", "parent_id": cls.customer.id, "phone": "(202) 555-0171"}
        )
        cls.salesperson.customer_phone_extension = "101"

    @staticmethod
    def _at(second):
        return f"2026-06-15 10:{second // 60:02}:{second % 60:02}.000000"

    @classmethod
    def _tell(cls, kind, second=0, call_id="c1", **values):
        """Register an event as the intake does."""
        event = {"kind": kind, "call_id": call_id, "at": cls._at(second)}
        call, _is_new = cls.env["customer.call"]._register_event(cls.company, event | values)
        return call
