"""The prediction on the screen: card, list by value at risk, model with its chart, both ways.

Plain pytest: a real server and a real browser. With CUSTOMER_VALUE_SCREENSHOTS set to a folder,
pictures are left there.
"""

import os
from pathlib import Path

import pytest

from ..tools import browser, real_server

PREPARE = """
from datetime import date, timedelta
from odoo.addons.customer_value.tests.prediction.common import PredictionCommon as Made
env.company.country_id = env.ref("base.us")
env["res.lang"]._activate_lang("en_US")
env["res.lang"]._activate_lang("fa_IR")
env["account.chart.template"].try_loading("generic_coa", company=env.company, install_demo=False)
env["ir.module.module"].search([("name", "=", "customer_value")])._update_translations(["fa_IR"])
for login, lang in (("mina", "en_US"), ("mahsa", "fa_IR")):
    env["res.users"].create({
        "name": login.title(), "login": login, "password": login * 3, "lang": lang,
        "group_ids": [(6, 0, [env.ref(name).id for name in (
            "base.group_user", "customer_value.customer_value_group_manager",
            "sales_team.group_sale_manager", "account.group_account_invoice",
        )])],
    })
today = env["customer.profile"]._get_today(env.company)
made = type("Made", (Made,), {
    "env": env, "company": env.company, "_day": classmethod(lambda cls, text: today),
})
names = ("Azure Interior", "Deco Addict", "Gemini Furniture", "Lumber Inc", "Ready Mat")
customers = env["res.partner"].create([
    {"name": names[n] if n < len(names) else f"Shop {n}", "is_company": True} for n in range(160)
])
made._add_history(customers[5:])
made._add_sales([
    (customers[n].id, today - timedelta(days=d), 900 + 90 * n)
    for n in range(5) for d in range(12 * n + 8, 600, 15 + 4 * n)
])
env.company.write({"customer_retention_contact_cost": 5, "customer_retention_offer_cost": 25})
made._run_nightly()
assert made._make_model().state == "active"
made._run_nightly()
env["customer.profile.snapshot"]._take(env.company, today.replace(day=1) - timedelta(days=1))
env.cr.commit()
"""
FORECAST = """
from datetime import timedelta
from odoo.addons.customer_value.tests.recommendation.common import RecommendationCommon as Made
today = env["customer.profile"]._get_today(env.company)
categories = env["product.category"].create([{"name": "Desks"}, {"name": "Lamps"}])
products = env["product.product"].create([
    {"name": name, "list_price": 100, "categ_id": category.id, "taxes_id": []}
    for name, category in (("Oak desk", categories[0]), ("Reading lamp", categories[1]))
])
made = type("Made", (Made,), {"env": env, "company": env.company})
customers = env["res.partner"].search([("is_company", "=", True)], order="id desc", limit=100)
made._add_purchases([
    (customer.id, today - timedelta(days=40), [(products[0].id, 1, 400 + 3 * place)] + (
        [(products[1].id, 2, 150)] if place % 3 else []))
    for place, customer in enumerate(customers)
])
seller = env["res.users"].search([("login", "=", "mina")])
for place, customer in enumerate(customers[:12]):
    order = env["sale.order"].create({
        "partner_id": customer.id, "user_id": seller.id,
        "order_line": [
            (0, 0, {"product_id": products[place % 2].id, "product_uom_qty": place + 1})],
    })
    if place % 4 == 0:
        order.action_confirm()
env["crm.lead"].create([
    {"name": f"New shop {n}", "type": "opportunity", "expected_revenue": 900 * n,
     "probability": 10 * n, "user_id": seller.id, "company_id": env.company.id,
     "country_id": env.ref("base.us").id,
     "date_deadline": today + timedelta(days=25 * n)} for n in range(1, 5)
])
made._run_nightly()
env["customer.category.need"]._refresh_company(env.company)
env["customer.sales.forecast"]._make(env.company, today - timedelta(days=31))
env["customer.sales.forecast"]._make(env.company)
env.cr.commit()
"""
FOLDER = os.environ.get("CUSTOMER_VALUE_SCREENSHOTS")


def shoot(page, name):
    if FOLDER:
        page.screenshot(Path(FOLDER) / f"{name}.png")


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_screens(tmp_path):
    if not browser.find_program():
        assert not os.environ.get("CI"), "a CI run may not go without a browser"
        pytest.skip("no browser")
    with real_server.installed_database("prediction") as (server, name):
        real_server.shell(server, name, PREPARE)
        real_server.shell(server, name, FORECAST)
        with real_server.serving(server, name, tmp_path / "odoo.log", "--workers=0") as url:
            for login, suffix in (("mina", "en"), ("mahsa", "fa")):
                with browser.opened(1366, 1000) as page:
                    page.log_in(url, login, login * 3)
                    check_list(page, url, suffix)
                    check_card(page, suffix)
                    check_model(page, url, suffix)
                    check_months(page, url, suffix)
                    check_forecast(page, url, suffix)
                    check_actual(page, url, suffix)
                    check_needs(page, url, suffix)
                    check_lead(page, url, suffix)
                    assert not page.errors, page.errors


def check_list(page, url, suffix):
    page.go(f"{url}/odoo/action-customer_value.customer_profile_action_value_at_risk")
    page.wait("document.querySelectorAll('.o_list_view .o_data_row').length > 5", 60)
    header = "document.querySelector('th[data-name=churn_probability]').innerText"
    assert "90" in page.evaluate(header) or "۹۰" in page.evaluate(header)
    amounts = page.evaluate(
        "[...document.querySelectorAll('.o_data_row td[name=value_at_risk]')]"
        ".map(cell => parseFloat(cell.innerText.replace(/[^0-9.]/g, '')))"
    )
    assert amounts == sorted(amounts, reverse=True), amounts[:9]
    assert amounts[0] > amounts[-1]
    shoot(page, f"prediction-list-{suffix}")


def check_card(page, suffix):
    page.click(".o_list_view .o_data_row:first-child td[name=partner_id]")
    page.wait("document.querySelectorAll('.o_customer_prediction_answer').length === 3", 60)
    assert page.evaluate("!!document.querySelector('.o_customer_prediction_grade')")
    assert page.evaluate(
        "document.querySelector('.o_customer_prediction_sentence').innerText.length > 20"
    )
    direction = page.evaluate("getComputedStyle(document.body).direction")
    assert direction == ("rtl" if suffix == "fa" else "ltr")
    shoot(page, f"prediction-card-{suffix}")


def check_model(page, url, suffix):
    page.go(f"{url}/odoo/action-customer_value.customer_prediction_model_action")
    page.click(".o_list_view .o_data_row:first-child td[name=date]")
    page.wait("document.querySelectorAll('.o_customer_prediction_pair').length === 10", 60)
    shoot(page, f"prediction-model-{suffix}")
    page.evaluate("document.querySelector('.o_customer_prediction_chart').scrollIntoView()")
    shoot(page, f"prediction-chart-{suffix}")


def check_months(page, url, suffix):
    page.go(f"{url}/odoo/action-customer_value.customer_profile_snapshot_action_value_at_risk")
    page.wait("!!document.querySelector('.o_graph_view canvas')", 60)
    shoot(page, f"prediction-months-{suffix}")


def check_forecast(page, url, suffix):
    """Four months; the documents behind the first add up to its weighted parts."""
    page.go(f"{url}/odoo/action-customer_value.customer_sales_forecast_action")
    page.wait("document.querySelectorAll('.o_list_view .o_data_row').length === 4", 60)
    assert page.evaluate(READ_AMOUNTS % "expected_amount")[1] > 0
    parts = ("order_amount", "quotation_amount", "opportunity_amount")
    expected = sum(page.evaluate(READ_AMOUNTS % name)[1] for name in parts)
    shoot(page, f"forecast-{suffix}")
    page.click(".o_data_row:nth-child(2) button[name=action_open_pipeline]")
    page.wait("!!document.querySelector('.o_data_row td[name=weighted_amount]')", 60)
    found = sum(page.evaluate(READ_AMOUNTS % "weighted_amount"))
    assert expected > 0 and abs(found - expected) < 0.05, (found, expected)
    shoot(page, f"forecast-documents-{suffix}")
    page.go(f"{url}/odoo/action-customer_value.customer_pipeline_line_action")
    page.wait("!!document.querySelector('.o_group_header')", 60)
    shoot(page, f"forecast-pipeline-{suffix}")


def check_actual(page, url, suffix):
    """What was foretold for this month a month ago, against what was invoiced."""
    page.go(f"{url}/odoo/action-customer_value.customer_sales_forecast_action_actual")
    page.wait("!!document.querySelector('.o_graph_view canvas')", 60)
    shoot(page, f"forecast-actual-{suffix}")
    page.click(".o_switch_view.o_list")
    page.wait("document.querySelectorAll('.o_list_view .o_data_row').length === 1", 60)
    assert page.evaluate(READ_AMOUNTS % "actual_amount")[0] > 0


def check_needs(page, url, suffix):
    page.go(f"{url}/odoo/action-customer_value.customer_category_need_action")
    page.wait("document.querySelectorAll('.o_list_view .o_data_row').length > 5", 60)
    assert min(page.evaluate(READ_AMOUNTS % "gap")) > 0
    shoot(page, f"needs-{suffix}")


def check_lead(page, url, suffix):
    page.go(f"{url}/odoo/action-crm.crm_lead_action_pipeline")
    page.wait("document.querySelectorAll('.o_kanban_record').length > 2", 60)
    page.click(".o_kanban_record:not(.o_kanban_ghost)")
    page.wait("!!document.querySelector('.o_form_view [name=customer_lifetime_value]')", 60)
    shoot(page, f"lead-value-{suffix}")


READ_AMOUNTS = (
    "[...document.querySelectorAll('.o_data_row td[name=%s]')]"
    ".map(cell => parseFloat(cell.innerText.replace(/[^0-9.]/g, '')) || 0)"
)
