"""Service standards on a real server: several workers escalate once, and the screens show it.

Plain pytest on a scratch database: several processes, real commits, a real browser. With
CUSTOMER_VALUE_SCREENSHOTS set to a folder, pictures are left there.
"""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ...devtools import odoo
from ..tools import browser, real_server

COMPLAINTS = 60
WORKERS = 3
PREPARE = f"""
from datetime import datetime, timedelta
env.company.country_id = env.ref("base.us")
env["res.lang"]._activate_lang("en_US")
now = datetime.now().replace(microsecond=0)
users = env["res.users"].with_context(no_reset_password=True)
group = [env.ref("base.group_user").id, env.ref("customer_value.customer_value_group_manager").id]
mina, sam = users.create([
    {{"name": name, "login": name.lower(), "password": name.lower() * 3, "tz": "Asia/Tehran",
      "lang": "en_US", "group_ids": [(6, 0, group)]}}
    for name in ("Mina", "Sam")
])
env.company.resource_calendar_id = False
standards = env["customer.service.standard"]
standards.create([
    {{"name": "Every complaint", "first_response_hours": 8, "solution_hours": 40,
      "escalation_user_id": mina.id, "warning_hours": 4}},
    {{"name": "Critical complaints", "severity": "3", "first_response_hours": 2}},
])
team = env["customer.complaint.team"].create({{"name": "Service", "user_id": mina.id}})
customer = env["res.partner"].create({{"name": "Azure Interior", "is_company": True}})
product = env["product.product"].create({{"name": "Oak desk", "is_storable": True}})
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
env["stock.quant"]._update_available_quantity(product, stock, 10)
order = env["sale.order"].create({{
    "partner_id": customer.id,
    "order_line": [(0, 0, {{"product_id": product.id, "product_uom_qty": 4}})],
}})
order.action_confirm()
order.picking_ids.action_assign()
order.picking_ids.move_ids.picked = True
order.picking_ids._action_done()
waiting = env.ref("customer_value.customer_complaint_stage_waiting")
values = {{
    "partner_id": customer.id, "team_id": team.id, "user_id": sam.id, "product_id": product.id,
    "category_id": env.ref("customer_value.customer_complaint_category_defect").id,
}}
env["customer.complaint"].create([
    {{"subject": f"Late {{number}}", "open_date": now - timedelta(hours=9), **values}}
    for number in range({COMPLAINTS})
])
env["customer.complaint"].create([
    {{"subject": "Scratched top", "open_date": now - timedelta(hours=1), **values}},
    {{"subject": "Missing screws", "open_date": now - timedelta(hours=5), **values}},
    {{"subject": "Wobbles", "open_date": now - timedelta(hours=1), "stage_id": waiting.id,
      **values}},
])
env["customer.refresh.queue"]._cron_refresh()
env.cr.commit()
"""
WATCH = """
env["customer.complaint.deadline"]._cron_watch(batch_size=7)
env.cr.commit()
"""
ESCALATED = """SELECT COUNT(*) FROM mail_activity a
                 JOIN mail_activity_type t ON t.id = a.activity_type_id
                WHERE a.res_model = 'customer.complaint' AND t.icon = 'fa-exclamation-triangle'"""
TOLD = """SELECT COUNT(*), COUNT(DISTINCT res_id) FROM mail_message
           WHERE model = 'customer.complaint' AND body LIKE '%Deadline missed%'"""


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_workers_and_screens(tmp_path):
    with real_server.installed_database("standards") as (server, name):
        real_server.shell(server, name, PREPARE)
        watch_together(server, name)
        real_server.shell(server, name, WATCH)
        assert server.psql(ESCALATED, name) == str(COMPLAINTS)
        assert server.psql(TOLD, name) == f"{COMPLAINTS}|{COMPLAINTS}"
        if browser.find_program():
            with real_server.serving(server, name, tmp_path / "odoo.log") as url:
                with browser.opened() as page:
                    check_screens(page, url)


def watch_together(server, name):
    """Let several processes do the work of the cron at once."""
    conf = odoo.configuration(server)  # one file for all: it is written anew each time
    command = odoo.command("shell", conf, "-d", name, "--no-http", "--log-level=error")
    processes = [
        subprocess.Popen(
            [str(part) for part in command],
            env=odoo.environment(server),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _number in range(WORKERS)
    ]
    with ThreadPoolExecutor(WORKERS) as pool:
        text = f"exec({WATCH!r})\n"
        outputs = list(pool.map(lambda process: process.communicate(text)[0], processes))
    assert not any(process.returncode for process in processes), outputs


def check_screens(page, url):
    page.log_in(url, "sam", "samsamsam")
    open_action(page, url, "customer_complaint_action")
    page.wait("document.querySelectorAll('.o_kanban_record [name=deadline_state]').length > 2")
    assert "Overdue" in page.text()
    assert "Waiting for the customer" in page.text()
    shoot(page, "standards-kanban")
    page.click(".o_switch_view.o_list")
    page.wait("!!document.querySelector('.o_list_view .o_data_row [name=deadline_date]')")
    shoot(page, "standards-list")
    page.click(".o_switch_view.o_kanban")
    page.wait("document.querySelectorAll('.o_kanban_record').length > 2")
    page.evaluate(
        "[...document.querySelectorAll('.o_kanban_record')]"
        ".find(e => e.innerText.includes('Missing screws')).click()"
    )
    page.wait("!!document.querySelector('.o_form_view [name=deadline_state]')")
    assert "Due soon" in page.text()
    page.evaluate(
        "[...document.querySelectorAll('.o_notebook .nav-link')]"
        ".find(e => e.innerText.includes('Deadlines')).click()"
    )
    page.wait("!!document.querySelector('.o_field_widget[name=deadline_ids] .o_data_row')")
    shoot(page, "standards-form")
    for action, words in (
        ("customer_complaint_rate_action", ("Complaints per 1,000 deliveries", "63,000.00")),
        ("customer_complaint_measure_action", ("Median first response", "Share repeated")),
        ("customer_complaint_deadline_action", ("Share kept", "Every complaint")),
        ("customer_service_standard_action", ("Critical complaints", "08:00")),
    ):
        open_action(page, url, action)
        if action != "customer_service_standard_action":  # the others show the picture first
            page.wait("!!document.querySelector('.o_graph_renderer canvas')")
            page.click(".o_switch_view.o_pivot")
        for word in words:
            page.wait(f"document.body.innerText.includes({word!r})")
        assert "None" not in page.text()
        shoot(page, action)
        if action == "customer_complaint_measure_action":
            # Nobody was solved more than 90 days ago: not known, which is not 0 %.
            cells = page.evaluate(
                "[...document.querySelector('.o_pivot tbody tr').querySelectorAll('td')]"
                ".map(cell => cell.innerText.trim())"
            )
            assert cells == ["63", "", "", "", "", "98.41%", ""], cells
    assert not page.errors, page.errors


def open_action(page, url, name):
    page.go(f"{url}/odoo/action-customer_value.{name}")
    page.wait("!!document.querySelector('.o_action_manager .o_view_controller')")


def shoot(page, name):
    if folder := os.environ.get("CUSTOMER_VALUE_SCREENSHOTS"):
        page.screenshot(Path(folder, f"{name}.png"))
