"""Full runs and the history of costs in one process, for `./dev bench --prediction`."""

import time


def timed(action):
    """Return (seconds, result) of a call."""
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def _full_run(env):
    """Do a full refresh range by range, committing as the cron does; return slowest step."""
    runs = env["customer.refresh.run"]
    runs._open(env.company)
    env.cr.commit()
    slowest = 0.0
    while True:
        seconds, done = timed(runs._step)
        env.cr.commit()
        env.invalidate_all()
        if not done:
            return slowest
        slowest = max(slowest, seconds)


def full_run(env):
    """Return (seconds, slowest step) of a full refresh."""
    return timed(lambda: _full_run(env))


def measure_history(env):
    """Fill in the cost of all invoices."""
    lines = env["account.move.line"]
    company = env.company

    def fill():
        total = 0
        while count := lines._fill_cost_batch(company, 2000):
            env.cr.commit()
            env.invalidate_all()
            total += count
        return total

    seconds, count = timed(fill)
    yield "cost history, invoices per second", count / seconds
    yield "cost history, seconds", seconds
    env["customer.refresh.queue"].search([]).unlink()
    env.cr.commit()
