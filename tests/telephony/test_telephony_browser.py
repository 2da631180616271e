"""The pop-up on the screen: the telephone system posts, the agent's browser shows, and acts.

Plain pytest: a real server with its bus, real HTTP, a real browser. With
CUSTOMER_VALUE_SCREENSHOTS set to a folder, pictures are left there.
"""

import os
import re
from pathlib import Path

import pytest

from ..tools import browser, real_server

PREPARE = """
from datetime import datetime, timedelta
env.company.country_id = env.ref("base.us")
env["res.lang"]._activate_lang("en_US")
groups = ["sales_team.group_sale_salesman_all_leads", "base.group_partner_manager"]
agents = env["res.users"].create([
    {
        "name": name, "login": login, "password": login * 3, "lang": lang,
        "tz": "Asia/Tehran", "customer_phone_extension": extension,
        "group_ids": [(6, 0, [env.ref("base.group_user").id] + [env.ref(g).id for g in groups])],
    }
    for name, login, lang, extension in (
        ("Sam", "sam", "en_US", "101"), ("سمیرا", "samira", "fa_IR", "102"),
    )
])
product = env["product.product"].create({"name": "Desk", "type": "service"})
pbx = env["res.users"].create({
    "name": "Telephone system", "login": "pbx",
    "group_ids": [(6, 0, [env.ref("customer_value.customer_value_group_telephony").id])],
})
for company, person, number, words in (
    ("Azure Interior", "Brandon Freeman", "+12025550171",
     ["Asked about the oak desks", "Delivery came late", "Wants a visit in March"]),
    ("شرکت آبی‌نما", "مریم احمدی", "+982188776655",
     ["درخواست پیش‌فاکتور میز", "پیگیری تحویل سفارش", "تشکر از نصب"]),
):
    customer = env["res.partner"].create(
        {"name": company, "is_company": True, "customer_rank": 1}
    )
    contact = env["res.partner"].create(
        {"name": person, "parent_id": customer.id, "phone": number}
    )
    env["customer.interaction"].create([
        {"subject": words[0], "partner_id": contact.id, "direction": "in", "date": "2026-06-01"},
        {"subject": words[1], "partner_id": contact.id, "kind": "email", "date": "2026-05-20"},
        {"subject": words[2], "partner_id": contact.id, "kind": "visit", "date": "2026-05-02"},
    ])
    env["sale.order"].create({
        "partner_id": customer.id,
        "order_line": [(0, 0, {"product_id": product.id, "price_unit": 9})],
    })
env["customer.refresh.queue"]._cron_refresh()
gold = env["customer.tier"].search([("company_id", "=", env.company.id)])[1]
for profile in env["customer.profile"].search([]):
    env["customer.tier.override"].with_user(env.ref("base.user_admin")).create({
        "profile_id": profile.id, "tier_id": gold.id, "reason": "Yearly contract",
        "until_date": datetime.now() + timedelta(days=90),
    }).action_apply()
key = env["res.users.apikeys"].with_user(pbx)._generate(
    None, "test", datetime.now() + timedelta(days=1)
)
env.cr.commit()
print("KEY=" + key)
"""
CARD = ".o_customer_call"


class Screen:
    """An agent's browser, and the telephone that makes it ring."""

    def __init__(self, page, url, key, extension):
        self.page, self.url, self.key, self.extension = page, url, key, extension

    def tell(self, event, call_id, **values):
        body = {"event": event, "call_id": call_id, "agent": self.extension, **values}
        status, answer = real_server.post(
            f"{self.url}/customer_value/telephony/event", body, self.key
        )
        assert status == 200, answer
        return answer

    def ring(self, call_id, number):
        return self.tell("ringing", call_id, direction="in", to="+12025550100", **{"from": number})

    def wait_for_cards(self, count):
        self.page.wait(f"document.querySelectorAll('{CARD}').length === {count}", 30)

    def text(self, selector=CARD):
        return self.page.evaluate(f"document.querySelector('{selector}').innerText")

    def shoot(self, name):
        folder = os.environ.get("CUSTOMER_VALUE_SCREENSHOTS")
        if folder:
            self.page.screenshot(Path(folder, f"{name}.png"))


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_pop_up(tmp_path):
    if not browser.find_program():
        assert not os.environ.get("CI"), "a CI run may not go without a browser"
        pytest.skip("no browser")
    with real_server.installed_database("popup") as (server, name):
        key = re.search(r"KEY=(\w+)", real_server.shell(server, name, PREPARE))[1]
        with real_server.serving(server, name, tmp_path / "odoo.log", "--workers=0") as url:
            with browser.opened() as page:
                check_english(Screen(page, url, key, "101"))
            with browser.opened() as page:
                check_persian(Screen(page, url, key, "102"))


def log_in(screen, login):
    page = screen.page
    page.log_in(screen.url, login, login * 3)
    page.go(f"{screen.url}/odoo/contacts")
    page.wait("!!document.querySelector('.o_kanban_view, .o_list_view')")
    # The bus has to listen before the telephone rings.
    page.wait("odoo.__WOWL_DEBUG__.root.env.services.bus_service.workerState === 'CONNECTED'", 30)


def check_english(screen):
    page = screen.page
    log_in(screen, "sam")
    screen.ring("b1", "+12025550171")
    screen.wait_for_cards(1)
    text = screen.text()
    for word in ("Incoming call", "Brandon Freeman", "Prospect", "Delivery came late"):
        assert word in text, text
    assert "Open complaints" not in text
    assert screen.text(f"{CARD}_tier").strip()
    screen.ring("b2", "+12025550199")
    screen.wait_for_cards(2)
    assert "Unknown number" in screen.text(f"{CARD}:nth-child(2)")
    screen.shoot("popup-en")
    # Work goes on beside the cards.
    page.click(".o_searchview_input")
    # One call is dismissed by hand, the other answered, logged, and goes away at hang-up.
    page.click(f"{CARD}:nth-child(2) .btn-close")
    screen.wait_for_cards(1)
    screen.tell("answered", "b1")
    page.wait(f"document.querySelector('{CARD}').innerText.includes('Call in progress')", 30)
    page.click(f"{CARD} button[name=log]")
    page.wait("!!document.querySelector('.modal .o_customer_interaction_log')")
    assert (
        page.evaluate("document.querySelector('.modal [name=subject] input').placeholder")
        == "Call from +12025550171"
    )
    page.wait(
        "document.querySelector('.modal [name=partner_ids] .o_tag')"
        "?.innerText.includes('Brandon Freeman')"
    )
    screen.shoot("popup-en-log")
    page.click(".modal button[name=action_save]")
    page.wait("!!document.querySelector('.o_interaction_logged')")
    answer = screen.tell("hangup", "b1")
    assert answer["state"] == "done" and answer["interaction_id"]
    screen.wait_for_cards(0)
    # An unknown caller becomes a lead, a known one opens.
    screen.ring("b3", "+12025550198")
    page.click(f"{CARD} button[name=lead]")
    page.wait("!!document.querySelector('.o_form_view [name=phone]')")
    screen.tell("hangup", "b3")
    screen.wait_for_cards(0)
    screen.ring("b4", "+12025550171")
    page.click(f"{CARD} button[name=open]")
    page.wait("document.title.includes('Brandon Freeman')", 30)
    screen.tell("missed", "b4")
    screen.wait_for_cards(0)
    # Who complains is written down while on the line.
    screen.ring("b5", "+12025550171")
    page.click(f"{CARD} button[name=complaint]")
    page.wait(
        "document.querySelector('.o_form_view [name=partner_id] input')"
        "?.value.includes('Brandon Freeman')",
        30,
    )
    screen.tell("hangup", "b5")
    screen.wait_for_cards(0)
    assert not page.errors, page.errors


def check_persian(screen):
    page = screen.page
    log_in(screen, "samira")
    screen.ring("f1", "00982188776655")
    screen.wait_for_cards(1)
    text = screen.text()
    for word in ("مریم احمدی", "پیگیری تحویل سفارش"):
        assert word in text, text
    screen.shoot("popup-fa")
    # Right to left: the card sits at the left edge, and its marked edge at its right.
    box = page.evaluate(
        f"(({{left, right}}) => [left, innerWidth - right])"
        f"(document.querySelector('{CARD}').getBoundingClientRect())"
    )
    assert box[0] < box[1], box
    screen.tell("hangup", "f1")
    screen.wait_for_cards(0)
    assert not page.errors, page.errors
