import contextlib

from odoo import Command
from odoo.tests import new_test_user

from ..common import CustomerValueCommon


class ComplaintCommon(CustomerValueCommon):
    """A customer with an order delivered and invoiced, and the people who deal with complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._create_user(
            "sima",
            "customer_value.customer_value_group_user,sales_team.group_sale_salesman,"
            "stock.group_stock_user",
        )
        cls.clerk = cls._create_user("kian", "customer_value.customer_value_group_user")
        cls.employee = new_test_user(cls.env, login="emin", groups="base.group_user")
        cls.customer.write({"email": "info@azure.example", "user_id": cls.service.id})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.customer.id, "email": "ana@azure.example"}
        )
        teams = cls.env["customer.complaint.team"]
        teams.search([("company_id", "=", cls.company.id)]).active = False
        cls.team = teams.create(
            {
                "name": "Service",
                "company_id": cls.company.id,
                "user_id": cls.manager.id,
                "member_ids": [Command.set(cls.service.ids)],
                "sequence": 1,
            }
        )
        stages = "customer_value.customer_complaint_stage_"
        for name in ("new", "progress", "waiting", "solved"):
            setattr(cls, f"stage_{name}", cls.env.ref(stages + name))

    @contextlib.contextmanager
    def _refused(self, exception, text):
        """Expect an error; what was done before it is undone, as a request would."""
        with self.assertRaisesRegex(exception, text), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    @classmethod
    def _complain(cls, user=None, **values):
        """Write down a complaint as somebody of the service."""
        complaints = cls.env["customer.complaint"].with_user(user or cls.service)
        return complaints.create(
            {"subject": "Desk scratched", "partner_id": cls.contact.id, **values}
        )

    @classmethod
    def _sell(cls, *quantities, price=100.0):
        """Sell, deliver and invoice desks, one line per quantity; return order and invoice."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price + number,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for number, quantity in enumerate(quantities)
                ],
            }
        )
        order.action_confirm()
        cls._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        return order, invoice

    @classmethod
    def _close(cls, complaint, text="A new desk was sent."):
        complaint.write({"resolution": text, "stage_id": cls.stage_solved.id})

    @classmethod
    def _open_mail_gateway(cls):
        """Give the team an address, and turn on tracking and notifications; return the domain."""
        cls.env = cls.env(context={"lang": "en_US"})
        domains = cls.env["mail.alias.domain"]
        domain = domains.search([], limit=1) or domains.create({"name": "firm.example"})
        cls.company.alias_domain_id = domain
        cls.team.with_env(cls.env).write({"alias_name": "complaints", "alias_domain_id": domain.id})
        return domain

    @classmethod
    def _ask_for(cls, complaint, kind, **values):
        """Open the dialog of a resolution as the form does; return the record."""
        resolutions = complaint.env["customer.complaint.resolution"]
        return resolutions.create({"complaint_id": complaint.id, "kind": kind, **values})
