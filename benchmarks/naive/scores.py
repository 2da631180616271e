"""What is worked out of a customer's facts, the obvious way: for one customer at a time.

Satisfaction from answers and complaints, the chances that the prediction's model gives, and what
to offer: the records of one customer are read, looped over, and compared with what is stored.
"""

from odoo.tools import float_round

SHOWN = 5
HALF_LIFE, YEAR = 180, 365
OPEN = ("open", "quoted")


def get_satisfaction(env, partner, today):
    """Return the weighted mean of what the customer answered and what was promised to them."""
    answers = env["customer.feedback"].search(
        [("customer_id", "=", partner.id), ("is_void", "=", False)]
    )
    complaints = env["customer.complaint"].search([("customer_id", "=", partner.id)])
    parts = []
    for answer in answers:
        weight = 0.5 ** ((today - answer.date.date()).days / HALF_LIFE)
        if answer.rating:
            parts.append(((answer.rating - 1) * 25.0, weight))
        if answer.nps is not False:
            parts.append((answer.nps * 10.0, weight))
        for line in answer.line_ids:
            parts.append((50 + 12.5 * (line.perception - line.expectation), weight))
    for complaint in complaints:
        age = (today - complaint.open_date.date()).days
        parts.append((0.0 if age < YEAR else 50.0, 0.5 ** (age / HALF_LIFE)))
    total = sum(weight for _score, weight in parts)
    return {
        "satisfaction": sum(score * weight for score, weight in parts) / total if total else False,
        "satisfaction_answer_count": len(answers),
    }


def recommend(env, partner, today, model):
    """Bring the recommendations of a customer up to date."""
    lines = env["account.move.line"].search(
        [
            ("move_id.commercial_partner_id", "=", partner.id),
            ("move_id.move_type", "in", ("out_invoice", "out_receipt")),
            ("parent_state", "=", "posted"),
            ("display_type", "=", "product"),
            ("product_id", "!=", False),
        ]
    )
    days, quantities = {}, {}
    for line in lines:
        days.setdefault(line.product_id, set()).add(line.move_id.invoice_date)
        quantities.setdefault(line.product_id, []).append(line.quantity)
    wanted = {}
    for kind, found in (
        ("reorder", _get_late(days, today)),
        ("cross_sell", _get_pairs(env, model, "cross_sell", days)),
        ("up_sell", _get_pairs(env, model, "up_sell", days)),
    ):
        rank = 0
        for product, why in found:
            offer = _get_offer(partner, product, quantities.get(product))
            if offer and rank < SHOWN:
                rank += 1
                wanted[kind, product] = offer | why | {"rank": rank}
    _store(env, partner, wanted, today)


def _get_late(days, today):
    late = []
    for product, bought in days.items():
        ordered = sorted(bought)
        gaps = [(b - a).days for a, b in zip(ordered, ordered[1:], strict=False)]
        if gaps and (today - ordered[-1]).days > sum(gaps) / len(gaps):
            why = {"gap_days": sum(gaps) / len(gaps), "last_purchase_date": ordered[-1]}
            late.append((product, why))
    return late


def _get_pairs(env, model, kind, days):
    """Return what customers like this one bought as well, the best first."""
    best = {}
    for pair in env["customer.product.affinity"].search(
        [
            ("model_id", "=", model.id),
            ("kind", "=", kind),
            ("product_id", "in", [product.id for product in days]),
        ]
    ):
        other = pair.other_product_id
        if other not in days and pair.score > best.get(other, (0.0, None))[0]:
            why = {
                "because_product_id": pair.product_id.id,
                "support_count": pair.together_count,
                "base_count": pair.base_count,
                "lift": pair.lift,
            }
            best[other] = pair.score, why
    ranked = sorted(best.items(), key=lambda item: -item[1][0])
    return [(product, why) for product, (_score, why) in ranked]


def _get_offer(partner, product, quantities):
    """Return what a product would bring at the customer's price; empty if it is not to be had."""
    if not product.active or not product.sale_ok:
        return {}
    if product.is_storable and not product.purchase_ok and product.qty_available <= 0:
        return {}
    price = partner.property_product_pricelist._get_product_price(product, 1.0)
    if price < product.standard_price:
        return {}
    usual = sum(quantities) / len(quantities) if quantities else 1.0
    profit = (price - product.standard_price) * usual
    return {"usual_quantity": usual, "expected_profit": float_round(profit, precision_digits=2)}


def _store(env, partner, wanted, today):
    recommendations = env["customer.recommendation"]
    stored = recommendations.search([("partner_id", "=", partner.id), ("state", "in", OPEN)])
    for row in stored:
        figures = wanted.pop((row.kind, row.product_id), None)
        row.write(figures or {"state": "expired", "decided_date": today})
    recommendations.create(
        [
            {
                "partner_id": partner.id,
                "company_id": env.company.id,
                "kind": kind,
                "product_id": product.id,
                "date": today,
                **figures,
            }
            for (kind, product), figures in wanted.items()
        ]
    )
