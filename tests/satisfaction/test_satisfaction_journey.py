"""The whole way of a low answer: delivered, asked, answered, complained, made good, counted.

Plain pytest: a real server, two browsers (the agent's, and the customer's telephone without
JavaScript), in English and from right to left. With CUSTOMER_VALUE_SCREENSHOTS set to a folder,
pictures are left there.
"""

import json
import os
import re
from pathlib import Path

import pytest

from ..tools import browser, real_server

PREPARE = """
import json
env["res.lang"]._activate_lang("en_US")
env["res.lang"]._activate_lang("fa_IR")
env["account.chart.template"].try_loading("generic_coa", company=env.company, install_demo=False)
company = env.company
company.write({"feedback_quiet_days": 0, "customer_cost_per_complaint_hour": 30})
rules = env["customer.feedback.rule"].with_context(active_test=False)
for cause in ("delivery", "complaint"):
    rules.search([("company_id", "=", company.id), ("cause", "=", cause)]).write(
        {"active": True, "active_since": "2026-01-01", "delay_days": 0, "asked_percent": 100}
    )
groups = ("base.group_user", "customer_value.customer_value_group_user",
          "sales_team.group_sale_salesman_all_leads", "stock.group_stock_user",
          "account.group_account_invoice")
product = env["product.product"].create(
    {"name": "Oak desk", "type": "consu", "is_storable": True, "list_price": 500,
     "standard_price": 300}
)
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10)
made = {}
for lang, login, name in (("en_US", "sima", "Azure Interior"), ("fa_IR", "sara", "مبلمان آبی")):
    user = env["res.users"].create({
        "name": login, "login": login, "password": login * 3, "lang": lang, "tz": "Asia/Tehran",
        "email": login + "@example.com", "group_ids": [(6, 0, [env.ref(g).id for g in groups])],
    })
    customer = env["res.partner"].create({
        "name": name, "is_company": True, "lang": lang, "email": login + "@customer.example",
        "user_id": user.id,
    })
    order = env["sale.order"].create({
        "partner_id": customer.id, "user_id": user.id,
        "order_line": [(0, 0, {
            "product_id": product.id, "product_uom_qty": 2, "price_unit": 500,
            "tax_ids": [(5,)],
        })],
    })
    order.action_confirm()
    made[lang] = {"login": login, "customer": customer.id, "picking": order.picking_ids.id,
                  "order": order.id}
env.cr.commit()
print("RESULT=" + json.dumps(made))
"""

# The regular jobs, one after the other; then the newest link in the mails to the customer.
JOBS = """
import json, re
order = env["sale.order"].browse(%(order)d)
if not order.invoice_ids:
    order._create_invoices().action_post()
env["customer.feedback.request"]._cron_ask()
env["customer.refresh.queue"]._cron_refresh()
mails = env["mail.mail"].search([("recipient_ids", "in", [%(customer)d])], order="id desc")
links = [link for mail in mails
         for link in re.findall(r'/customer/feedback/[^"?]+', mail._prepare_outgoing_body() or "")]
feedback = env["customer.feedback"].search([("customer_id", "=", %(customer)d)])
complaint = env["customer.complaint"].search([("customer_id", "=", %(customer)d)])
profile = env["customer.profile"].search([("partner_id", "=", %(customer)d)])
deadline = feedback.activity_ids.date_deadline
print("RESULT=" + json.dumps({
    "link": links[:1], "subjects": mails.mapped("subject"),
    "asked": env["customer.feedback.request"].search(
        [("customer_id", "=", %(customer)d), ("state", "!=", "skipped")], order="id"
    ).mapped("cause"),
    "feedback": feedback.id, "rating": feedback.rating, "comment": feedback.comment,
    "loop": feedback.loop_state, "due": str(feedback.answer_due_date or ""),
    "responsible": feedback.responsible_id.login,
    "activity": [feedback.activity_ids.user_id.login, str(deadline or "")],
    "complaint": complaint.id, "number": complaint.name, "closed": bool(complaint.close_date),
    "picking": complaint.picking_id.id,
    "portal": complaint and complaint.get_portal_url() or "",
    "credits": complaint.credit_note_ids.mapped(lambda m: [m.state, m.amount_untaxed]),
    "returns": complaint.return_ids.mapped("state"),
    "cost": [complaint.cost_credit, complaint.cost_goods, complaint.cost_hours],
    "satisfaction": profile.satisfaction, "revenue": profile.revenue_total,
    "serve": profile.cost_to_serve_total,
    "timeline": sorted(env["customer.timeline"].search(
        [("customer_id", "=", %(customer)d)]).mapped("kind")),
}))
env.cr.commit()
"""
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
WORDS = {
    "en_US": {"comment": "Two scratches", "thanks": "Thank you", "direction": "ltr"},
    "fa_IR": {"comment": "دو خراش دارد", "thanks": "سپاس|ممنون|متشکر", "direction": "rtl"},
}


def _read(printed):
    [line] = [line for line in printed.splitlines() if line.startswith("RESULT=")]
    return json.loads(line.removeprefix("RESULT="))


def _shoot(page, name):
    if folder := os.environ.get("CUSTOMER_VALUE_SCREENSHOTS"):
        page.screenshot(Path(folder, f"journey_{name}.png"))


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_from_delivery_to_score(tmp_path):
    if not browser.find_program():
        assert not os.environ.get("CI"), "a CI run may not go without a browser"
        pytest.skip("no browser")
    with real_server.installed_database("journey") as (server, name):
        made = _read(real_server.shell(server, name, PREPARE))
        with real_server.serving(server, name, tmp_path / "odoo.log", "--workers=0") as url:
            for lang, who in made.items():
                Journey(server, name, url, lang, who).run()


class Journey:
    """One customer and one agent in one language."""

    def __init__(self, server, name, url, lang, who):
        self.server, self.name, self.url, self.who = server, name, url, who
        self.lang, self.words = lang, WORDS[lang]

    def run(self):
        with browser.opened(height=1000) as page:
            page.log_in(self.url, self.who["login"], self.who["login"] * 3)
            assert (
                page.evaluate("getComputedStyle(document.body).direction")
                == (self.words["direction"])
            )
            self.deliver(page)
            self.answer(self.work()["link"][0])
            self.complain(page, self.check_answered())
            self.give_back(page)
            self.close_as_customer(self.check_given())
            self.check_counted()
            self.look(page)
            assert not page.errors, page.errors

    def work(self):
        return _read(real_server.shell(self.server, self.name, JOBS % self.who))

    # === THE AGENT'S COMPUTER ===

    def deliver(self, page):
        page.go(f"{self.url}/odoo/stock.picking/{self.who['picking']}")
        self._press(page, "button_validate")
        page.wait("!!document.querySelector('.o_arrow_button_current[data-value=done]')")

    def complain(self, page, feedback):
        page.go(f"{self.url}/odoo/customer.feedback/{feedback}")
        page.wait("!!document.querySelector('.o-mail-Activity')")
        _shoot(page, f"answer_{self.lang}")
        self._press(page, "action_create_complaint")
        subject = ".o_field_widget[name=subject] :is(input, textarea)"
        page.wait(f"document.querySelector('{subject}')?.value === '{self.words['comment']}'")
        page.click(".o_form_button_save")
        page.wait("document.querySelector('[name=name]')?.innerText.includes('COMP/')")
        self.complaint = page.evaluate("location.pathname.match(/\\d+$/)[0]")

    def give_back(self, page):
        """The goods come back, and the money goes back: two documents made from the complaint."""
        address = f"{self.url}/odoo/customer.complaint/{self.complaint}"
        for button, confirm, done in (
            ("action_return", "button_validate", "done"),
            ("action_credit", "action_post", "posted"),
        ):
            page.go(address)
            self._press(page, button)
            page.wait("!!document.querySelector('.modal .o_data_row')")
            _shoot(page, f"{button}_{self.lang}")
            page.click(".modal button[name=action_confirm]")
            page.wait("!document.querySelector('.modal')")
            self._press(page, confirm)
            page.wait(f"!!document.querySelector('.o_arrow_button_current[data-value={done}]')")
        page.go(address)
        self._press(page, "action_mark_answered")

    def look(self, page):
        page.go(f"{self.url}/odoo/customer.complaint/{self.complaint}")
        page.wait("!!document.querySelector('.ribbon')")
        _shoot(page, f"complaint_{self.lang}")
        page.go(f"{self.url}/odoo/res.partner/{self.who['customer']}")
        page.click(".o_notebook [name=customer_value]")
        page.wait("!!document.querySelector('[data-section=satisfaction]')")
        _shoot(page, f"card_{self.lang}")
        page.click(".o_notebook [name=customer_timeline]")
        page.wait(f"document.body.innerText.includes('{self.words['comment']}')")
        _shoot(page, f"timeline_{self.lang}")

    @staticmethod
    def _press(page, name):
        button = f".o_form_view button[name={name}]:not(:disabled)"
        page.wait(f"!!document.querySelector('{button}')")
        page.click(button)

    # === THE CUSTOMER'S TELEPHONE ===

    def answer(self, link):
        with browser.opened(390, 844) as page:
            page.call("Emulation.setScriptExecutionDisabled", value=True)
            page.call("Emulation.setDeviceMetricsOverride", **PHONE)
            page.go(f"{self.url}{link}?level=1")
            assert page.evaluate("document.documentElement.dir") == self.words["direction"]
            assert page.evaluate("document.querySelector('input:checked').value") == "1"
            page.evaluate("document.querySelector('textarea').focus()")
            page.call("Input.insertText", text=self.words["comment"])
            _shoot(page, f"question_{self.lang}")
            page.evaluate("document.querySelector('button.send').click()")
            page.wait("!document.forms.length && !!document.querySelector('h1')")
            assert re.search(self.words["thanks"], page.text())

    def close_as_customer(self, portal):
        with browser.opened(390, 844) as page:
            page.call("Emulation.setDeviceMetricsOverride", **PHONE)
            page.call("Network.enable")
            page.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": self.lang[:2]})
            page.go(f"{self.url}{portal}")
            assert (
                page.evaluate("getComputedStyle(document.body).direction")
                == (self.words["direction"])
            )
            _shoot(page, f"portal_{self.lang}")
            page.evaluate("document.querySelector('form[action$=\"/close\"] button').click()")
            page.wait("!!document.querySelector('.o_complaint_resolution')")

    # === WHAT IS THERE NOW ===

    def check_answered(self):
        found = self.work()
        assert (found["rating"], found["comment"]) == (1, self.words["comment"])
        assert (found["loop"], found["responsible"]) == ("open", self.who["login"])
        assert found["activity"][0] == self.who["login"]
        assert found["due"] and found["activity"][1]
        assert found["satisfaction"] is not False
        self.before = found
        return found["feedback"]

    def check_given(self):
        found = self.work()
        assert str(found["complaint"]) == self.complaint
        assert found["picking"] == self.who["picking"]
        assert found["credits"] == [["posted", 1000]]
        assert found["returns"] == ["done"]
        assert found["loop"] == "closed"
        return found["portal"]

    def check_counted(self):
        real_server.shell(
            self.server,
            self.name,
            f"env['customer.complaint'].browse({self.complaint}).hours = 2\nenv.cr.commit()",
        )
        found = self.work()
        assert found["closed"]
        assert found["asked"] == ["delivery", "complaint"], "closing asks whether it was good"
        assert found["cost"] == [1000, -600, 60]
        assert found["revenue"] == 0
        assert found["serve"] == self.before["serve"] + 60
        assert found["satisfaction"] < 50
        for kind in ("feedback", "complaint", "credit_note", "delivery", "return"):
            assert kind in found["timeline"], found["timeline"]
