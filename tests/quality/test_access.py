from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import CustomerValueCommon

OPERATIONS = ("read", "write", "create", "unlink")
EVERYTHING, READ, NOTHING = set(OPERATIONS), {"read"}, set()
WIZARD = {"read", "write", "create"}

# model -> role -> operations its ACL allows
EXPECTED = {
    "customer.api.key": {},  # administrators only
    "customer.profile": {"user": READ, "accountant": READ, "manager": READ},
    "customer.profit.part": {"accountant": READ, "manager": READ},
    "customer.cohort": {"user": READ, "accountant": READ, "manager": READ},
    "customer.profile.snapshot": {"user": READ, "accountant": READ, "manager": READ},
    "customer.tier": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.tier.change": {"user": READ, "accountant": READ, "manager": READ},
    "customer.benefit.grant": {"accountant": READ, "manager": READ},
    "customer.points.lot": {"user": READ, "accountant": READ, "manager": READ},
    "customer.points.entry": {"user": READ, "accountant": READ, "manager": READ},
    "customer.points.rate": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.points.balance": {"accountant": READ, "manager": READ},
    "customer.refresh.queue": {"manager": {"read", "write", "unlink"}},
    "customer.refresh.run": {"manager": READ},
    "customer.refresh.range": {"manager": READ},
    "customer.tier.preview": {"manager": WIZARD},
    "customer.tier.preview.line": {"manager": EVERYTHING},
    "customer.tier.preview.move": {"manager": EVERYTHING},
    "customer.tier.override": {"manager": WIZARD},
    "customer.tier.extend": {"manager": WIZARD},
    "customer.tier.preview.cost": {"manager": EVERYTHING},
    "customer.interaction": {"user": EVERYTHING, "accountant": READ, "manager": EVERYTHING},
    "customer.interaction.reason": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.interaction.response": {"user": READ, "accountant": READ, "manager": READ},
    "customer.interaction.log": {"user": WIZARD, "manager": WIZARD},
    "customer.contact.policy": {"user": READ, "manager": EVERYTHING},
    "customer.phone.number": {"user": READ, "accountant": READ, "manager": READ},
    "customer.call": {"user": READ, "accountant": READ, "manager": READ},
    "customer.mail.left.out": {"user": READ, "manager": {"read", "unlink"}},
    "customer.intake.channel": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.interaction.assign": {"user": WIZARD, "manager": WIZARD},
    "customer.prediction.model": {"user": READ, "accountant": READ, "manager": READ},
    "customer.prediction.decile": {"user": READ, "accountant": READ, "manager": READ},
    "customer.product.affinity": {"user": READ, "accountant": READ, "manager": READ},
    "customer.category.need": {"user": READ, "accountant": READ, "manager": READ},
    "customer.stopped.category": {"user": READ, "accountant": READ, "manager": READ},
    "customer.sales.forecast": {"user": READ, "accountant": READ, "manager": READ},
    "customer.payment.model": {"user": READ, "accountant": READ, "manager": READ},
    "customer.payment.expectation": {"user": READ, "accountant": READ, "manager": READ},
    "customer.cash.forecast": {"user": READ, "accountant": READ, "manager": READ},
    "customer.cash.share": {"user": READ, "accountant": READ, "manager": READ},
    "customer.pipeline.line": {"user": READ, "accountant": READ, "manager": READ},
    "customer.recommendation": {"user": READ, "accountant": READ, "manager": READ},
    "customer.recommendation.reject": {"user": WIZARD, "manager": WIZARD},
    "customer.lead.product": {"user": READ, "manager": READ},
    "customer.complaint": {
        "user": WIZARD,
        "accountant": READ,
        "manager": EVERYTHING,
    },
    "customer.complaint.team": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.complaint.stage": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.complaint.category": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.complaint.tag": {"user": WIZARD, "accountant": READ, "manager": EVERYTHING},
    "customer.complaint.resolution": {
        "user": EVERYTHING,
        "accountant": READ,
        "manager": EVERYTHING,
    },
    "customer.complaint.resolution.line": {
        "user": EVERYTHING,
        "accountant": READ,
        "manager": EVERYTHING,
    },
    "customer.sms.gateway": {},  # administrators only: tests/outreach/test_sms_gateway.py
    "customer.outreach.message": {"user": READ, "manager": READ},
    "customer.lost.reason": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.lost.interview": {"user": WIZARD, "manager": EVERYTHING},
    "customer.lost.report": {"manager": READ},
    "customer.play": {"manager": EVERYTHING},
    "customer.play.step": {"manager": EVERYTHING},
    "customer.play.template": {"manager": EVERYTHING},
    "customer.play.template.step": {"manager": EVERYTHING},
    "customer.play.member": {"manager": READ},
    "customer.play.result": {"manager": READ},
    "customer.play.action": {"user": READ, "manager": READ},
    "customer.play.optout": {"manager": {"read", "unlink"}},
    "customer.play.start": {"manager": WIZARD},
    "customer.account.plan": {"user": WIZARD, "manager": EVERYTHING},
    "customer.account.aim": {"user": EVERYTHING, "manager": EVERYTHING},
    "customer.account.contact": {"user": EVERYTHING, "manager": EVERYTHING},
    "customer.account.review": {"user": READ, "manager": READ},
    "customer.account.reading": {"user": READ, "manager": READ},
    "customer.account.plan.make": {"user": WIZARD, "manager": WIZARD},
    "customer.account.review.make": {"user": WIZARD, "manager": WIZARD},
    "customer.acquisition": {"user": READ, "accountant": READ, "manager": {"read", "write"}},
    "customer.acquisition.account": {"accountant": READ, "manager": EVERYTHING},
    "customer.acquisition.cost": {"accountant": READ, "manager": EVERYTHING},
    "customer.acquisition.report": {"accountant": READ, "manager": READ},
    "customer.prospect.group": {"user": READ, "accountant": READ, "manager": READ},
    "customer.referrer": {"user": READ, "manager": READ},
    "customer.referral": {"user": {"read", "create"}, "manager": WIZARD},
    # Put aside or taken back, never changed.
    "customer.today.skip": {
        "user": {"read", "create", "unlink"},
        "manager": {"read", "create", "unlink"},
    },
    "customer.bulk": {"user": READ, "manager": READ},
    "customer.bulk.line": {"user": READ, "manager": READ},
    "customer.bulk.start": {"user": WIZARD, "manager": WIZARD},
    "customer.settings": {"manager": WIZARD},
    "customer.complaint.merge": {"user": WIZARD, "manager": WIZARD},
    "customer.complaint.solve": {"user": WIZARD, "manager": WIZARD},
    "customer.timeline": {"user": READ, "accountant": READ, "manager": READ},
    "customer.feedback": {"user": READ, "accountant": READ, "manager": READ},
    "customer.feedback.line": {"user": READ, "accountant": READ, "manager": READ},
    "customer.feedback.factor": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.feedback.rule": {"manager": EVERYTHING},
    "customer.feedback.request": {"user": READ, "manager": {"read", "write"}},
    "customer.feedback.attempt": {},
    "customer.feedback.key": {},
    "customer.feedback.ask": {"user": WIZARD, "manager": WIZARD},
    "customer.feedback.record": {"user": WIZARD, "manager": WIZARD},
    "customer.feedback.record.line": {"user": EVERYTHING, "manager": EVERYTHING},
    "customer.feedback.void": {"manager": WIZARD},
    "customer.service.standard": {"user": READ, "accountant": READ, "manager": EVERYTHING},
    "customer.complaint.deadline": {"user": READ, "accountant": READ, "manager": READ},
    "customer.complaint.pause": {"user": READ, "accountant": READ, "manager": READ},
    "customer.complaint.measure": {"user": READ, "accountant": READ, "manager": READ},
    "customer.complaint.rate": {"user": READ, "accountant": READ, "manager": READ},
    "customer.satisfaction.fact": {"user": READ, "accountant": READ, "manager": READ},
    "customer.satisfaction.effect": {"user": READ, "accountant": READ, "manager": READ},
    "customer.answer.report": {"user": READ, "accountant": READ, "manager": READ},
    "customer.gap.report": {"user": READ, "accountant": READ, "manager": READ},
}
# Fields of ours on other models that tell nothing about a customer.
HARMLESS = {
    "display_name",  # everybody may read it: ours only folds what is searched
    "customer_company_currency_id",
    "customer_counted_above",
    "customer_counted_for_id",  # the customer of a document the reader may read
    "customer_moved_from_id",  # a former customer of a document the reader may read
}


def _is_ours(field):
    """Tell whether nobody else has such a field, and it tells something."""
    return set(field._modules) == {"customer_value"} and field.name not in HARMLESS


PROFIT = (
    "gross_profit_total",
    "gross_profit_365",
    "cost_estimated_ratio",
    "cost_to_serve_total",
    "cost_to_serve_365",
    "net_profit_total",
    "net_profit_365",
    "predicted_profit",
    "lifetime_value",
    "value_at_risk",
    "retention_max_offer",
    "retention_gain",
)
REVENUE = (
    "revenue_total",
    "revenue_365",
    "overdue_amount",
    "payment_days_late",
    "open_order_amount",
    "predicted_revenue",
)


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestAccess(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = new_test_user(cls.env, login="pari", groups="base.group_portal")
        cls.employee = new_test_user(cls.env, login="emin", groups="base.group_user")
        cls.service_user = cls._create_user("sima", "customer_value.customer_value_group_user")
        cls._invoice(cls.customer, "2026-05-01", 100)
        cls._run_nightly()
        exporters = cls.env.ref("base.group_allow_export")
        users = cls.salesperson | cls.service_user | cls.own_salesperson
        users.write({"group_ids": [Command.link(exporters.id)]})
        cls.roles = {
            "portal": cls.portal_user,
            "public": cls.env.ref("base.public_user"),
            "employee": cls.employee,
            "stock": cls.stock_user,
            "user": cls.service_user,
            "salesperson": cls.salesperson,
            "accountant": cls.accountant,
            "manager": cls.manager,
        }

    def _our_models(self):
        return [
            name
            for name, model in self.env.items()
            if name.startswith("customer.") and not model._abstract
        ]

    def test_every_model_is_in_the_matrix(self):
        self.assertEqual(sorted(self._our_models()), sorted(EXPECTED))

    def test_role_matrix(self):
        for name, expected in EXPECTED.items():
            for role, user in self.roles.items():
                allowed = expected.get("user" if role == "salesperson" else role, NOTHING)
                model = self.env[name].with_user(user)
                found = {operation for operation in OPERATIONS if model.has_access(operation)}
                self.assertEqual(found, allowed, f"{role} on {name}")

    def test_every_model_with_a_company_has_a_rule(self):
        for name in self._our_models():
            if "company_id" in self.env[name]._fields and not self.env[name]._transient:
                rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
                self.assertTrue(
                    any("company_ids" in rule.domain_force and not rule.groups for rule in rules),
                    name,
                )

    def test_every_field_on_foreign_models_has_groups(self):
        foreign = ("res.partner", "account.move", "account.move.line", "sale.order")
        for name in foreign:
            for field in self.env[name]._fields.values():
                if _is_ours(field):
                    self.assertTrue(field.groups, f"{name}.{field.name} is readable by everybody")

    def test_costs_of_serving_are_nobody_elses_business(self):
        names = [name for name, field in self.env["res.company"]._fields.items() if _is_ours(field)]
        self.assertIn("customer_cost_per_delivery", names)
        for role in ("portal", "employee", "salesperson", "accountant"):
            company = self.company.with_user(self.roles[role])
            for name in names:
                with self.subTest(role=role, field=name), self.assertRaises(AccessError):
                    company.read([name])
        self.company.with_user(self.manager).read(names)

    def test_cost_of_an_invoice_line_cannot_be_written(self):
        line = self.env["account.move.line"].search([("customer_cost", "!=", False)], limit=1)
        for user in (self.accountant, self.manager):
            for vals in ({"customer_cost": 1}, {"customer_cost_source": "cogs"}):
                with self.assertRaisesRegex(AccessError, "fixed when the invoice is posted"):
                    line.with_user(user).write(vals)
        with self.assertRaisesRegex(AccessError, "fixed when the invoice is posted"):
            line.with_user(self.accountant).create({"move_id": line.move_id.id, "customer_cost": 1})

    def test_managers_without_all_sales_open_no_sales(self):
        manager = self._create_user(
            "majid",
            "customer_value.customer_value_group_manager,sales_team.group_sale_salesman",
        )
        profile = self._profile(self.customer).with_user(manager)
        self.assertEqual(profile.revenue_total, 100)
        openable = profile._get_openable_metrics()
        self.assertNotIn("revenue_total", openable)
        self.assertIn("net_profit_total", openable)

    def test_profit_is_for_managers_and_accountants(self):
        profile = self._profile(self.customer)
        for role in ("manager", "accountant"):
            values = profile.with_user(self.roles[role]).read(PROFIT)[0]
            self.assertEqual(values["gross_profit_total"], 40)
        for role in ("user", "salesperson"):
            seen = profile.with_user(self.roles[role])
            self.assertFalse(set(PROFIT) & seen.fields_get().keys())
            for name in PROFIT:
                with self.subTest(role=role, field=name):
                    self._assert_hidden(seen, name)

    def test_revenue_is_for_those_who_may_read_all_sales(self):
        profile = self._profile(self.customer)
        for role in ("salesperson", "manager", "accountant"):
            self.assertEqual(
                profile.with_user(self.roles[role]).read(REVENUE)[0]["revenue_total"], 100
            )
        for user in (self.own_salesperson, self.service_user):
            for name in REVENUE:
                with self.subTest(user=user.login, field=name):
                    self._assert_hidden(profile.with_user(user), name)

    def _assert_hidden(self, profile, name):
        """Neither read, export, search, sort nor group tells the value."""
        profile.env.invalidate_all()  # a request of the user starts with an empty cache
        with self.assertRaises(AccessError):
            profile.read([name])
        with self.assertRaises(AccessError):
            profile.export_data([name])
        with self.assertRaises(AccessError):
            profile.search([(name, ">", 0)])
        with self.assertRaises(AccessError):
            profile.search([], order=name)
        with self.assertRaises(AccessError):
            profile._read_group([], ["segment"], [f"{name}:sum"])
        with self.assertRaises(AccessError):
            profile.env["res.partner"].search([(f"customer_profile_ids.{name}", ">", 0)])

    def test_profit_of_invoice_lines(self):
        line = self.env["account.move.line"].search(
            [("move_id.partner_id", "=", self.customer.id), ("display_type", "=", "product")]
        )
        self.assertEqual(line.with_user(self.accountant).customer_cost, 60)
        for name in ("customer_cost", "customer_profit", "customer_revenue"):
            with self.assertRaises(AccessError):
                line.with_user(self.salesperson).read([name])

    def test_nothing_for_portal_and_employees(self):
        names = [
            field.name for field in self.env["res.partner"]._fields.values() if _is_ours(field)
        ]
        self.assertIn("customer_tier_id", names)
        for user in (self.portal_user, self.employee):
            partner = self.customer.with_user(user)
            for name in names:
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        partner.sudo(False).read([name])
                    with self.assertRaises(AccessError):
                        partner.search([(name, "!=", False)])

    def test_metrics_cannot_be_written(self):
        profile = self._profile(self.customer)
        for user in (self.salesperson, self.accountant, self.manager):
            with self.assertRaises(AccessError):
                profile.with_user(user).write({"revenue_total": 1_000_000})
            with self.assertRaises(AccessError):
                profile.with_user(user).write({"override_tier_id": False})
            with self.assertRaises(AccessError):
                self.customer.with_user(user).write(
                    {"customer_profile_ids": [Command.update(profile.id, {"revenue_total": 1})]}
                )
