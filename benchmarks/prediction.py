"""Fitting and scoring the prediction in Odoo: `./dev bench --prediction`."""

import resource
from datetime import timedelta

from engine import prediction

from .runs import timed
from .timeline import TooSlow

# Seconds (issue 5, on two shared cores).
FIT_LIMIT_PER_20_000 = 5.0
SCORE_LIMIT_PER_10_000 = 30.0


def measure_prediction(env):
    """Yield (label, figure); raise ``TooSlow`` at the end if a limit is broken."""
    _fill_costs(env)
    seconds = _run(env)
    yield "full refresh without a prediction, seconds", seconds
    model, fit_seconds = _fit(env)
    customers = env["customer.profile"].search_count([("occasion_count", ">", 0)])
    yield "fit and grade, seconds", fit_seconds
    yield "fit and grade, customers learned from", model.customer_count
    yield "fit alone, seconds", _time_fit_alone(env, model)
    scored = _run(env)
    yield "full refresh with a prediction, seconds", scored
    score_seconds = _time_scoring(env)
    yield "scoring alone, seconds", score_seconds
    yield "scoring alone, customers per second", customers / score_seconds
    yield "rows a day later, share of customers", _count_changed(env) / customers
    again = _run(env)
    yield "second full refresh with a prediction, seconds", again
    forecast_seconds, _rows = timed(lambda: env["customer.sales.forecast"]._make(env.company))
    env.cr.commit()
    yield "sales forecast, seconds", forecast_seconds
    yield "peak memory, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    faults = [
        f"{name}: {seconds:.1f} s, limit {limit:.1f} s"
        for name, seconds, limit in (
            ("fit and grade", fit_seconds, FIT_LIMIT_PER_20_000 * max(customers / 20_000, 1)),
            ("full refresh", scored, SCORE_LIMIT_PER_10_000 * max(customers / 10_000, 1)),
        )
        if seconds > limit
    ]
    if faults:
        raise TooSlow("\n".join(faults))


def _fill_costs(env):
    while env["account.move.line"]._fill_cost_batch(env.company, 2000):
        env.cr.commit()
        env.invalidate_all()


def _run(env):
    """Do a full refresh in this process, committing as the cron does; return its seconds."""
    runs = env["customer.refresh.run"]

    def work():
        runs._open(env.company)
        env.cr.commit()
        while runs._step():
            env.cr.commit()
            env.invalidate_all()
        env.cr.commit()

    return timed(work)[0]


def _fit(env):
    models = env["customer.prediction.model"]
    models._request(env.company)
    request = models.search([("state", "=", "requested")])
    seconds, _result = timed(request._fit)
    env.cr.commit()
    if request.state != "active":
        raise TooSlow(f"the fit failed: {request.error}")
    return request, seconds


def _time_fit_alone(env, model):
    """Reading the sales and fitting, without the back-test."""
    today = env["customer.profile"]._get_today(env.company)

    def fit():
        return prediction.fit_prediction(
            model._get_log(today), today.toordinal(), model.horizon_days
        )

    return timed(fit)[0]


def _count_changed(env):
    """How many rows one more day without a document changes."""
    profiles = env["customer.profile"]
    tomorrow = profiles._get_today(env.company) + timedelta(days=1)
    ids = profiles.search([]).partner_id.ids
    changed = profiles._refresh(env.company, ids, tomorrow)
    env.cr.rollback()
    return len(changed)


def _time_scoring(env):
    """Placing every customer by the stored facts and predictions, in ranges as at night."""
    profiles = env["customer.profile"]
    today = profiles._get_today(env.company)
    ids = sorted(profiles.search([]).partner_id.ids)
    seconds = 0.0
    for start in range(0, len(ids), 1000):
        group = ids[start : start + 1000]
        spent, _changed = timed(lambda g=group: profiles._rescore(env.company, g[0], g[-1], today))
        seconds += spent
    env.cr.commit()
    return seconds
