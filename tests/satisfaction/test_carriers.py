"""Answers and complaints by carrier, with Odoo's app *Delivery* really installed.

Plain pytest on a scratch database of its own: the module is none of ours to depend on.
"""

import os

import pytest

from ..tools import real_server

PREPARE = """
import json

def create(model, /, **values):
    return env[model].create(values)

company = env.company
azure = create("res.partner", name="Azure", is_company=True, email="azure@example.com")
desk = create("product.product", name="Desk", type="consu", is_storable=False)
fee = create("product.product", name="Carriage", type="service")

def deliver(carrier):
    order = create(
        "sale.order", partner_id=azure.id,
        order_line=[(0, 0, {"product_id": desk.id, "product_uom_qty": 2, "price_unit": 10})],
    )
    order.action_confirm()
    picking = order.picking_ids
    picking.carrier_id = carrier
    picking.move_ids.quantity = 2
    picking.move_ids.picked = True
    picking._action_done()
    assert picking.state == "done"
    return order, picking

carriers = {
    name: create("delivery.carrier", name=name, product_id=fee.id, delivery_type="fixed")
    for name in ("Fast", "Slow")
}
carriers["none"] = env["delivery.carrier"]
carriers["Slow"].with_context(lang="en_US").name = "Slow post"
for name, ratings in (("Fast", (5, 4)), ("Slow", (1,)), ("none", (3,))):
    for rating in ratings:
        order, picking = deliver(carriers[name])
        env["customer.feedback"]._register_answer(
            company, azure, "rating", {"rating": rating},
            res_model="stock.picking", res_id=picking.id,
        )
        if rating == 1:
            create(
                "customer.complaint", subject="Broken", partner_id=azure.id, picking_id=picking.id,
                company_id=company.id,
            )
env.cr.commit()
answers = env["customer.answer.report"].with_context(lang="en_US")._read_group(
    [("customer_id", "=", azure.id)], ["carrier"], ["rating:avg", "rating_count:sum"]
)
rates = env["customer.complaint.rate"].with_context(lang="en_US")
assert "carrier" in rates.fields_get()
found = rates._read_group([], ["carrier"], ["complaint_count:sum", "delivery_count:sum"])
print("RESULT=" + json.dumps({"answers": answers, "rates": found}))
"""


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_carriers_are_told_apart():
    with real_server.installed_database("carriers", "stock_delivery") as database:
        found = real_server.result(*database, PREPARE)
    assert sorted(found["answers"], key=str) == sorted(
        [["Fast", 4.5, 2], ["Slow post", 1, 1], [False, 3, 1]], key=str
    )
    assert sorted(found["rates"], key=str) == sorted(
        [["Fast", 0, 2], ["Slow post", 1, 1], [False, 0, 1]], key=str
    )
