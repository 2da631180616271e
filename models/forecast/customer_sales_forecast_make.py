import numpy as np

from odoo import api, models

from ...engine import forecast as engine
from ..calendar.company_calendar import calendar_of, get_month_end
from .customer_pipeline_line import KINDS

FORETOLD = (
    "repeat_amount",
    "new_amount",
    "expected_amount",
    "low_amount",
    "high_amount",
    "usual_miss_percent",
)
# This month and the next three.
MONTHS = 4
# From so many forecasts that have come due on, their misses tell how far one may be off.
MIN_DUE = 3


class CustomerSalesForecast(models.Model):
    """Making the forecast: every night, and after a new prediction."""

    _inherit = "customer.sales.forecast"

    @api.model
    def _get_due_companies(self):
        """Return companies with customers whose forecast is not of today, or not of this model."""
        profiles = self.env["customer.profile"].sudo()
        models = self.env["customer.prediction.model"]
        current = {row.company_id: row for row in self.sudo().search([("is_current", "=", True)])}
        due = self.env["res.company"]
        for (company,) in profiles._read_group([], ["company_id"]):
            last = current.get(company)
            if (
                not last
                or last.date < profiles._get_today(company)
                or last.model_id != models._get_active(company)
            ):
                due |= company
        return due

    @api.model
    def _make(self, company, today=None):
        """Foretell this month and the next three from documents and facts as they are now.

        What was made in earlier months stays as it is; that of this month is replaced.

        :param today: default today in the company's time zone
        :return: the current forecasts
        """
        self = self.sudo().with_company(company)
        today = today or self.env["customer.profile"]._get_today(company)
        lines = self.env["customer.pipeline.line"]._rebuild(company, today)
        self._update_actual(company, today)
        record = self.env["customer.prediction.model"]._get_active(company)
        return self._store(company, self._prepare_months(company, record, today, lines))

    @api.model
    def _store(self, company, months):
        """Write the rows of this month anew, or create them; return them."""
        own = [("company_id", "=", company.id)]
        made = self.search([*own, ("made_month", "=", months[0]["made_month"])])
        self.search([*own, ("is_current", "=", True)]).write({"is_current": False})
        known = made.grouped("month")
        rows = self.browse()
        for vals in months:
            row = known.get(vals["month"])
            if row:
                row.write(vals)
            rows |= row or self.create(vals)
        return rows

    @api.model
    def _prepare_months(self, company, record, today, lines):
        """Return the values of the rows of all months."""
        calendar = company._get_customer_calendar()
        begin = calendar.get_month_start(today)
        months = [calendar.add_months(begin, ahead) for ahead in range(MONTHS)]
        revenues = self._get_month_revenues(company, today)
        kinds, pipeline, spread = self._get_pipeline(lines, months)
        repeat, new, variance, season = self._get_sums(
            company, record, today, months, pipeline, revenues
        )
        now = calendar.get_month_number(today)
        billed = sum(amount for month, _first, amount in revenues if month == now)
        rows = []
        for ahead, month in enumerate(months):
            parts = {f"{kind}_amount": kinds[kind][ahead] for kind, _label in KINDS}
            vals = {
                "company_id": company.id,
                "model_id": record.id,
                "date": today,
                "made_month": months[0],
                "month": month,
                "months_ahead": ahead,
                "is_current": True,
                "note": "no_prediction",
                **dict.fromkeys(FORETOLD),
                "billed_amount": 0.0 if ahead else billed,
                "actual_amount": False if ahead else billed,
                **parts,
            }
            if repeat is not None:
                error, is_own = self._get_error(company, record, ahead, season)
                # Misses that came due hold the chance of single purchases already.
                chance = 0.0 if is_own else variance[ahead] + spread[ahead]
                vals |= self._prepare_expected(
                    company, vals, repeat[ahead], new and new[ahead], chance, error
                )
                vals["note"] = "ok" if season else "no_season"
            rows.append(vals)
        return rows

    @api.model
    def _prepare_expected(self, company, vals, repeat, new, variance, error):
        """Return the total of a month with its range, from rounded parts."""
        rounded = company.currency_id.round
        parts = sum(vals[f"{kind}_amount"] for kind, _label in KINDS)
        repeat = rounded(repeat)
        new = None if new is None else rounded(new)
        found = engine.get_month_forecast(
            vals["billed_amount"], repeat, new or 0.0, parts, variance, error
        )
        return {
            "repeat_amount": repeat,
            "new_amount": new,
            "expected_amount": rounded(found.expected),
            "low_amount": rounded(found.low),
            "high_amount": rounded(found.high),
            "usual_miss_percent": 100 * error,
        }

    @api.model
    def _get_sums(self, company, record, today, months, pipeline, revenues):
        """Return usual purchases, those of new customers, their variance, and the season.

        All but the season are ``None`` without a prediction.
        """
        table = [np.array(column) for column in zip(*revenues, strict=True)] or [np.zeros(0)] * 3
        calendar = calendar_of(months[0])
        now = calendar.get_month_number(today)
        season = engine.get_season(table[0].astype(int), table[2], now)
        if not record or record.level not in ("full", "few_customers"):
            return None, None, None, season
        index = self._get_season_index(season, months)
        repeat, variance, known = self._get_repeat(company, record, today, months, pipeline, index)
        last = get_month_end(months[0])
        rest = (last - today).days / ((last - months[0]).days + 1)
        new = engine.get_new_sales(
            table[0].astype(int), table[1].astype(int), table[2], now, rest, len(months)
        )
        if new is None:
            return repeat, None, variance, season
        prospects = sum(
            (amounts for partner, amounts in pipeline.items() if partner not in known),
            np.zeros(len(months)),
        )
        coming = np.maximum(new.amounts * index - prospects, 0.0)
        return repeat, coming.tolist(), variance + new.variances * index**2, season

    @api.model
    def _get_season_index(self, season, months):
        if not season:
            return np.ones(len(months))
        return np.array(
            [season.index[calendar_of(month).get_month_number(month) % 12] for month in months]
        )

    @api.model
    def _get_pipeline(self, lines, months):
        """Return the weighted amounts per month by kind and by customer, and their variance.

        By kind they are what the list behind the button adds up to.
        """
        size = len(months)
        number = calendar_of(months[0]).get_month_number
        kinds = {kind: [0.0] * size for kind, _label in KINDS}
        customers, variance = {}, np.zeros(size)
        for line in lines:
            ahead = number(line.expected_date) - number(months[0])
            if ahead < size:
                kinds[line.kind][ahead] += line.weighted_amount
                amounts = customers.setdefault(line.partner_id.id, np.zeros(size))
                amounts[ahead] += line.weighted_amount
                variance[ahead] += engine.get_pipeline_variance(line.amount, line.weight)
        return kinds, customers, variance

    @api.model
    def _get_repeat(self, company, record, today, months, pipeline, index):
        """Return usual purchases beyond the pipeline, their variance, and pipeline customers."""
        model, _card = record._get_engine_objects()
        ends = [(get_month_end(month) - today).days for month in months]
        total, variance, known = np.zeros(len(months)), np.zeros(len(months)), set()
        archived = self._get_archived(company)
        for ids, facts, factors in self._iterate_facts(company, today):
            sales = engine.get_repeat_sales(model, facts, ends, factors)
            open_amounts = np.zeros(sales.amounts.shape)
            for row, partner in enumerate(ids):
                if partner in pipeline:
                    open_amounts[row] = pipeline[partner]
                    known.add(partner)
            active = ~np.isin(ids, archived)[:, None]
            amounts, spread = engine.get_sales_beyond_pipeline(
                sales.amounts * index * active, sales.variances * index**2 * active, open_amounts
            )
            total, variance = total + amounts, variance + spread
        return total, variance, known

    @api.model
    def _get_error(self, company, record, ahead, season):
        """Return the relative standard error of a month so far ahead, and whether it came due."""
        due = self.search(
            [
                ("company_id", "=", company.id),
                ("months_ahead", "=", max(ahead, 1)),
                ("is_over", "=", True),
                ("expected_amount", ">", 0),
            ],
            limit=12,
            order="month desc",
        )
        if len(due) >= MIN_DUE:
            return engine.get_relative_error([row.miss_percent / 100 for row in due]), True
        _model, card = record._get_engine_objects()
        ratios = [cut.total_ratio for cut in card.cuts] if card else []
        return engine.get_untried_error(ratios, season), False
