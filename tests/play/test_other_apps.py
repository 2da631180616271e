"""Plays with Odoo's mass mailing, points and programs of tiers with its point of sale, for real.

Plain pytest on a scratch database of its own: the modules are none of ours to depend on. What
stands below is done in an Odoo shell, and rolled back.
"""

import os

import pytest

from ..tools import real_server

APPS = ("mass_mailing", "pos_loyalty")

COMMON = """
import json
from unittest.mock import patch
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.addons.base.models.ir_mail_server import IrMail_Server

def create(model, /, **values):
    return env[model].create(values)

def user(login, *groups):
    return create(
        "res.users", name=login, login=login, email=f"{login}@we.example.com",
        group_ids=[(6, 0, [env.ref(g).id for g in ("base.group_user", *groups)])],
    )

company = env.company
env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
product = create("product.product", name="Desk", type="service", taxes_id=False, list_price=100)

def invoice(partner, amount, day="2026-03-01"):
    move = create(
        "account.move", move_type="out_invoice", partner_id=partner.id, invoice_date=day,
        invoice_line_ids=[Command.create(
            {"product_id": product.id, "price_unit": amount, "tax_ids": False}
        )],
    )
    move.action_post()
    return move

def drain():
    env.flush_all()
    env.cr.flush()
    while env["customer.refresh.queue"]._process_batch(100):
        pass
    env.invalidate_all()
"""

MAILING = """
NAMES = ("blocked", "left before", "left after", "reader", "clicker", "writer", "lost", "gone")
people = {}
for name in NAMES:
    people[name] = create(
        "res.partner", name=name, is_company=True, lang="en_US",
        email=f"{name.replace(' ', '.')}@example.com",
    )
    invoice(people[name], 100)
env["customer.profile"]._refresh(company, [one.id for one in people.values()])

def leave_list(name, listing):
    contact = create("mailing.contact", name=name, email=people[name].email.upper())
    create("mailing.subscription", contact_id=contact.id, list_id=listing.id, opt_out=True)

news = create("mailing.list", name="News")
create("mailing.subscription", list_id=news.id, contact_id=create(
    "mailing.contact", name="reader", email=people["reader"].email).id)
old = create("mailing.list", name="Long ago", active=False)
leave_list("writer", old)  # a list that is no more says nothing
leave_list("left before", news)

template = env.ref("customer_value.mail_template_play").copy()
template.body_html = (
    '<p>Dear <t t-out="object.partner_id.name"/>, <a href="https://example.com/offer">look</a></p>'
)
mina = user(
    "mina", "sales_team.group_sale_manager", "customer_value.customer_value_group_manager"
)
plays, actions = env["customer.play"], env["customer.play.action"]
play = plays.with_user(mina).create({
    "name": "Win back", "control_percent": 0,
    "domain": str([("partner_id", "in", [one.id for one in people.values()])]),
    "step_ids": [Command.create({
        "name": "Write", "kind": "email", "day": 0, "cost": 2, "mail_template_id": template.id,
    })],
})
play.action_start()
play = play.sudo()
plays._enroll_batch()
while actions._act_batch():
    pass
by_name = {action.partner_id.name: action for action in play.action_ids}
waiting = {name: action.is_reached for name, action in by_name.items()}
mailing = env["mailing.mailing"].search([])
env["mail.blacklist"]._add(people["blocked"].email)
leave_list("left after", news)

sent = {}
def send_email(_server, message, *args, **kwargs):
    if "lost" in message["To"]:
        raise OSError("no such host")
    sent[message["To"]] = (message["List-Unsubscribe"], "".join(
        part.get_content() for part in message.walk() if part.get_content_type() == "text/html"
    ))
    return message["Message-Id"]

ids = {name: action.mail_id.message_id for name, action in by_name.items()}
with (
    patch.object(IrMail_Server, "_disable_send", lambda self: False),
    patch.object(IrMail_Server, "_connect__", lambda self, **kwargs: None),
    patch.object(IrMail_Server, "send_email", send_email),
):
    play.action_ids.mail_id.send()
play._measure()
delivered = {name: action.is_reached for name, action in by_name.items()}
traces = {trace.email.split("@")[0]: trace for trace in env["mailing.trace"].search([])}
traces["reader"].set_opened()
tracker = env["link.tracker"].search([("mass_mailing_id", "=", mailing.id)])
env["link.tracker.click"].add_click(
    tracker.code, ip="127.0.0.1", country_code="US", mailing_trace_id=traces["clicker"].id
)
traces["gone"].set_bounced()
address = people["writer"].email
env["mail.thread"].message_process("res.partner", chr(10).join([
    f"From: {address}", "To: we@example.com", "Subject: Re", "Message-Id: <answer@example.com>",
    f"In-Reply-To: {ids['writer']}", f"References: {ids['writer']}", "", "Yes, please",
]), thread_id=people["writer"].id)
play._measure()
line = play.result_ids.filtered(lambda line: line.measure == "answered")
text = next(iter(sent.values()))[1]
result = {
    "waiting": waiting, "delivered": delivered, "sent": sorted(sent),
    "found": mailing._get_remaining_recipients(), "mailings": mailing.mapped("name"),
    "counts": [
        mailing[name] for name in ("delivered", "opened", "clicked", "replied", "bounced")
    ],
    "told": {
        name: [a.state, a.skip_reason, a.is_reached, a.is_answered, a.cost]
        for name, a in by_name.items()
    },
    "statuses": {name: trace.trace_status for name, trace in traces.items()},
    "headers": all("unsubscribe_oneclick" in header for header, _text in sent.values()),
    "links": ["/r/" in text, "example.com/offer" in text, "/customer/play/optout/" in text],
    "tracked": tracker.mapped("url"), "share": line.play_value,
    "members": sorted(play.member_ids.filtered("is_answered").partner_id.mapped("name")),
}
print("RESULT=" + json.dumps(result))
"""

TILL = """
customer = create("res.partner", name="Azure", is_company=True)
other = create("res.partner", name="Deco", is_company=True)
program = create(
    "loyalty.program", name="Points", program_type="loyalty", applies_on="both", trigger="auto",
    company_id=company.id, customer_points=True, customer_points_from="2020-01-01",
    customer_points_rate=1,
    rule_ids=[Command.create({"reward_point_amount": 1, "reward_point_mode": "money"})],
    reward_ids=[Command.create({
        "reward_type": "discount", "discount_mode": "per_order", "discount": 10,
        "discount_applicability": "order", "required_points": 100,
    })],
)
reward = program.reward_ids

def pay(move):
    context = {"active_model": "account.move", "active_ids": move.ids}
    env["account.payment.register"].with_context(**context).create({})._create_payments()

for partner in (customer, other):
    pay(invoice(partner, 180))
drain()
card = env["loyalty.card"].search([("partner_id", "=", customer.id)])
foreign = env["loyalty.card"].search([("partner_id", "=", other.id)])
cashier = user("kian", "point_of_sale.group_pos_user")
config = create("pos.config", name="Shop")
config.with_user(cashier).open_ui()
session = config.current_session_id
bank = config.payment_method_ids.filtered(lambda method: method.type == "bank")[:1]

def till(total, rewards=0, partner=customer, invoiced=False):
    lines = [{"product_id": product.id, "price_unit": total, "qty": 1}]
    lines += [{
        "product_id": reward.discount_line_product_id.id, "price_unit": -10, "qty": 1,
        "is_reward_line": True, "reward_id": reward.id, "points_cost": 100,
        "reward_identifier_code": f"code{number}", "coupon_id": card.id,
    } for number in range(rewards)]
    for line in lines:
        line |= {key: line["price_unit"] for key in ("price_subtotal", "price_subtotal_incl")}
    amount = total - 10 * rewards
    order = create(
        "pos.order", session_id=session.id, partner_id=partner.id, company_id=company.id,
        amount_total=amount, amount_tax=0, amount_paid=0, amount_return=0,
        lines=[Command.create(line) for line in lines], to_invoice=invoiced,
    )
    context = {"active_ids": order.ids, "active_id": order.id}
    payment = env["pos.make.payment"].with_context(**context)
    payment.create({"payment_method_id": bank.id, "amount": amount}).check()
    return order

def confirm(order, points, on=card, who=cashier, rewards=0):
    data = {str(on.id): {
        "points": points, "program_id": program.id, "coupon_id": on.id, "barcode": "",
        "partner_id": order.partner_id.id, "line_codes": [f"code{n}" for n in range(rewards)],
    }}
    answer = order.with_user(who).confirm_coupon_programs(data)
    env.flush_all()
    return answer["coupon_updates"][0]["points"] if answer["coupon_updates"] else None

def sums():
    env["customer.points.entry"].search([], limit=1)
    env.invalidate_all()
    entries = env["customer.points.entry"].search([("card_id", "=", card.id)])
    lots = env["customer.points.lot"].search([("card_id", "=", card.id)])
    return [round(value, 3) for value in (
        card.points, sum(h.issued - h.used for h in card.history_ids),
        sum(entries.mapped("points")), sum(lots.mapped("points")),
    )]

def refused(action, *arguments, **values):
    try:
        with env.cr.savepoint():
            action(*arguments, **values)
            env.flush_all()
    except (AccessError, UserError) as error:
        return type(error).__name__
    return ""

result = {"before": sums()}
# 90 come by the rule, 100 are spent: only what was spent reaches the card.
first = till(90, rewards=1)
result["answer"] = confirm(first, 80 - 100, rewards=1)
result["spent"] = sums()
entry = env["customer.points.entry"].search([("source_model", "=", "pos.order")])
result["entry"] = [entry.kind, entry.points, entry.source_id == first.id]
result["again"] = confirm(first, 80 - 100, rewards=1)
result["once"] = sums()
# Nothing but the rule: nothing, though the till says so; not even what nobody bought.
second = till(50)
confirm(second, 50_000)
result["by rule"] = sums()
# More than there is, of somebody else, by hand, twice.
third = till(90, rewards=1)
result["too much"] = refused(confirm, third, 80 - 100, rewards=1)
# A line that costs less than nothing gives nothing.
gift = till(90, rewards=1)
gift.lines.filtered("is_reward_line").points_cost = -500
result["gift"] = [confirm(gift, 500, rewards=1), sums()]
result["of others"] = refused(confirm, till(60), -100, on=foreign)
history = env["loyalty.history"].with_user(cashier)
row = {"card_id": card.id, "description": "Mine", "order_model": "pos.order", "used": 0}
result["by hand"] = [
    refused(history.create, {**row, "order_id": order, "issued": 500})
    for order in (first.id, second.id, 0)
] + [
    refused(history.create, {**row, "order_model": False, "issued": 500}),
    refused(card.with_user(cashier).write, {"points": 500}),
    refused(card.history_ids[:1].with_user(cashier).write, {"issued": 500}),
]
# Told by hand before the till does, it is what the order says.
honest = till(30)
history.create({**row, "order_id": honest.id, "issued": 0, "used": 80})
result["after attacks"] = sums()
# An order that is invoiced earns once, when it is paid: by the invoice.
fourth = till(70, invoiced=True)
confirm(fourth, 70)
drain()
result["invoiced"] = [fourth.account_move.amount_total, fourth.account_move.payment_state, sums()]
# What is brought back takes them back.
refund = env["pos.order"].browse(fourth.refund()["res_id"])
refund.to_invoice = True
context = {"active_ids": refund.ids, "active_id": refund.id}
payment = env["pos.make.payment"].with_context(**context)
payment.create({"payment_method_id": bank.id, "amount": refund.amount_total}).check()
drain()
result["refunded"] = [refund.account_move.move_type, sums()]
sam = user("sam", "sales_team.group_sale_salesman_all_leads")
told = env["customer.points.entry"].with_user(sam)._tell_history(card)
result["told"] = [first.name, [row["text"] for row in told]]
print("RESULT=" + json.dumps(result))
"""

TIERS = """
tiers = env["customer.tier"].search([("company_id", "=", company.id)])

def programs(name):
    return create(
        "loyalty.program", name=name, program_type="promo_code", trigger="with_code",
        applies_on="current", company_id=company.id,
        rule_ids=[Command.create({"mode": "with_code", "code": name})],
        reward_ids=[Command.create({"reward_type": "discount", "discount": 10})],
    )

config = create("pos.config", name="Shop")
open_to_all, by_program, by_tier, created, old = map(
    programs, ("all", "program", "tier", "created", "old")
)
everything = open_to_all | by_program | by_tier | created | old

def offered():
    env.flush_all()
    env.invalidate_all()
    return sorted((config._get_program_ids() & everything).mapped("name"))

result = {"before": offered()}
by_program.customer_tier_ids = tiers[1]
tiers[2].benefit_program_ids = by_tier
create("customer.tier", name="Diamond", sequence=900, benefit_program_ids=[(6, 0, created.ids)])
# As it is when the point of sale is installed later: it offers everything.
env.cr.execute(
    "INSERT INTO customer_tier_loyalty_program_rel (tier_id, program_id) VALUES (%s, %s)",
    (tiers[1].id, old.id),
)
result["one is there before"] = offered()
env["loyalty.program"]._register_hook()
result["after"] = offered()
try:
    with env.cr.savepoint():
        by_tier.with_context(lang="en_US").pos_ok = True
except UserError as error:
    result["refused"] = str(error)
by_tier.customer_tier_ids = False
by_tier.pos_ok = True
result["for all again"] = offered()
print("RESULT=" + json.dumps(result))
"""

pytestmark = pytest.mark.skipif(
    "CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test"
)


@pytest.fixture(scope="module")
def database():
    """A database with the apps."""
    with real_server.installed_database("other_apps", *APPS) as found:
        yield found


def play_story(database, text):
    return real_server.result(*database, COMMON + text)


def test_mails_of_plays_are_mailings(database):
    found = play_story(database, MAILING)
    # Who left a list before is not even chosen; who leaves while the mail waits gets none.
    names = {"blocked", "left after", "reader", "clicker", "writer", "lost", "gone"}
    assert found["waiting"] == dict.fromkeys(names, False)
    reached = {"reader", "clicker", "writer", "gone"}
    assert found["delivered"] == {name: name in reached for name in names}
    assert found["sent"] == sorted(f'"{name}" <{name}@example.com>' for name in reached)
    assert found["told"] == {
        "blocked": ["skipped", "blacklisted", False, False, 0],
        "left after": ["skipped", "opted_out", False, False, 0],
        "reader": ["done", False, True, False, 2],
        "clicker": ["done", False, True, False, 2],
        "writer": ["done", False, True, True, 2],
        "lost": ["done", False, False, False, 2],
        "gone": ["done", False, False, False, 2],
    }
    assert found["statuses"] == {
        **{"blocked": "cancel", "left.after": "cancel", "reader": "open", "clicker": "open"},
        **{"writer": "reply", "lost": "error", "gone": "bounce"},
    }
    assert found["members"] == ["writer"] and round(found["share"], 2) == 14.29
    # One mailing, which marketing sees with its figures, and which sends nothing to anybody.
    assert found["mailings"] == ["Win back: Write"] and found["found"] == []
    assert found["counts"] == [3, 3, 1, 1, 1]
    assert found["headers"]
    # The offer is counted by its clicks; the way out is nobody's but the reader's.
    assert found["links"] == [True, False, True]
    assert found["tracked"] == ["https://example.com/offer"]


def test_points_at_a_till(database):
    found = play_story(database, TILL)
    assert found["before"] == [180] * 4
    assert found["answer"] == 80 and found["spent"] == [80] * 4
    assert found["entry"] == ["redeem", -100, True]
    assert found["again"] is None and found["once"] == [80] * 4
    assert found["by rule"] == [80] * 4
    assert found["gift"] == [80, [80] * 4]
    assert found["too much"] == "UserError" and found["of others"] == "UserError"
    assert all(found["by hand"]), found["by hand"]
    assert found["after attacks"] == [80] * 4
    assert found["invoiced"] == [70, "paid", [150] * 4]
    assert found["refunded"] == ["out_refund", [80] * 4]
    name, texts = found["told"]
    assert name and [text for text in texts if name in text], found["told"]


def test_programs_of_tiers_are_not_offered_at_tills(database):
    found = play_story(database, TIERS)
    assert found["before"] == ["all", "created", "old", "program", "tier"]
    assert found["one is there before"] == ["all", "old"]
    assert found["after"] == ["all"]
    assert "tier is for customers of some tiers" in found["refused"]
    assert found["for all again"] == ["all", "tier"]
