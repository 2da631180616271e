"""Every mail of ours fits a small telephone and is read from the right side, in both languages."""

import base64
import unittest

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon

try:
    from ..tools import browser
except ImportError:  # what it speaks to Chromium with is a package of tests
    browser = None

WIDTHS = (320, 390)
DIRECTIONS = {"en_US": "ltr", "fa_IR": "rtl"}
LOOK = """({
    width: document.documentElement.scrollWidth,
    outside: [...document.body.querySelectorAll("*")].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width && (box.left < -1 || box.right > innerWidth + 1);
    }).map(one => one.outerHTML.slice(0, 200)),
    directions: [...document.querySelectorAll("body p, body li")].map(
        one => getComputedStyle(one).direction),
})"""
HEAD = '<meta name="viewport" content="width=device-width, initial-scale=1">'


@tagged("post_install", "-at_install")
@unittest.skipUnless(browser and browser.find_program(), "needs Chromium")
@freeze_time("2026-06-15 10:00:00")
class TestMails(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in DIRECTIONS:
            cls.env["res.lang"]._activate_lang(lang)
        cls.customer.write({"email": "azure@example.com", "user_id": cls.own_salesperson.id})

    def test_all_mails(self):
        templates = self._find_templates()
        self.assertGreaterEqual(len(templates), 10)
        makers = {
            "customer.feedback.request": self._make_request,
            "customer.complaint": self._make_complaint,
            "customer.tier.change": self._make_tier_change,
            "customer.points.lot": self._make_lot,
            "customer.play.action": self._make_action,
        }
        records = {template: makers[template.model](template) for template in templates}
        with browser.opened() as page:
            for lang in DIRECTIONS:
                self.customer.lang = lang
                for template, some in records.items():
                    for record in some:
                        bodies = template._render_field("body_html", record.ids, compute_lang=True)
                        self._check(page, lang, template.name, bodies[record.id])
                action = self._make_action(self._make_bare_template())
                mail = self.env["mail.mail"].browse(action._do_email()["mail_id"])
                self.assertIn(action._get_optout_link(), mail.body_html)
                self._check(page, lang, "way out of a mail of somebody's own", mail.body_html)
                self._check(page, lang, "referral", self._make_referral_mail(lang))

    def _check(self, page, lang, name, body):
        head = f"<!DOCTYPE html><html>{HEAD}<body>{body}</body></html>"
        source = base64.b64encode(head.encode()).decode()
        for width in WIDTHS:
            with self.subTest(lang=lang, name=name, width=width):
                page.call(
                    "Emulation.setDeviceMetricsOverride",
                    **{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True},
                )
                page.go(f"data:text/html;charset=utf-8;base64,{source}")
                seen = page.evaluate(LOOK)
                self.assertFalse(seen["outside"])
                self.assertLessEqual(seen["width"], width)
                self.assertEqual(set(seen["directions"]), {DIRECTIONS[lang]})

    # === WHAT THEY ARE ABOUT === #

    def _find_templates(self):
        rows = self.env["ir.model.data"].search(
            [("module", "=", "customer_value"), ("model", "=", "mail.template")]
        )
        return self.env["mail.template"].browse(rows.mapped("res_id")).sorted("name")

    def _make_request(self, template):
        kinds = {
            "customer_value.mail_template_feedback_nps": ["nps"],
            "customer_value.mail_template_feedback_rating": ["rating"],
            "customer_value.mail_template_feedback_gap": ["gap"],
            "customer_value.mail_template_feedback_reminder": ["nps", "rating", "gap"],
        }
        return self.env["customer.feedback.request"].create(
            [
                {
                    "cause": "manual",
                    "kind": kind,
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                }
                for kind in kinds[template.get_external_id()[template.id]]
            ]
        )

    def _make_complaint(self, template):
        return self.env["customer.complaint"].create(
            {
                "subject": "The desk has a scratch from one side to the other",
                "partner_id": self.customer.id,
                "resolution": "A new desk was sent with the next delivery.",
            }
        )

    def _make_tier_change(self, template):
        tier = self.env["customer.tier"].search([("company_id", "=", self.company.id)], limit=1)
        has_left = template == self.env.ref("customer_value.mail_template_tier_left")
        tier.benefit_text = "Delivery within a day wherever you are, and free of charge"
        return self.env["customer.tier.change"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "date": "2026-06-15",
                "old_tier_id": tier.id if has_left else False,
                "new_tier_id": False if has_left else tier.id,
                "reason": "downgrade" if has_left else "upgrade",
            }
        )

    def _make_lot(self, template):
        program = self.env["loyalty.program"].create(
            {
                "name": "Stay with us",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "company_id": self.company.id,
                "rule_ids": [],
                "reward_ids": [Command.create({"reward_type": "discount", "required_points": 100})],
                "customer_points": True,
                "customer_points_from": "2020-01-01",
                "customer_points_rate": 1.0,
                "customer_points_months": 1,
                "customer_points_remind_days": 40,
            }
        )
        self._pay(self._invoice(self.customer, "2026-06-10", 100), "2026-06-12")
        self._drain()
        lot = self.env["customer.points.lot"].search([("card_id.program_id", "=", program.id)])
        self.assertTrue(lot._get_expiring())
        return lot

    def _make_action(self, template):
        step = {"name": "Mail", "kind": "email", "day": 0, "mail_template_id": template.id}
        play = self.env["customer.play"].create(
            {
                "name": "Save them",
                "domain": str([("partner_id", "=", self.customer.id)]),
                "step_ids": [Command.create(step)],
            }
        )
        values = {
            "play_id": play.id,
            "company_id": self.company.id,
            "partner_id": self.customer.id,
        }
        self.env["customer.play.member"].search([]).state = "finished"
        self.env.flush_all()
        member = self.env["customer.play.member"].create({**values, "group": "play"})
        return self.env["customer.play.action"].create(
            {
                **values,
                "member_id": member.id,
                "step_id": play.step_ids.id,
                "contact_id": self.customer.id,
                "address": self.customer.email,
                "kind": "email",
                "due_date": "2026-06-15",
                "user_id": self.own_salesperson.id,
            }
        )

    def _make_bare_template(self):
        """Return a mail somebody wrote for plays, without a way out."""
        return self.env["mail.template"].create(
            {
                "name": "Ours",
                "model_id": self.env["ir.model"]._get("customer.play.action").id,
                "subject": "Hello",
                "lang": "{{ object._get_contact_lang() }}",
                "body_html": '<div t-att-dir="object._get_direction()"><p>Hello</p></div>',
            }
        )

    def _make_referral_mail(self, lang):
        values = {
            "company": self.company,
            "direction": DIRECTIONS[lang],
            "link": "https://example.com",
        }
        views = self.env(context={"lang": lang})["ir.qweb"]
        return views._render("customer_value.referral_confirm_mail", values, minimal_qcontext=True)
