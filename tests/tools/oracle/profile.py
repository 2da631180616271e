"""A naive oracle of the profile: documents read one by one through the ORM, plain Python sums.

Written from design.md, part 4, and from nothing in ``models/`` or ``engine/``: what it shares
with the addon are the documents and the names of the measures. Slow and simple on purpose.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytz

from ..given_back import GivenBack
from .numbers import exact, quantile
from .payments import SALE_TYPES, PaymentOracle
from .standing import RELATIVE_FIELDS, StandingOracle

YEAR = timedelta(days=365)
MONEY_FIELDS = (
    "revenue_total",
    "revenue_365",
    "revenue_previous_365",
    "revenue_before_pause",
    "gross_profit_total",
    "gross_profit_365",
    "cost_to_serve_total",
    "cost_to_serve_365",
    "net_profit_total",
    "net_profit_365",
    "overdue_amount",
    "bad_debt_amount_total",
    "bad_debt_amount_365",
    "cash_discount_amount_total",
    "cash_discount_amount_365",
    "open_quotation_amount",
    "open_order_amount",
)
EMPTY_FIELDS = (
    "first_occasion_date",
    "last_occasion_date",
    "gap_mean_days",
    "gap_median_days",
    "gap_p80_days",
    "gap_p95_days",
    "recent_longest_gap_days",
    "payment_days_late",
    "paid_ratio_365",
    "otif_ratio",
    "delivery_days_late",
    "last_interaction_date",
)
COUNT_FIELDS = (
    "invoice_count",
    "credit_note_count",
    "occasion_count",
    "occasion_count_365",
    "occasion_count_before_pause",
    "gap_count",
    "paid_invoice_count_365",
    "open_quotation_count",
    "open_order_count",
    "order_line_count_total",
    "order_line_count_365",
    "delivery_count_total",
    "delivery_count_365",
    "return_count_total",
    "return_count_365",
    "otif_line_count",
    "otif_on_time_count",
    "interaction_count_total",
    "interaction_count_365",
    "interaction_minutes_total",
    "interaction_minutes_365",
)
# Who agrees in all of these bought in the same way.
STANDING_SOURCES = (
    "occasion_count",
    "occasion_count_365",
    "occasion_count_before_pause",
    "first_occasion_date",
    "last_occasion_date",
    "revenue_total",
    "revenue_365",
    "revenue_before_pause",
    "gap_count",
    "gap_p80_days",
    "gap_p95_days",
    "recent_longest_gap_days",
)


class Oracle(PaymentOracle, StandingOracle):
    """Measures of the customers of one company, its branches included, on one day.

    :param final: (model, id) -> id of the customer a document had when it became final, where
        that is not (or no longer) written on it
    """

    def __init__(self, company, today, final=None):
        self.final = final or {}
        self.company = company.sudo()
        self.env = self.company.with_company(company).with_context(active_test=False).env
        self.today = today
        self.zone = self._get_zone(company)
        self.cent = Decimal(10) ** -company.currency_id.decimal_places
        self.moves = self._group(
            self._search(
                "account.move",
                [("state", "=", "posted"), ("move_type", "in", SALE_TYPES)],
            ),
            lambda move: move.commercial_partner_id,
            lambda move: move.invoice_date <= today,
        )
        self.entry_lines = self._group(
            self._search(
                "account.move.line",
                [
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                ],
            ),
            lambda line: line.partner_id,
        )
        self.discounts = self._group(
            self._search(
                "account.move.line",
                [("parent_state", "=", "posted"), ("move_id.move_type", "=", "entry")],
            ).filtered(self._is_cash_discount),
            self._get_discount_taker,
            lambda line: (
                line.date <= today
                and "posted" not in line.move_id.reversal_move_ids.mapped("state")
            ),
        )
        self.orders = self._group(
            self._search("sale.order", [("state", "in", ("draft", "sent", "sale"))]),
            self._get_order_partner,
        )
        self.transfers = self._group(
            self._search("stock.picking", [("state", "=", "done")]),
            self._get_transfer_partner,
            lambda picking: self.local_day(picking.date_done) <= today,
        )
        self.interactions = self._group(
            self._search("customer.interaction", []),
            self._get_final_partner,
            lambda interaction: self.local_day(interaction.date) <= today,
        )

    @staticmethod
    def _get_zone(company):
        return pytz.timezone(company.resource_calendar_id.tz or company.partner_id.tz or "UTC")

    @classmethod
    def get_today(cls, company):
        """Return the calendar day it is now where the company is."""
        return pytz.utc.localize(datetime.utcnow()).astimezone(cls._get_zone(company)).date()

    def _search(self, model, domain):
        companies = self.env["res.company"].sudo().search([])
        ours = [company.id for company in companies if self._is_ours(company)]
        return self.env[model].sudo().search([("company_id", "in", ours), *domain])

    def _is_ours(self, company):
        """Tell whether a company is the one measured, or a branch somewhere below it."""
        while company and company != self.company:
            company = company.parent_id
        return bool(company)

    def _get_order_partner(self, order):
        """With whom an order became final: its first posted invoice says so, else its contact."""
        invoices = [
            move
            for move in order.order_line.invoice_lines.move_id
            if move.state == "posted" and move.move_type in SALE_TYPES
        ]
        if invoices:
            return min(invoices, key=lambda m: (m.invoice_date, m.id)).commercial_partner_id
        return (
            order.partner_id if order.state in ("draft", "sent") else self._get_final_partner(order)
        )

    def _get_transfer_partner(self, picking):
        if picking.sale_id:
            return self._get_order_partner(picking.sale_id)
        return self._get_final_partner(picking)

    def _get_final_partner(self, record):
        """The customer of a record when it became final; without a note, nobody has moved."""
        partner_id = self.final.get((record._name, record.id))
        return self.env["res.partner"].browse(partner_id) if partner_id else record.partner_id

    def _group(self, records, get_partner, keep=lambda record: True):
        """Documents by customer: the commercial partner, as of now, of whom they are with."""
        groups = defaultdict(list)
        for record in records:
            if keep(record):
                groups[get_partner(record).commercial_partner_id.id].append(record)
        return groups

    def local_day(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone).date() if moment else None

    def in_year(self, day):
        return self.today - YEAR < day <= self.today

    def money(self, amount):
        return float(Decimal(amount).quantize(self.cent, ROUND_HALF_UP))

    @property
    def customer_ids(self):
        """Everybody with a document that counts."""
        return sorted(
            partner
            for partner in {
                *(self.moves | self.orders | self.transfers | self.interactions),
                *self.entry_lines,
            }
            if partner
        )

    # === ABSOLUTE MEASURES === #

    def measure(self, partner_id):
        """Return every absolute measure of one customer; None where there is not enough data."""
        result = {
            **dict.fromkeys(EMPTY_FIELDS),
            **dict.fromkeys(MONEY_FIELDS, 0.0),
            **dict.fromkeys(COUNT_FIELDS, 0),
        }
        moves = self.moves.get(partner_id, [])
        result.update(self._measure_sales(moves))
        result.update(self._measure_occasions(moves))
        entry_lines = self.entry_lines.get(partner_id, [])
        result.update(self._measure_before_pause(moves))
        result.update(self._measure_payments(moves))
        result.update(self._measure_overdue(entry_lines, result))
        result.update(self._measure_bad_debts(moves, entry_lines))
        result.update(self._measure_cash_discounts(partner_id, result))
        result.update(self._measure_orders(self.orders.get(partner_id, [])))
        result.update(self._measure_transfers(self.transfers.get(partner_id, [])))
        result.update(self._measure_promises(self.orders.get(partner_id, [])))
        result.update(self._measure_interactions(self.interactions.get(partner_id, [])))
        result.update(self._measure_profit(result))
        return result

    def _measure_sales(self, moves):
        """Revenue and gross profit; the profit is unknown if the cost of one line is."""
        sums = defaultdict(Decimal)
        unknown = set()
        for move in moves:
            windows = ["total"]
            if self.in_year(move.invoice_date):
                windows.append("365")
            elif self.today - 2 * YEAR < move.invoice_date <= self.today - YEAR:
                windows.append("previous_365")
            revenue = exact(move.amount_untaxed_signed)
            cost = Decimal(0)
            for line in move.line_ids:
                if line.display_type == "product":
                    if line.customer_cost is False:
                        unknown.update(windows)
                    else:
                        cost += exact(line.customer_cost)
            for window in windows:
                sums["revenue", window] += revenue
                sums["profit", window] += revenue - cost
        refunds = [move for move in moves if move.move_type == "out_refund"]
        return {
            "revenue_total": self.money(sums["revenue", "total"]),
            "revenue_365": self.money(sums["revenue", "365"]),
            "revenue_previous_365": self.money(sums["revenue", "previous_365"]),
            **{
                f"gross_profit_{window}": None
                if window in unknown
                else self.money(sums["profit", window])
                for window in ("total", "365")
            },
            "invoice_count": len(moves) - len(refunds),
            "credit_note_count": len(refunds),
        }

    def read_given_back(self, moves):
        """What credit notes take back of the documents of one customer (tests/tools/given_back)."""
        return GivenBack(moves, self.today, self.local_day)

    def is_reversed(self, invoice, moves):
        """Tell whether everything on an invoice was given back."""
        return self.read_given_back(moves).is_given_back(invoice)

    def occasion_days(self, moves):
        """Days on which the customer kept something of a document, in the document's currency."""
        given_back = self.read_given_back(moves)
        return sorted({move.invoice_date for move in moves if given_back.is_purchase(move)})

    def _measure_occasions(self, moves):
        days = self.occasion_days(moves)
        result = {
            "occasion_count": len(days),
            "occasion_count_365": len([day for day in days if self.in_year(day)]),
            "first_occasion_date": days[0] if days else None,
            "last_occasion_date": days[-1] if days else None,
        }
        gaps = [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]
        if gaps:
            recent = [
                gap
                for gap, day in zip(gaps, days[1:], strict=True)
                if day >= self.today - timedelta(days=180)
            ]
            result |= {
                "gap_count": len(gaps),
                "gap_mean_days": sum(gaps) / len(gaps),
                "gap_median_days": quantile(gaps, "0.5"),
                "gap_p80_days": quantile(gaps, "0.8"),
                "gap_p95_days": quantile(gaps, "0.95"),
                "recent_longest_gap_days": max(recent, default=None),
            }
        return result

    def _measure_before_pause(self, moves):
        """Purchase days and revenue of the 365 days that end with the last occasion."""
        days = self.occasion_days(moves)
        if not days:
            return {}

        def counts(day):
            return days[-1] - YEAR < day <= days[-1]

        revenue = sum(exact(m.amount_untaxed_signed) for m in moves if counts(m.invoice_date))
        return {
            "occasion_count_before_pause": len([day for day in days if counts(day)]),
            "revenue_before_pause": self.money(revenue),
        }

    def _measure_orders(self, orders):
        quotations = [order for order in orders if order.state != "sale"]
        amounts = [self._get_open_amount(order) for order in orders if order.state == "sale"]
        days = [
            self.local_day(order.date_order)
            for order in orders
            if order.state == "sale"
            for line in order.order_line
            if not line.display_type and not line.is_downpayment
        ]
        return {
            "open_quotation_count": len(quotations),
            "open_quotation_amount": self._get_order_amount(quotations),
            "open_order_count": len([amount for amount in amounts if amount]),
            "open_order_amount": self.money(sum(exact(amount) for amount in amounts)),
            "order_line_count_total": len([day for day in days if day <= self.today]),
            "order_line_count_365": len([day for day in days if self.in_year(day)]),
        }

    def _get_open_amount(self, order):
        """What is not invoiced yet of an order: line by line, less advances not taken off yet."""
        left = advances = Fraction(0)
        for line in order.order_line:
            if line.display_type:
                continue
            quantity, amount = self._get_invoiced(line)
            if line.is_downpayment:
                advances += amount
                continue
            whole_quantity, whole = self._get_to_be_invoiced(line)
            sign = -1 if whole < 0 else 1
            rest = [whole, whole - amount]
            if whole_quantity:
                rest.append(whole * (1 - quantity / whole_quantity))
            left += sign * max(min(sign * part for part in rest), 0)
        rate = Fraction(exact(order.currency_rate or 1))
        amount = max(left - max(advances, 0), 0) / rate
        return self.money(Decimal(amount.numerator) / Decimal(amount.denominator))

    def _get_to_be_invoiced(self, line):
        """Quantity and amount an order line comes to in the end."""
        ordered = Fraction(exact(line.product_uom_qty))
        delivered = Fraction(exact(line.qty_delivered))
        product = line.product_id
        quantity = ordered
        if product.invoice_policy == "delivery":
            if product.type == "consu" and line.order_id.delivery_status == "full":
                quantity = delivered
            else:
                quantity = max(ordered, delivered) if ordered >= 0 else min(ordered, delivered)
        if not ordered:
            price = line.untaxed_amount_to_invoice + line.untaxed_amount_invoiced
            return delivered, Fraction(exact(price))
        return quantity, Fraction(exact(line.price_subtotal)) * quantity / ordered

    def _get_invoiced(self, line):
        """Quantity in the unit of the order line and amount in its currency, posted so far."""
        quantity = amount = Fraction(0)
        for billed in line.invoice_lines:
            move = billed.move_id
            if move.state != "posted" or move.invoice_date > self.today:
                continue
            sign = -1 if move.move_type == "out_refund" else 1
            factor = exact(billed.product_uom_id.factor or 1) / exact(
                line.product_uom_id.factor or 1
            )
            quantity += sign * Fraction(exact(billed.quantity)) * Fraction(factor)
            if move.currency_id == line.currency_id:
                amount += sign * Fraction(exact(billed.price_subtotal))
            else:
                rate = Fraction(exact(line.order_id.currency_rate or 1))
                amount -= Fraction(exact(billed.balance)) * rate
        return quantity, amount

    def _get_order_amount(self, orders):
        return self.money(
            sum(exact(order.amount_untaxed / (order.currency_rate or 1)) for order in orders)
        )

    def _measure_transfers(self, transfers):
        result = defaultdict(int)
        for picking in transfers:
            leaves = picking.location_id.usage == "customer"
            arrives = picking.location_dest_id.usage == "customer"
            if leaves != arrives:
                kind = "return" if leaves else "delivery"
                result[f"{kind}_count_total"] += 1
                if self.in_year(self.local_day(picking.date_done)):
                    result[f"{kind}_count_365"] += 1
        return result

    def _measure_promises(self, orders):
        """On time in full of order lines of storable products whose promise is past or kept."""
        outcomes = []
        for order in orders:
            if order.state == "sale":
                for line in order.order_line:
                    outcome = self._judge(line)
                    if outcome:
                        outcomes.append(outcome)
        if not outcomes:
            return {}
        on_time = [is_on_time for is_on_time, _days in outcomes]
        return {
            "otif_line_count": len(outcomes),
            "otif_on_time_count": sum(on_time),
            "otif_ratio": sum(on_time) / len(outcomes),
            "delivery_days_late": sum(days for _is_on_time, days in outcomes) / len(outcomes),
        }

    def _judge(self, line):
        """Return (on time in full, days late) of one order line, None if nothing is due yet."""
        if line.display_type or not line.product_id.is_storable or line.product_uom_qty <= 0:
            return None
        shipments = [
            move
            for move in line.move_ids
            if move.location_dest_id.usage == "customer"
            and move.location_id.usage != "customer"
            and move.product_id == line.product_id
        ]
        promises = [self.local_day(move.date_deadline) for move in shipments if move.date_deadline]
        if not promises or min(promises) <= self.today - YEAR:
            return None
        promise = min(promises)
        last_day = promise + timedelta(days=self.company.customer_delivery_tolerance_days)
        unit = line.product_id.uom_id
        ordered = line.product_uom_id._compute_quantity(line.product_uom_qty, unit, round=False)
        done = [
            (self.local_day(move.date), move.product_uom._compute_quantity(move.quantity, unit))
            for move in shipments
            if move.state == "done"
        ]

        def has_all_by(day):
            return sum(quantity for moved, quantity in done if moved <= day) >= ordered - 1e-6

        complete = next((day for day, _quantity in sorted(done) if has_all_by(day)), None)
        if not complete and last_day >= self.today:
            return None
        end = complete
        if not end and any(move.state not in ("done", "cancel") for move in shipments):
            end = self.today
        elif not end:  # the rest was cancelled: it does not get later every day
            end = max((moved for moved, _quantity in done if moved <= self.today), default=promise)
        return has_all_by(last_day), max((end - promise).days, 0)

    def _measure_interactions(self, interactions):
        year = [i for i in interactions if self.in_year(self.local_day(i.date))]
        spoken = [self.local_day(i.date) for i in interactions if i.outcome != "not_reached"]
        return {
            "interaction_count_total": len(interactions),
            "interaction_count_365": len(year),
            "interaction_minutes_total": float(
                sum(exact(i.duration_minutes) for i in interactions)
            ),
            "interaction_minutes_365": float(sum(exact(i.duration_minutes) for i in year)),
            "last_interaction_date": max(spoken, default=None),
        }

    def _measure_profit(self, facts):
        """Cost to serve: what was counted times the rates of the company."""
        company = self.company
        result = {}
        for window in ("total", "365"):
            late = exact(facts[f"late_amount_days_{window}"])
            cost = sum(
                exact(self.money(part))
                for part in (
                    facts[f"order_line_count_{window}"]
                    * exact(company.customer_cost_per_order_line),
                    facts[f"delivery_count_{window}"] * exact(company.customer_cost_per_delivery),
                    facts[f"return_count_{window}"] * exact(company.customer_cost_per_return),
                    exact(facts[f"interaction_minutes_{window}"])
                    * exact(company.customer_cost_per_interaction_minute),
                    late * exact(company.customer_capital_cost_percent) / 100 / 365,
                    facts[f"bad_debt_amount_{window}"],
                )
            )
            gross = facts[f"gross_profit_{window}"]
            result[f"cost_to_serve_{window}"] = self.money(cost)
            result[f"net_profit_{window}"] = (
                None if gross is None else self.money(exact(gross) - exact(self.money(cost)))
            )
        return result


def read_profile(profile, names):
    """Read measures of a profile as the oracle writes them: NULL is None."""
    nullable = {*EMPTY_FIELDS, *RELATIVE_FIELDS} | {
        name for name in MONEY_FIELDS if "profit" in name
    }
    values = {}
    for name in names:
        value = profile[name]
        values[name] = None if value is False and name in nullable else value
    return values


def differences(expected, actual, profile_currency):
    """Return measure -> (expected, actual) where a profile is not what the oracle says."""
    wrong = {}
    for name, value in expected.items():
        other = actual[name]
        if isinstance(value, float) and isinstance(other, (int, float)):
            if name in MONEY_FIELDS:
                same = profile_currency.compare_amounts(value, other) == 0
            else:
                same = abs(value - other) <= 1e-5 * max(1.0, abs(value))
        elif isinstance(value, date) or isinstance(other, date):
            same = value == other
        else:
            same = value == other and (value is None) == (other is None)
        if not same:
            wrong[name] = (value, other)
    return wrong
