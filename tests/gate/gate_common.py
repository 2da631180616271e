import json

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from ..complaint.common import ComplaintCommon

LINKS = ("many2one", "one2many", "many2many", "reference", "many2one_reference")
THREADS = ("message_", "activity_", "website_", "rating_")
SECRET = "Zirnikh"  # in the name of everything nobody of the company may know


class GateCommon(ComplaintCommon):
    """Calls as they come over RPC, and a second company nobody of the first may look into."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._create_user("adel", "account.group_account_readonly")
        cls.portal = new_test_user(cls.env, login="pari", groups="base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer
        cls.order, cls.invoice = cls._sell(2, 3)
        cls.picking = cls.order.picking_ids
        cls.complaint = cls._complain(invoice_line_id=cls.invoice.invoice_line_ids[0].id)
        cls._create_secrets()
        cls.env.flush_all()

    @classmethod
    def _create_secrets(cls):
        """Create in another company, for another customer, one of all that can be named."""
        company = cls._create_company(f"{SECRET} Ltd", cls.env.ref("base.EUR"))
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        cls.other_company = company
        partner = env["res.partner"].create({"name": SECRET, "company_id": company.id})
        product = env["product.product"].create(
            {
                "name": SECRET,
                "company_id": company.id,
                "type": "consu",
                "is_storable": True,
                "tracking": "lot",
            }
        )
        move = cls._create_move(
            partner, "2026-01-10", 777, company=company, product=product, ref=SECRET
        )
        move.action_post()
        move.name = f"{SECRET}/1"
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "name": SECRET,
                "company_id": company.id,
                "order_line": [Command.create({"product_id": product.id, "name": SECRET})],
            }
        )
        order.action_confirm()
        order.picking_ids.name = SECRET
        complaint = env["customer.complaint"].create(
            {"subject": SECRET, "partner_id": partner.id, "company_id": company.id}
        )
        tier = env["customer.tier"].create({"name": SECRET, "company_id": company.id})
        cls._drain()
        profile = cls._profile(partner, company)
        profile.write({"tier_id": tier.id, "earned_tier_id": tier.id})
        feedback = env["customer.feedback"]._register_answer(
            company, partner, "rating", {"rating": 1, "comment": SECRET}
        )
        cls.secrets = {
            record._name: record
            for record in (
                *(company, partner, product, move, move.invoice_line_ids, order),
                *(order.order_line, order.picking_ids, order.picking_ids.move_ids, complaint),
                *(tier, profile, feedback, complaint.team_id),
                env["stock.lot"].create({"name": SECRET, "product_id": product.id}),
                env["crm.lead"].create({"name": SECRET, "company_id": company.id}),
                env["crm.team"].create({"name": SECRET, "company_id": company.id}),
                env["loyalty.program"].create({"name": SECRET, "company_id": company.id}),
                env["customer.interaction"].create(
                    {"subject": SECRET, "partner_id": partner.id, "company_id": company.id}
                ),
                env["customer.interaction.reason"].create(
                    {"name": SECRET, "company_id": company.id}
                ),
                env["customer.complaint.resolution"].create(
                    {"complaint_id": complaint.id, "kind": "credit", "reason": SECRET}
                ),
                env["ir.attachment"].create(
                    {"name": SECRET, "res_model": "res.partner", "res_id": partner.id}
                ),
                new_test_user(
                    cls.env,
                    login=SECRET,
                    name=SECRET,
                    company_id=company.id,
                    company_ids=[Command.set(company.ids)],
                    groups="base.group_portal",
                ),
            )
        }

    def _rpc(self, user, model, method, *args, context=None):
        """Call a method as over RPC: JSON in, JSON out, an empty cache, the user's rights."""
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=user.id, su=False, context={})
        given = json.loads(json.dumps(list(args), default=str))
        answer = call_kw(env[model], method, given, {"context": context or {}})
        return json.loads(json.dumps(answer, default=str))

    def _try_rpc(self, *args, **kwargs):
        """Return the answer, or the text of the refusal; what was done is undone."""
        try:
            with self.env.cr.savepoint() as savepoint:
                answer = self._rpc(*args, **kwargs)
                self.env.flush_all()
                savepoint.rollback()
        except UserError as error:
            answer = str(error)
        except (ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
            answer = str(error)
        except psycopg2.Error as error:
            answer = type(error).__name__
        self.env.invalidate_all()
        return answer

    @staticmethod
    def _get_specification(model):
        """Return what a client would ask for to learn as much as possible of all links."""
        named = {"fields": {"display_name": {}}}
        return {
            name: named if field.type in LINKS else {}
            for name, field in model._fields.items()
            if not name.startswith(THREADS) and name != "id"
        }
