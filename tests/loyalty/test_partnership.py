"""Benefits of tiers beside the levels of Odoo's `partnership`, really installed.

Plain pytest on a scratch database of its own: the module is none of ours to depend on. What stands
below is done in an Odoo shell, and rolled back.
"""

import os

import pytest

from ..tools import real_server

STORY = """
import json
from odoo import Command

env = env(context={**env.context, "lang": "en_US"})
company = env.company
env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
product = env["product.product"].create({"name": "Desk", "type": "service", "taxes_id": False})
names = ("of the level", "of Bronze", "of Silver", "by hand")
lists = dict(zip(names, env["product.pricelist"].create([{"name": name} for name in names])))
level = env["res.partner.grade"].create(
    {"name": "Certified", "default_pricelist_id": lists["of the level"].id}
)
plain = env["res.partner.grade"].create({"name": "Friend"})
bronze, silver = env["customer.tier"].search([("company_id", "=", company.id)])[:2]
bronze.benefit_pricelist_id, silver.benefit_pricelist_id = lists["of Bronze"], lists["of Silver"]
silver.write({"min_revenue": 0, "min_occasions": 2})
people = {
    name: env["res.partner"].create({"name": name, "is_company": True})
    for name in ("first", "later", "contact", "plain", "nothing", "ended")
}
env["res.partner"].create({"name": "Eve", "parent_id": people["contact"].id, "grade_id": level.id})

def invoice(day):
    for partner in people.values():
        env["account.move"].create({
            "move_type": "out_invoice", "partner_id": partner.id, "invoice_date": day,
            "invoice_line_ids": [Command.create(
                {"product_id": product.id, "price_unit": 100, "tax_ids": False}
            )],
        }).action_post()
    env.flush_all()
    env.cr.flush()
    while env["customer.refresh.queue"]._process_batch(100):
        pass
    env.flush_all()
    env.invalidate_all()

def look(tier):
    found = {}
    for name, partner in people.items():
        grants = env["customer.benefit.grant"].search([
            ("partner_id", "=", partner.id), ("kind", "=", "pricelist"), ("state", "!=", "ended"),
        ])
        assert env["customer.profile"].search([("partner_id", "=", partner.id)]).tier_id == tier
        own = partner.specific_property_product_pricelist.name
        told = partner.message_ids.filtered(lambda one: "set by somebody else" in (one.body or ""))
        found[name] = [own, *grants.mapped("state"), *grants.mapped("reason"), len(told)]
    return found

env["res.partner"].browse(people["first"].id).grade_id = level
people["plain"].grade_id = plain
people["ended"].grade_id = level
invoice("2026-01-10")
result = {"Bronze": look(bronze)}
people["later"].grade_id = level
people["ended"].grade_id = False
invoice("2026-02-10")
result["Silver"] = look(silver)
env["customer.tier"]._release("tier")
env.flush_all()
env.invalidate_all()
result["uninstalled"] = {
    name: partner.specific_property_product_pricelist.name for name, partner in people.items()
}
print("RESULT=" + json.dumps(result))
"""

pytestmark = pytest.mark.skipif(
    "CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test"
)


def test_what_a_level_gave_is_left_and_told():
    with real_server.installed_database("partnership", "partnership") as database:
        found = real_server.result(*database, STORY)
    given = ["of Bronze", "granted", "tier", 0]
    left = ["of the level", "held", "partnership", 1]
    assert found["Bronze"] == {
        **{"first": left, "ended": left, "later": given, "plain": given, "nothing": given},
        "contact": [False, "held", "partnership", 1],
    }
    given = ["of Silver", "granted", "tier", 0]
    assert found["Silver"] == {
        **{"first": left, "later": left, "plain": given, "nothing": given},
        "contact": [False, "held", "partnership", 1],
        "ended": ["of the level", "held", "changed", 2],  # its list stays without the level
    }
    assert found["uninstalled"] == {
        **{"first": "of the level", "later": "of the level", "ended": "of the level"},
        **{"contact": False, "plain": False, "nothing": False},
    }
