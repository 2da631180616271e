"""The bars of security that need a real server, real commits, or a million rows.

One line per bar: its number, what is asked, what was measured, and whether it holds. Bars a test
holds in a second are in tests/ (docs/security.md says where).
"""

import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from client import KeyReused, connect
from devtools import postgres, rpc_server

from ..fuzz import RECORDING, Wire, calls, get_ids
from ..rpc_site import PREPARE
from .browser import open_screens
from .dump import measure_erasure, measure_tokens
from .site import LINKS, PREPARE_LINKS, Bar, Site, Visitor

WORKERS, AT_ONCE = 4, 8
GETS, GUESSES, KEYS, CALLS = 1000, 10_000, 200, 5000


def measure(database, only):
    """Print the bars one by one; return the exit code: 1 when one falls short.

    :param str only: parts to measure, as ``links,scripts``; ``all``
    """
    fallen = 0
    served = (measure_links, measure_guesses, measure_keys, measure_fuzz, measure_scripts)
    chosen = [
        part
        for part in (*served, measure_tokens, measure_erasure)
        if only == "all" or part.__name__.removeprefix("measure_") in only.split(",")
    ]
    with postgres.running("test") as server:
        site = Site(server, database, rpc_server.ask(server, database, PREPARE))
        site.made["tokens"] = rpc_server.ask(server, database, PREPARE_LINKS.format(links=LINKS))
        with rpc_server.running(server, database, WORKERS) as (site.url, site.log):
            for part in chosen:
                if part in served:
                    fallen += sum(not _show(bar) for bar in part(site))
        for part in chosen:
            if part not in served:
                fallen += sum(not _show(bar) for bar in part(site))
    return int(bool(fallen))


def _show(bar):
    word = "holds" if bar.holds else "falls short"
    sys.stdout.write(f"{bar.name:<4} {word:<12} {bar.measured}  (asked: {bar.asked})\n")
    sys.stdout.flush()
    return bar.holds


# === B11: LINKS ===


def measure_links(site):
    """Links of mails: reading writes nothing, only a page's own form answers, and once."""
    tokens = site.made["tokens"]
    yield _measure_gets(site, tokens)
    visitor = Visitor(site.url)
    posts = Counter(visitor.open(token, {"rating": "5"})[0] for token in tokens[:20])
    yield Bar("B11", "POST without CSRF: 400", f"{dict(posts)} of 20", posts == {400: 20})
    yield _measure_double_posts(site, tokens[:10])
    visitors = [visitor.open(token) for token in (tokens[0], tokens[-1], "A" * 43, "x")]
    same = {(status, len(text.encode())) for status, text in visitors}
    yield Bar(
        "B11", "used, expired, unknown: one status and length", f"{sorted(same)}", len(same) == 1
    )


def _measure_gets(site, tokens):
    written = """SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0)
                   FROM pg_stat_user_tables"""
    visitors = [Visitor(site.url) for _number in range(AT_ONCE)]
    for visitor in visitors:
        visitor.open(tokens[0])
    time.sleep(3)  # statistics are written a little later
    before = site.count(written)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        opened = pool.map(
            lambda n: visitors[n % AT_ONCE].open(f"{tokens[n % LINKS]}?level={n % 6}")[0],
            range(GETS),
        )
        statuses = Counter(opened)
    time.sleep(3)
    rows = site.count(written) - before
    measured = f"{rows} rows written by {GETS} GETs, {dict(statuses)}"
    return Bar("B11", f"{GETS} GETs write 0 rows", measured, rows == 0 and statuses == {200: GETS})


def _measure_double_posts(site, tokens):
    visitors = [Visitor(site.url) for _number in range(AT_ONCE)]
    for token in tokens:
        forms = [{"csrf_token": v.read_csrf(token), "rating": "4"} for v in visitors]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(
                pool.map(
                    lambda pair, t=token: pair[0].open(t, pair[1]),
                    zip(visitors, forms, strict=True),
                )
            )
    rows = site.count("SELECT COUNT(*) FROM customer_feedback WHERE source = 'link'")
    measured = f"{rows} rows of {len(tokens)} links posted {AT_ONCE} times at once"
    return Bar("B11", "double POST: 1 row per link", measured, rows == len(tokens))


# === B12: TOKENS ===


def measure_guesses(site):
    """Guessing finds nothing, and posting is slowed down."""
    answered = "SELECT COUNT(*) FROM customer_feedback"
    before = site.count(answered)
    visitors = [Visitor(site.url) for _number in range(AT_ONCE)]
    open_token = site.made["tokens"][-2]

    def guess(number):
        text = visitors[number % AT_ONCE].open(f"{number:043d}")[1]
        return "This link is closed" in text

    with ThreadPoolExecutor(AT_ONCE) as pool:
        closed = sum(pool.map(guess, range(GUESSES)))
    hits = GUESSES - closed + site.count(answered) - before
    yield Bar("B12", f"{GUESSES} guesses, 0 hits", f"{hits} hits of {GUESSES}", hits == 0)
    csrf = visitors[0].read_csrf(open_token)
    time.sleep(60 - time.time() % 60 + 1)  # the whole count in one minute
    time.sleep(60)  # and nothing from the minute before
    for label, tokens, form in (
        ("address", [f"guess{n}" for n in range(40)], {"rating": "1"}),
        ("token", [open_token] * 40, {"rating": "9"}),
    ):
        found = Counter(visitors[0].open(t, {"csrf_token": csrf, **form})[0] for t in tokens)
        let = 40 - found[429]
        yield Bar("B12", f"20 POSTs a minute per {label}", f"{let} of 40 let through", let <= 20)


# === B22, B23: KEYS ===


def measure_keys(site):
    """The same key at once, with the same content and with another."""
    partner = site.made["partners"][0]
    before = site.count_rows("log_interactions")

    start = threading.Barrier(AT_ONCE)

    def send(_number):
        answers = []
        with (customers := site.customers()).connection:
            for key in range(KEYS):
                start.wait()
                values = {"request_key": f"k{key}", "kind": "call", "subject": "x"}
                answers.append(customers.log(**values, partner_id=partner))
        return answers

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [row for rows in pool.map(send, range(AT_ONCE)) for row in rows]
    ids = {row["id"] for row in answers}
    rows = site.count_rows("log_interactions") - before
    measured = f"{len(answers)} answers, {rows} rows, {len(ids)} ids"
    right = (len(answers), rows, len(ids)) == (KEYS * AT_ONCE, KEYS, KEYS)
    asked = f"{KEYS} keys × {AT_ONCE} at once, {WORKERS} workers: {KEYS} rows, {KEYS} ids"
    yield Bar("B22", asked, measured, right)
    refused = 0
    with (customers := site.customers()).connection:
        for key in range(KEYS):
            try:
                customers.log(
                    request_key=f"k{key}", kind="call", subject="other", partner_id=partner
                )
            except KeyReused:
                refused += 1
    extra = site.count_rows("log_interactions") - before - KEYS
    measured = f"{refused} of {KEYS} refused in a sentence, {extra} rows"
    asked = "same key, other content: refused, 0 rows"
    yield Bar("B23", asked, measured, refused == KEYS and not extra)


# === B16: NONSENSE ===


def measure_fuzz(site):
    """Nonsense over both protocols: no 500, no traceback, nothing half written."""
    from hypothesis import HealthCheck, Phase, given, settings

    uid = connect(site.url, site.database, "program", api_key=site.made["keys"]["program"]).who()
    wire = Wire(site.url, site.made, uid["id"])
    before = {method: site.count_rows(method) for method in RECORDING}
    told, faults, made = {method: set() for method in RECORDING}, [], 0

    @settings(
        max_examples=CALLS // 2,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(calls())
    def send(call):
        nonlocal made
        method, kwargs = call
        if kwargs.get("company_id") == "ours":
            kwargs["company_id"] = site.made["company"]
        for protocol in (wire.json2, wire.xmlrpc):
            made += 1
            try:
                answer = protocol(method, kwargs)
            except AssertionError as fault:
                faults.append(str(fault)[:300])
                continue
            if method in RECORDING and answer:
                told[method] |= get_ids(answer)

    send()
    partial = sum(
        abs(site.count_rows(method) - before[method] - len(ids)) for method, ids in told.items()
    )
    traces = site.log.read_text().count("Traceback")
    sys.stdout.writelines(f"    {fault}\n" for fault in faults[:5])
    measured = f"{made} calls, {len(faults)} faults, {traces} tracebacks, {partial} partial writes"
    right = made >= CALLS * 0.98 and not (faults or traces or partial)
    yield Bar("B16", f"{CALLS} fuzzed calls: 0 HTTP 500, 0 tracebacks", measured, right)


# === B13: SCRIPTS ===


def measure_scripts(site):
    """Payloads in every text people type, on screens, in the portal."""
    if found := open_screens(site):
        ran, measured = found
        yield Bar("B13", "60 payloads, every text: 0 run in Chromium", measured, not ran)
