"""What other apps know of customers, with those apps really installed.

Plain pytest on a scratch database of its own: the modules are none of ours to depend on.
"""

import os

import pytest

from ..tools import real_server

APPS = ("website_crm", "im_livechat", "survey", "mass_mailing", "point_of_sale")

PREPARE = """
import json
from odoo.exceptions import AccessError

def create(model, /, **values):
    return env[model].create(values)

def user(login, *groups):
    return create(
        "res.users", name=login, login=login,
        group_ids=[(6, 0, [env.ref(g).id for g in ("base.group_user", *groups)])],
    )

company = env.company
azure = create("res.partner", name="Azure", is_company=True)
deco = create("res.partner", name="Deco")
ana = create("res.partner", name="Ana", parent_id=azure.id, email="ana@azure.example.com")
seller = user("sam", "sales_team.group_sale_salesman_all_leads")
marketer = user(
    "mina", "sales_team.group_sale_manager", "mass_mailing.group_mass_mailing_user",
    "im_livechat.im_livechat_group_user", "survey.group_survey_user",
    "point_of_sale.group_pos_user", "customer_value.customer_value_group_manager",
)
service = user("sima", "customer_value.customer_value_group_user")

# Two visits to the website, the first of three pages; one of somebody else.
website = env["website"].search([], limit=1)
for partner, moments in (
    (ana, ("08:00:00", "08:10:00", "15:59:00", "23:59:30")), (deco, ("09:00:00",)),
):
    visitor = create("website.visitor", access_token=str(partner.id), website_id=website.id)
    assert visitor.partner_id == partner
    for moment in moments:
        create(
            "website.track", visitor_id=visitor.id, url=f"/shop/{moment[:2]}",
            visit_datetime=f"2026-06-01 {moment}",
        )

survey = create("survey.survey", title="How was it?")
create(
    "survey.user_input", survey_id=survey.id, partner_id=ana.id, state="done",
    end_datetime="2026-06-02 08:00:00",
)
mailing = create(
    "mailing.mailing", subject="Summer sale", user_id=marketer.id,
    mailing_model_id=env["ir.model"]._get_id("res.partner"),
)
create(
    "mailing.trace", mass_mailing_id=mailing.id, model="res.partner", res_id=ana.id,
    trace_status="sent", sent_datetime="2026-06-03 08:00:00",
)
livechat = create("im_livechat.channel", name="Help", user_ids=[(6, 0, marketer.ids)])
chat = create(
    "discuss.channel", name="Ana, Mina", channel_type="livechat", livechat_channel_id=livechat.id,
    livechat_operator_id=marketer.partner_id.id,
    channel_member_ids=[
        (0, 0, {"partner_id": ana.id, "livechat_member_type": "visitor"}),
        (0, 0, {"partner_id": marketer.partner_id.id, "livechat_member_type": "agent"}),
    ],
)
config = create("pos.config", name="Shop")
session = create("pos.session", config_id=config.id, user_id=marketer.id)
create(
    "pos.order", session_id=session.id, partner_id=ana.id, company_id=company.id, name="Shop/1",
    amount_total=70, amount_tax=0, amount_paid=70, amount_return=0, state="paid",
    date_order="2026-06-04 08:00:00", user_id=marketer.id,
)
env.cr.commit()

def rows(who, customer=azure):
    env.flush_all()
    env.invalidate_all()
    timeline = env["customer.timeline"].with_user(who)
    found = timeline.search([("customer_id", "=", customer.id)])
    for row in found:
        env[row.res_model].with_user(who).browse(row.res_id).check_access("read")
        row.get_preview()
        row.action_open_document()
    everywhere = timeline.search([("date", ">=", "2000-01-01")])
    assert found <= everywhere
    assert set(found.ids) == {e["id"] for e in timeline.get_timeline(customer.id)["entries"]}
    return [
        [r.kind, r.direction, r.channel, r.subject, r.amount, r.res_model, str(r.date)]
        for r in found
    ]

result = {who.login: rows(who) for who in (seller, marketer, service)}
result["deco"] = rows(marketer, deco)
hidden = env["customer.timeline"].with_user(marketer).search([("customer_id", "=", azure.id)])
refused = 0
for row in hidden.with_user(service):
    env.invalidate_all()
    try:
        row.get_preview()
    except AccessError:
        refused += 1
result["refused"] = [refused, len(hidden)]
# A merge takes all of it along.
env["base.partner.merge.automatic.wizard"].create({})._merge((azure | deco).ids, deco)
result["merged"] = rows(marketer, deco)
# Elsewhere, nothing of it shows.
elsewhere = create("res.company", name="Elsewhere")
marketer.company_ids |= elsewhere
other = env["customer.timeline"].with_user(marketer).with_context(allowed_company_ids=elsewhere.ids)
result["elsewhere"] = other.search([("customer_id", "=", deco.id)]).mapped("kind")
print("RESULT=" + json.dumps(result))
"""

VISITS = [
    ["website_visit", "in", "website", "/shop/23", 0, "website.visitor", "2026-06-01 23:59:30"],
    ["website_visit", "in", "website", "/shop/08", 0, "website.visitor", "2026-06-01 08:00:00"],
]
OTHERS = [
    ["order", "in", "shop", "Shop/1", 70, "pos.order", "2026-06-04 08:00:00"],
    ["mailing", "out", "email", "Summer sale", 0, "mailing.trace", "2026-06-03 08:00:00"],
    ["survey", "in", "website", "How was it?", 0, "survey.user_input", "2026-06-02 08:00:00"],
]


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_apps_appear_when_installed():
    with real_server.installed_database("apps", *APPS) as database:
        found = real_server.result(*database, PREPARE)
    chats = [row for row in found["mina"] if row[0] == "chat"]
    assert [row[1:4] for row in chats] == [["in", "chat", "Ana, Mina"]]
    assert [row for row in found["mina"] if row not in chats] == OTHERS + VISITS
    # Salespeople read visitors, and nothing of the other apps.
    assert found["sam"] == VISITS
    assert found["sima"] == []
    assert found["refused"] == [len(found["mina"])] * 2
    assert [row[3] for row in found["deco"]] == ["/shop/09"]
    assert sorted(found["merged"]) == sorted(found["mina"] + found["deco"])
    assert "website_visit" not in found["elsewhere"] and "order" not in found["elsewhere"]
