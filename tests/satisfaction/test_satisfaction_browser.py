"""Satisfaction on the screen: a person opens the card of a customer and looks behind the score.

Plain pytest: a real server, a real browser, in English and from right to left. With
CUSTOMER_VALUE_SCREENSHOTS set to a folder, pictures are left there.
"""

import os
import re
import time
from pathlib import Path

import pytest

from ..tools import browser, real_server

PREPARE = """
from datetime import datetime, timedelta
env["res.lang"]._activate_lang("en_US")
env["res.lang"]._activate_lang("fa_IR")
groups = ["customer_value.customer_value_group_manager", "sales_team.group_sale_manager",
          "account.group_account_invoice"]
env["res.users"].create([
    {
        "name": name, "login": login, "password": login * 3, "lang": lang, "tz": "Asia/Tehran",
        "group_ids": [(6, 0, [env.ref("base.group_user").id] + [env.ref(g).id for g in groups])],
    }
    for name, login, lang in (("Mina", "mina", "en_US"), ("مینا", "mitra", "fa_IR"))
])
customer = env["res.partner"].create(
    {"name": "Azure Interior", "is_company": True, "customer_rank": 1}
)
factors = env["customer.feedback.factor"].create(
    [{"name": name} for name in ("Quality", "Performance", "On-time delivery", "Relationship")]
)
product = env["product.product"].create(
    {"name": "Oak desk", "type": "consu", "is_storable": True, "list_price": 500}
)
def answer(ago, **values):
    levels = values.pop("levels", None)
    answered = env["customer.feedback"].create({
        "kind": next(iter(values), "gap"), "partner_id": customer.id,
        "date": datetime.now() - timedelta(days=ago), **values,
    })
    for factor, (expected, perceived) in zip(factors, levels or ()):
        env["customer.feedback.line"].create({
            "feedback_id": answered.id, "factor_id": factor.id,
            "expectation": expected, "perception": perceived,
        })
for ago, rating in ((3, 2), (40, 4), (120, 5), (300, 5)):
    answer(ago, rating=rating)
for ago, nps in ((3, 5), (35, 9), (66, 10), (68, 8), (100, 9), (101, 3)):
    answer(ago, nps=nps)
answer(20, levels=[(5, 4), (4, 4), (5, 2), (3, 4)])
answer(150, levels=[(5, 5), (4, 4), (4, 4), (3, 4)])
env["customer.complaint"].create({
    "subject": "A leg is loose", "severity": "2", "partner_id": customer.id,
    "open_date": datetime.now() - timedelta(days=5),
})
order = env["sale.order"].create({
    "partner_id": customer.id,
    "order_line": [(0, 0, {"product_id": product.id, "price_unit": 500})],
})
order.action_confirm()
picking = order.picking_ids
picking.move_ids.write({"quantity": 1, "picked": True})
picking._action_done()
quotation = order.copy()
for number, (score, state, again) in enumerate((
    (92, "delighted", 1), (88, "delighted", 1), (75, "satisfied", 1), (66, "satisfied", 0),
    (40, "dissatisfied", 0), (31, "dissatisfied", 1),
)):
    buyer = env["res.partner"].create({"name": f"Buyer {number}", "is_company": True})
    env["customer.profile.snapshot"].create({
        "partner_id": buyer.id, "company_id": env.company.id,
        "currency_id": env.company.currency_id.id, "satisfaction": score,
        "satisfaction_state": state, "date": datetime.now() - timedelta(days=220),
    })
env["customer.refresh.queue"]._cron_refresh()
env.cr.commit()
print(f"CUSTOMER={customer.id} QUOTATION={quotation.id}")
"""
SECTION = "[data-section=satisfaction]"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def shoot(page, name):
    folder = os.environ.get("CUSTOMER_VALUE_SCREENSHOTS")
    if folder:
        page.screenshot(Path(folder, f"{name}.png"))


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_satisfaction_on_the_screen(tmp_path):
    if not browser.find_program():
        assert not os.environ.get("CI"), "a CI run may not go without a browser"
        pytest.skip("no browser")
    with real_server.installed_database("satisfaction") as (server, name):
        printed = real_server.shell(server, name, PREPARE)
        customer, quotation = re.search(r"CUSTOMER=(\d+) QUOTATION=(\d+)", printed).groups()
        with real_server.serving(server, name, tmp_path / "odoo.log", "--workers=0") as url:
            for login, direction in (("mina", "ltr"), ("mitra", "rtl")):
                with browser.opened(height=1100) as page:
                    page.log_in(url, login, login * 3)
                    check_card(page, url, customer, direction)
                    check_facts(page, direction)
                    check_quotation(page, url, quotation, direction)
                    check_reports(page, url, direction)
                    assert not page.errors, page.errors


def check_card(page, url, customer, direction):
    page.go(f"{url}/odoo/res.partner/{customer}")
    page.click(".o_notebook [name=customer_value]")
    page.wait(f"!!document.querySelector('{SECTION}')")
    assert page.evaluate("getComputedStyle(document.body).direction") == direction
    items = f"document.querySelectorAll('{SECTION} [data-metric]').length"
    assert page.evaluate(items) == 10
    page.evaluate(f"document.querySelector('{SECTION}').scrollIntoView({{block: 'center'}})")
    assert page.evaluate(OVERFLOW) == 0
    shoot(page, f"satisfaction_card_{direction}")


def check_facts(page, direction):
    """The score opens the facts behind it; their points add up to it, in the list's foot."""
    number = f"{SECTION} [data-metric=satisfaction] .o_customer_card_number"
    shown = page.evaluate(f"document.querySelector('{number}').innerText")
    page.click(number)
    page.wait("!!document.querySelector('.o_group_header')")
    feet = "[...document.querySelectorAll('.o_list_footer td')].map(td => td.innerText.trim())"
    assert shown in page.evaluate(feet), (shown, page.evaluate(feet))
    page.click(".o_group_header")
    page.wait("!!document.querySelector('.o_data_row')")
    shoot(page, f"satisfaction_facts_{direction}")


def check_quotation(page, url, quotation, direction):
    page.go(f"{url}/odoo/sales/{quotation}")
    page.wait("!!document.querySelector('.alert-danger')")
    shoot(page, f"satisfaction_quotation_{direction}")


def check_reports(page, url, direction):
    """Every report shows its picture first; the table stands behind it."""
    for report in ("customer_answer_report", "customer_gap_report", "customer_satisfaction_effect"):
        page.go(f"{url}/odoo/action-customer_value.{report}_action")
        page.wait("!!document.querySelector('.o_graph_canvas_container canvas')")
        page.click(".o_switch_view.o_pivot")
        page.wait("!!document.querySelector('.o_pivot table td.o_pivot_cell_value')")
        page.click(".o_switch_view.o_graph")
        page.wait("!!document.querySelector('.o_graph_canvas_container canvas')")
        time.sleep(1)  # the bars grow
        shoot(page, f"{report}_{direction}")
