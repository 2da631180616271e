import random

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from ..common import CustomerValueCommon
from ..tools.audit import ROLES

ASSIGNMENTS = 200
OUTSIDE = ("portal", "public", "api", "telephony")
PARTNER = "res.partner"


@tagged("post_install", "-at_install")
class TestCompanyLists(CustomerValueCommon):
    """B09: whatever companies somebody works in, every list adds up to what is in these."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        branches = cls._create_branches(cls.company)
        stranger = cls._create_company("Zagros", cls.env.ref("base.USD"))
        cls.companies = cls.company | branches | stranger
        cls.dice = random.Random(9)
        cls.sold, cls.complaints = {}, {}
        cls.customers = cls.env[PARTNER]
        for number in range(5):
            cls.customers |= cls._create_customer(
                f"Customer {number}", email=f"c{number}@x.example"
            )
        for customer in cls.customers:
            for company in cls.dice.sample(list(cls.companies), cls.dice.randint(1, 3)):
                amount = 2 ** len(cls.sold)
                cls._invoice(customer, "2026-05-01", amount, company=company)
                cls.sold[customer, company] = amount
                for _count in range(cls.dice.randint(0, 2)):
                    cls._complain(customer, company)
        cls._drain()
        cls.users = {
            role: new_test_user(cls.env, f"lists {role}", f"{groups},base.group_allow_export")
            for role, groups in ROLES.items()
            if groups and role not in OUTSIDE
        }
        cls.portals = {}
        for customer in cls.customers:
            login = f"portal {customer.id}"
            cls.portals[customer] = new_test_user(cls.env, login, "base.group_portal").partner_id
            cls.portals[customer].parent_id = customer
        cls.specs = {role: cls._get_form(user) for role, user in cls.users.items()}

    @classmethod
    def _complain(cls, customer, company):
        values = {"subject": "Late", "partner_id": customer.id, "company_id": company.id}
        complaint = cls.env["customer.complaint"].with_company(company).create(values)
        cls.complaints.setdefault((customer, company), []).append(complaint.id)

    @classmethod
    def _get_form(cls, user):
        """Return what the form of a contact asks for, as this user gets it."""
        partners = cls.env(user=user.id, su=False)[PARTNER]
        views = call_kw(partners, "get_views", [[[False, "form"]]], {})["views"]
        form = etree.fromstring(views["form"]["arch"])  # noqa: S320 - our own view
        return {name: {} for name in form.xpath("//field[not(ancestor::field)]/@name")}

    def _sum_up(self, companies):
        """What lists of these companies have to show: rows, and revenue with the branches."""
        rows = {}
        for company in companies:
            for (customer, seller), amount in self.sold.items():
                if company in seller.parent_ids:
                    rows[customer, company] = rows.get((customer, company), 0) + amount
        return rows

    def _ask(self, user, model, method, *args, **kwargs):
        context = {"allowed_company_ids": self.allowed.ids, "lang": "en_US"}
        env = self.env(user=user.id, su=False, context={})
        return call_kw(env[model], method, list(args), {**kwargs, "context": context})

    def test_two_hundred_assignments(self):
        roles = list(self.users)
        compared = leaks = 0
        for number in range(ASSIGNMENTS):
            role = roles[number % len(roles)]
            user = self.users[role]
            mine = self.dice.sample(list(self.companies), self.dice.randint(1, 4))
            user.write(
                {"company_ids": [Command.set([c.id for c in mine])], "company_id": mine[0].id}
            )
            chosen = self.dice.sample(mine, self.dice.randint(1, len(mine)))
            self.allowed = self.env["res.company"].union(*chosen)
            self.env.invalidate_all()
            with self.subTest(role=role, companies=self.allowed.mapped("name")):
                compared += self._compare(user, role)
                leaks += self._peep(user, mine)
                self._compare_portal()
        self.assertEqual(leaks, 0)
        self.assertGreater(compared, ASSIGNMENTS * 4)

    def _compare(self, user, role):
        """Compare what the role sees with the naive sums; return how many figures."""
        partner = self.dice.choice(list(self.customers))
        form = self._ask(user, PARTNER, "web_read", partner.ids, self.specs[role])
        self.assertEqual(form[0]["id"], partner.id)
        profiles = self.env["customer.profile"].with_user(user)
        if not profiles.has_access("read"):
            return 1
        expected = self._sum_up(self.allowed)
        domain = [("partner_id", "in", self.customers.ids)]
        sees_revenue = profiles._has_field_access(profiles._fields["revenue_total"], "read")
        names = ["partner_id", "company_id", *(["revenue_total"] if sees_revenue else [])]
        total = sum(expected.values()) if sees_revenue else None
        self._compare_lists(user, domain, names, expected, total)
        if profiles.env[PARTNER]._has_field_access(
            profiles.env[PARTNER]._fields["customer_profile_id"], "read"
        ):
            found = (
                self.env[PARTNER]
                .with_user(user)
                .with_context(allowed_company_ids=self.allowed.ids)
                .browse(partner.id)
                .customer_profile_id
            )
            self.assertLessEqual(found.sudo().company_id, self.allowed)
        ids = [i for (c, company), i in self.complaints.items() if company in self.allowed]
        count = self._ask(
            user, "customer.complaint", "search_count", [("partner_id", "in", self.customers.ids)]
        )
        self.assertEqual(count, sum(map(len, ids)))
        return 6

    def _compare_lists(self, user, domain, names, expected, total):
        """The same rows and the same sum in list, group, pivot and export."""
        model, sums = "customer.profile", [f"{name}:sum" for name in names[2:]]
        rows = self._ask(user, model, "web_search_read", domain, {n: {} for n in names})
        found = {(row["partner_id"], row["company_id"]) for row in rows["records"]}
        self.assertEqual(found, {(p.id, c.id) for p, c in expected})
        self.assertEqual(rows["length"], len(expected))
        groups = self._ask(user, model, "web_read_group", domain, ["partner_id"], sums)["groups"]
        pivot = self._ask(
            user,
            model,
            "formatted_read_group",
            domain,
            ["company_id", "partner_id"],
            ["__count", *sums],
        )
        ids = [row["id"] for row in rows["records"]]
        exported = self._ask(user, model, "export_data", ids, ["partner_id/.id", *names[2:]])[
            "datas"
        ]
        self.assertEqual(sum(group["__count"] for group in groups), len(expected))
        self.assertEqual(sum(group["__count"] for group in pivot), len(expected))
        self.assertEqual(len(exported), len(expected))
        if total is not None:
            for figures in (
                [row["revenue_total"] for row in rows["records"]],
                [group[sums[0]] for group in groups],
                [group[sums[0]] for group in pivot],
                [float(row[1] or 0) for row in exported],
            ):
                self.assertAlmostEqual(sum(figures), total, 2)

    def _peep(self, user, mine):
        """Return how many rows of companies that are not the user's are told by their ids."""
        rest = self.companies - self.env["res.company"].union(*mine)
        told = 0
        for model in ("customer.profile", "customer.complaint"):
            hidden = self.env[model].search([("company_id", "in", rest.ids)])
            for method, args in (("read", [["company_id"]]), ("export_data", [["display_name"]])):
                try:
                    told += bool(hidden and self._ask(user, model, method, hidden.ids, *args))
                except AccessError:
                    continue
        return told

    def _compare_portal(self):
        """Customers see the complaints of their own company only, whoever works where."""
        customer = self.dice.choice(list(self.customers))
        complaints = self.env["customer.complaint"].sudo()
        found = complaints.search(complaints._get_portal_domain(self.portals[customer]))
        expected = [
            i for (c, _company), ids in self.complaints.items() if c == customer for i in ids
        ]
        self.assertEqual(sorted(found.ids), sorted(expected))
