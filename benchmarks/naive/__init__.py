"""The facts of a profile the obvious way: customer by customer, through the ORM.

What anybody would write first, and no worse: searches by customer, sums over records. It computes
less than a run does: no costs to serve, tiers, points, benefits, plays or aims.
"""

from datetime import timedelta

from .scores import get_satisfaction, recommend

SALES = ("out_invoice", "out_refund", "out_receipt")


def refresh(env, partner_ids, today):
    """Compute and write the profiles of some customers, one after the other."""
    model = env["customer.prediction.model"]._get_active(env.company)
    engine, _card = model._get_engine_objects() if model else (None, None)
    for partner in env["res.partner"].browse(partner_ids):
        profile = env["customer.profile"].search([("partner_id", "=", partner.id)], limit=1)
        values = _get_sales(env, partner, today) | _get_payments(env, partner, today)
        values |= _get_orders(env, partner, today) | _get_deliveries(env, partner, today)
        values |= _get_contacts(env, partner, today) | get_satisfaction(env, partner, today)
        if engine and values["occasion_count"]:
            values |= _get_prediction(engine, values, today)
        profile.write(values)
        if model:
            recommend(env, partner, today, model)
        env.flush_all()
        env.invalidate_all()


def _get_sales(env, partner, today):
    moves = env["account.move"].search(
        [
            ("commercial_partner_id", "=", partner.id),
            ("move_type", "in", SALES),
            ("state", "=", "posted"),
        ]
    )
    year = moves.filtered(lambda move: move.invoice_date > today - timedelta(days=365))
    sold = moves.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    days = sorted(
        {
            move.invoice_date
            for move in moves
            if move.move_type != "out_refund"
            and sum(move.reversal_move_ids.mapped("amount_untaxed")) < move.amount_untaxed
        }
    )
    gaps = [(later - day).days for day, later in zip(days, days[1:], strict=False)]
    revenue = sum(moves.mapped("amount_untaxed_signed"))
    return {
        "revenue_total": revenue,
        "revenue_365": sum(year.mapped("amount_untaxed_signed")),
        "gross_profit_total": revenue - sum(line.customer_cost or 0 for line in sold),
        "invoice_count": len(moves.filtered(lambda move: move.move_type != "out_refund")),
        "credit_note_count": len(moves.filtered(lambda move: move.move_type == "out_refund")),
        "occasion_count": len(days),
        "first_occasion_date": days[0] if days else False,
        "last_occasion_date": days[-1] if days else False,
        "gap_count": len(gaps),
        "gap_mean_days": sum(gaps) / len(gaps) if gaps else False,
    }


def _get_payments(env, partner, today):
    lines = env["account.move.line"].search(
        [
            ("partner_id", "=", partner.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
        ]
    )
    late, paid = 0.0, 0.0
    for line in lines.filtered(lambda line: line.balance > 0):
        for match in line.matched_credit_ids:
            days = (match.credit_move_id.date - line.date_maturity).days
            late += float(match.amount) * days
            paid += float(match.amount)
    overdue = lines.filtered(lambda line: line.amount_residual and line.date_maturity < today)
    return {
        "payment_days_late": late / paid if paid else False,
        "overdue_amount": max(sum(overdue.mapped("amount_residual")), 0),
    }


def _get_orders(env, partner, today):
    orders = env["sale.order"].search(
        [("partner_id", "child_of", partner.id), ("state", "in", ("draft", "sent", "sale"))]
    )
    quotations = orders.filtered(lambda order: order.state != "sale")
    lines = (orders - quotations).order_line
    return {
        "open_quotation_count": len(quotations),
        "open_quotation_amount": sum(quotations.mapped("amount_untaxed")),
        "open_order_amount": sum(lines.mapped("untaxed_amount_to_invoice")),
        "order_line_count_total": len(lines),
    }


def _get_deliveries(env, partner, today):
    moves = env["stock.move"].search(
        [("picking_id.partner_id", "child_of", partner.id), ("state", "=", "done")]
    )
    sent = moves.filtered(lambda move: move.location_dest_id.usage == "customer")
    on_time = sent.filtered(lambda move: move.date <= move.date_deadline)
    return {
        "delivery_count_total": len(sent.picking_id),
        "return_count_total": len((moves - sent).picking_id),
        "otif_line_count": len(sent),
        "otif_on_time_count": len(on_time),
        "otif_ratio": len(on_time) / len(sent) if sent else False,
    }


def _get_contacts(env, partner, today):
    talks = env["customer.interaction"].search([("customer_id", "=", partner.id)])
    complaints = env["customer.complaint"].search([("customer_id", "=", partner.id)])
    env["customer.feedback"].search([("customer_id", "=", partner.id)]).mapped("rating")
    return {
        "interaction_count_total": len(talks),
        "interaction_minutes_total": sum(talks.mapped("duration_minutes")),
        "complaint_count_total": len(complaints),
        "complaint_hours_total": sum(complaints.mapped("hours")),
    }


def _get_prediction(engine, values, today):
    """Ask the model for one customer: as cheap as it can be, the model is read once for all."""
    # Not known before Odoo has read where addons are.
    from odoo.addons.customer_value.engine.prediction import (  # noqa: PLC0415
        CustomerFacts,
        predict,
    )

    facts = CustomerFacts.of(
        today.toordinal(),
        [values["occasion_count"]],
        [values["first_occasion_date"].toordinal()],
        [values["last_occasion_date"].toordinal()],
        [values["revenue_total"]],
        [values["gross_profit_total"]],
    )
    found = predict(engine, facts)
    return {
        "alive_probability": float(found.alive_probability[0]),
        "expected_purchases": float(found.year_purchases[0]),
        "predicted_profit": float(found.value[0]),
    }
