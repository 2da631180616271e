"""A naive oracle of the satisfaction score: records read one by one, exact decimals.

Written from design.md, part 4, and docs/satisfaction_score.md; it shares nothing with
``models/`` and ``engine/`` but the records and the names of the measures.
"""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytz
from dateutil.relativedelta import relativedelta

SEVERITY = {"0": "0.25", "1": "0.5", "2": "1", "3": "2"}


class SatisfactionOracle:
    """Satisfaction of the customers of one company on one day."""

    def __init__(self, company, today):
        self.company = company.sudo()
        self.env = self.company.with_company(company).with_context(active_test=False).env
        self.today = today
        self.zone = pytz.timezone(company.resource_calendar_id.tz)

    def measure(self, customer):
        """Return every field of satisfaction of a customer; None where there is no data."""
        now = self._measure_on(customer, self.today)
        past = self._measure_on(customer, self.today - relativedelta(months=3))
        change = None
        if now["satisfaction"] is not None and past["satisfaction"] is not None:
            change = self._round(now["satisfaction"] - past["satisfaction"], 1)
        now["satisfaction_change"] = change
        state, basis = self._get_state(customer, now)
        now["satisfaction_state"], now["satisfaction_basis"] = state, basis
        return {
            name: float(value) if isinstance(value, Decimal) else value
            for name, value in now.items()
        }

    def _measure_on(self, customer, day):
        with localcontext() as context:
            context.prec = 60
            answers = self._get_answers(customer, day)
            complaints = self._get_complaints(customer, day)
            lines = self._get_lines(customer, day)
            gaps = [
                (self._day(answer.date), Decimal(line.perception - line.expectation))
                for answer in answers
                for line in answer.line_ids
            ]
            gap = self._mean(gaps, day)
            scores = {
                "rating": self._mean(
                    [
                        (self._day(a.date), (Decimal(a.rating) - 1) / 4 * 100)
                        for a in answers
                        if a.rating is not False
                    ],
                    day,
                ),
                "nps": self._mean(
                    [
                        (self._day(a.date), Decimal(a.nps) * 10)
                        for a in answers
                        if a.nps is not False
                    ],
                    day,
                ),
                "gap": None if gap is None else 50 + Decimal("12.5") * gap,
                "delivery": self._mean([(d, Decimal(100 if ok else 0)) for d, ok in lines], day),
                "complaints": None
                if not complaints
                else 100 * (-sum(Decimal(SEVERITY[c.severity]) for c in complaints)).exp(),
            }
            weights = {
                name: Decimal(str(self.company[f"customer_satisfaction_weight_{name}"]))
                for name in scores
            }
            counted = {n: s for n, s in scores.items() if s is not None and weights[n]}
            total = None
            if counted:
                total = sum(weights[n] * s for n, s in counted.items()) / sum(
                    weights[n] for n in counted
                )
            return {
                "satisfaction": self._round(total, 1),
                "satisfaction_gap_mean": self._round(gap, 2),
                "satisfaction_answer_count": len(answers),
                "satisfaction_fact_count": len(lines) + len(complaints),
                **{f"satisfaction_{n}": self._round(s, 1) for n, s in scores.items()},
            }

    def _day(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone).date()

    def _mean(self, facts, today):
        if not facts:
            return None
        half_life = self.company.customer_satisfaction_half_life
        weighted = [
            (Decimal("0.5") ** (Decimal((today - day).days) / half_life), value)
            if day <= today
            else (Decimal(1), value)
            for day, value in facts
        ]
        return sum(w * v for w, v in weighted) / sum(w for w, _v in weighted)

    @staticmethod
    def _round(value, digits):
        if value is None:
            return None
        exact = value.quantize(Decimal(10) ** -20, ROUND_HALF_UP)
        return exact.quantize(Decimal(10) ** -digits, ROUND_HALF_UP)

    def _get_state(self, customer, now):
        """Return the state and what it goes by; None and None for who was not asked.

        Only answers younger than two half-lives speak. Who is silent can be dissatisfied, by a
        complaint, and nothing else.
        """
        score, gap = now["satisfaction"], now["satisfaction_gap_mean"]
        if score is None:
            return None, None
        low = Decimal(str(self.company.customer_satisfaction_satisfied))
        high = Decimal(str(self.company.customer_satisfaction_delighted))
        limit = Decimal(str(self.company.customer_satisfaction_gap))
        speaking = [
            answer
            for answer in self._get_answers(customer, self.today)
            if (self.today - self._day(answer.date)).days
            < 2 * self.company.customer_satisfaction_half_life
        ]
        if any(answer.line_ids for answer in speaking):
            if gap > limit:
                return "delighted", "gap"
            return ("dissatisfied" if gap < -limit else "satisfied"), "gap"
        if speaking:
            if score >= high:
                return "delighted", "score"
            return ("dissatisfied" if score < low else "satisfied"), "score"
        is_heard = self.company.customer_satisfaction_weight_complaints > 0
        if is_heard and self._get_complaints(customer, self.today) and score < low:
            return "dissatisfied", "complaints"
        return None, None

    def _get_contacts(self, customer):
        partners = self.env["res.partner"].sudo()
        return partners.search([("commercial_partner_id", "=", customer.id)])

    def _search(self, model, customer):
        return [
            record
            for contact in self._get_contacts(customer)
            for record in self.env[model]
            .sudo()
            .search([("partner_id", "=", contact.id), ("company_id", "=", self.company.id)])
        ]

    def _get_answers(self, customer, today):
        return [
            answer
            for answer in self._search("customer.feedback", customer)
            if not answer.is_void
            and self._day(answer.date) <= today
            and (answer.rating is not False or answer.nps is not False or answer.line_ids)
        ]

    def _get_complaints(self, customer, today):
        felt = []
        for complaint in self._search("customer.complaint", customer):
            if complaint.duplicate_of_id or self._day(complaint.open_date) > today:
                continue
            closed = complaint.close_date and self._day(complaint.close_date)
            if not closed or closed > today - timedelta(days=180):
                felt.append(complaint)
        return felt

    def _get_lines(self, customer, today):
        """Return (promised day, on time in full) of the order lines of 365 days, as of a day."""
        lines = []
        for order in self._search("sale.order", customer):
            if order.state == "sale":
                for line in order.order_line:
                    judged = self._judge(line, today)
                    if judged:
                        lines.append(judged)
        return lines

    def _judge(self, line, today):
        product = line.product_id
        if line.display_type or not product.is_storable or line.product_uom_qty <= 0:
            return None
        shipments = [
            move
            for move in line.move_ids
            if move.location_dest_id.usage == "customer"
            and move.location_id.usage != "customer"
            and move.product_id == product
        ]
        promises = [self._day(move.date_deadline) for move in shipments if move.date_deadline]
        if not promises or min(promises) <= today - timedelta(days=365):
            return None
        promise = min(promises)
        last_day = promise + timedelta(days=self.company.customer_delivery_tolerance_days)
        ordered = line.product_uom_id._compute_quantity(
            line.product_uom_qty, product.uom_id, round=False
        )

        def arrived_by(day):
            return sum(
                move.product_uom._compute_quantity(move.quantity, product.uom_id)
                for move in shipments
                if move.state == "done" and self._day(move.date) <= day
            )

        if last_day >= today and arrived_by(today) < ordered - 1e-6:
            return None
        return promise, arrived_by(min(last_day, today)) >= ordered - 1e-6

    @staticmethod
    def get_now():
        return datetime.utcnow()


def read_satisfaction(profile, names):
    """Read fields of satisfaction as the oracle writes them; no profile is no data at all."""
    values = {}
    for name in names:
        value = profile[name]
        is_count = name.endswith("_count")
        values[name] = value if is_count else None if value is False else value
    return values
