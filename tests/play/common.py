from odoo import Command, fields
from odoo.tests import freeze_time

from ..common import CustomerValueCommon

START = "2026-06-01 09:00:00"


class PlayCommon(CustomerValueCommon):
    """Customers of one salesperson, plays on them, and a clock that moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.plays = cls.env["customer.play"]
        cls.actions = cls.env["customer.play.action"]
        cls.members = cls.env["customer.play.member"]
        cls.mail_template = cls.env.ref("customer_value.mail_template_play")
        cls.company.write(
            {"customer_retention_contact_cost": 5, "customer_retention_offer_cost": 20}
        )

    @classmethod
    def _add_customers(cls, count, **values):
        """Create customers with a purchase each, and their profiles."""
        customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Buyer {number}",
                    "is_company": True,
                    "email": f"buyer{number}@example.com",
                    "phone": f"+1 555 01{number:04d}",
                    "user_id": cls.own_salesperson.id,
                    "lang": "en_US",
                    **values,
                }
                for number in range(count)
            ]
        )
        for customer in customers:
            cls._invoice(customer, "2026-03-01", 100)
        cls._refresh(customers)
        return customers

    @classmethod
    def _refresh(cls, customers, company=None):
        company = company or cls.company
        profiles = cls.env["customer.profile"].with_company(company)
        cls.env.flush_all()
        profiles._refresh(company, customers.ids)
        cls.env.invalidate_all()

    @classmethod
    def _make_play(cls, customers, *steps, **values):
        """Create a draft of a play as the manager; a step is (kind, day) with optional values."""
        made = [
            Command.create({"name": f"{kind} {day}", "kind": kind, "day": day, **dict(*more)})
            for kind, day, *more in steps or [("activity", 0)]
        ]
        for command in made:
            if command[2]["kind"] == "email":
                command[2].setdefault("mail_template_id", cls.mail_template.id)
        return (
            cls.plays.with_user(cls.manager)
            .create(
                {
                    "name": "Save them",
                    "reason": "They have been silent",
                    "domain": str([("partner_id", "in", customers.ids)]),
                    "control_percent": 25,
                    "step_ids": made,
                    **values,
                }
            )
            .sudo()
        )

    @classmethod
    def _start(cls, play):
        play.with_user(cls.manager).action_start()
        cls._work()
        return play

    @classmethod
    def _work(cls):
        """Do what the job does, without its commits."""
        steps = (
            *(cls.plays._enroll_batch, cls.actions._act_batch),
            *(cls.plays._end_batch, cls.plays._measure_batch),
        )
        for step in steps:
            while step():
                pass
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _later(cls, **delta):
        return freeze_time(fields.Datetime.add(fields.Datetime.now(), **delta))

    @classmethod
    def _get_group(cls, play, group):
        return play.member_ids.filtered(lambda member: member.group == group)
