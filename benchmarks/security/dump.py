"""What a dump of the database tells: of tokens, and of people who were erased."""

import json
import re
import subprocess
from collections import Counter

from devtools import postgres, rpc_server

from .site import ERASE, PEOPLE, SEED_PEOPLE, Bar

ROWS = 1_000_000
# Where a person stays by law or because Odoo keeps it: documents, and the mails about them.
RETAINED = ("account_", "mail_mail", "mail_message", "mail_notification", "privacy_log")


def measure_tokens(site):
    """What the database knows of tokens, and how it finds one among a million."""
    tokens = site.made["tokens"]
    bits = min(len(token) for token in tokens) * 6
    yield Bar("B12", "tokens of 128 bits", f"{bits - bits % 8} bits", bits >= 128)
    clear = sum(any(token in line for token in tokens) for _table, line in read_dump(site))
    measured = f"{clear} rows with one of {len(tokens)} tokens in pg_dump"
    yield Bar("B12", "0 clear tokens in pg_dump", measured, clear == 0)
    fill = f"""
        INSERT INTO customer_feedback_request
            (cause, kind, state, company_id, partner_id, token_hash, expires_date)
        SELECT r.cause, r.kind, 'sent', r.company_id, r.partner_id,
               md5(n::text) || md5((n + 1)::text), now() + interval '30 days'
          FROM (SELECT * FROM customer_feedback_request LIMIT 1) r, generate_series(1, {ROWS}) n;
        ANALYZE customer_feedback_request"""  # noqa: S608 - a number of ours
    site.server.psql(fill, site.database)
    plan = site.server.psql(
        """EXPLAIN SELECT id FROM customer_feedback_request
            WHERE (token_hash = 'x' OR reminder_hash = 'x')
              AND state = 'sent' AND expires_date > now()""",
        site.database,
    )
    kinds = ", ".join(sorted(set(re.findall(r"(Seq Scan|Bitmap Index Scan|Index Scan)", plan))))
    yield Bar("B12", f"an index finds it among {ROWS} rows", kinds, "Seq Scan" not in plan)


def measure_erasure(site):
    """Fifty people, each in every place one can come into, and what a dump tells afterwards."""
    people = rpc_server.ask(site.server, site.database, SEED_PEOPLE.format(people=PEOPLE))
    words = [word for _name, _email, words in people for word in words]
    before = sum(any(word in line for word in words) for _table, line in read_dump(site))
    erase = ERASE.format(people=json.dumps(people))
    unlisted, points, after = rpc_server.ask(site.server, site.database, erase)
    found = Counter(table for table, line in read_dump(site) if any(word in line for word in words))
    left = {table: n for table, n in found.items() if not table.startswith(RETAINED)}
    measured = f"{sum(left.values())} of {before} rows left {left or ''}".strip()
    kept = {table: n for table, n in found.items() if table.startswith(RETAINED)}
    asked = f"{PEOPLE} people erased: 0 rows in pg_dump outside {', '.join(RETAINED)}"
    yield Bar("B18", asked, f"{measured}; kept by Odoo {kept}", not left)
    measured = f"{unlisted} rows not listed, {points:g} points before and {after:g} after"
    right = not unlisted and 0 < points == after
    yield Bar("B18", "look-up lists all rows, points as before", measured, right)


def read_dump(site):
    """Yield (table, line) of all rows, as pg_dump writes them."""
    command = [postgres.binary("pg_dump"), "-d", site.database]
    with subprocess.Popen(
        [str(part) for part in command],
        env=site.server.environment(),
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        table = None
        for line in process.stdout:
            if line.startswith("COPY "):
                table = line.split()[1].removeprefix("public.").strip('"')
            elif line.startswith("\\."):
                table = None
            elif table:
                yield table, line
    if process.returncode:
        raise RuntimeError("pg_dump failed")
