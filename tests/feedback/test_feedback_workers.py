"""Feedback with several real processes: double posts, killed and rival workers, no JavaScript.

Plain pytest on a scratch database: a real server with workers, real commits, real HTTP, a real
browser. With CUSTOMER_VALUE_SCREENSHOTS set to a folder, pictures are left there.
"""

import base64
import contextlib
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ...devtools import odoo
from ..tools import browser, real_server

LINKS, AT_ONCE, GETS, QUEUED = 10, 8, 1000, 60
PREPARE = """
import json
env["res.lang"]._activate_lang("en_US")
env["res.lang"]._activate_lang("fa_IR")
env.company.partner_id.lang = "en_US"
requests = env["customer.feedback.request"]

def ask(name, kind, lang, number):
    partner = env["res.partner"].create(
        {"name": name, "is_company": True, "email": f"c{number}@azure.example.com", "lang": lang}
    )
    return requests.create({
        "cause": "manual", "kind": kind, "company_id": env.company.id,
        "partner_id": partner.id, "reminder_days": 7, "valid_days": 30,
    })

rows = [ask(f"Customer {n}", "rating", "en_US", n) for n in range(%(links)s)]
pages = {
    f"{kind}_{lang}": ask(f"{kind} {lang}", kind, lang, f"{kind}-{lang[:2]}")
    for kind in ("rating", "nps", "gap") for lang in ("en_US", "fa_IR")
}
while requests._send_batch():
    pass

def token(request):
    mail = env["mail.mail"].search([("recipient_ids", "in", request.partner_id.ids)])
    return mail._prepare_outgoing_body().split("/customer/feedback/")[1].split('"')[0].split("?")[0]

made = {
    "links": [token(row) for row in rows],
    "pages": {name: token(row) for name, row in pages.items()},
}
# What a company finds in the morning: many waiting rows, several per customer, and each person
# kept a second time.
def make(name, email):
    return env["res.partner"].create(
        [{"name": name, "email": email %% number} for number in range(%(queued)s)]
    )

twins = [make("Q", "q%%s@x.example.com"), make("Twin", "Twin <Q%%s@X.example.com>")]
for partners in (twins[0], twins[1][::-1], twins[0]):
    requests.create([
        {"cause": "manual", "kind": "nps", "company_id": env.company.id, "partner_id": partner.id}
        for partner in partners
    ])
env["mail.mail"].search([]).unlink()
env["ir.cron"].search([]).active = False
env.cr.commit()
print("MADE=" + json.dumps(made))
"""
SEND = """
import time
requests = env["customer.feedback.request"]
while True:
    try:
        done = requests._send_batch(5)
        time.sleep(%(pause)s)
        env.cr.commit()
    except Exception as error:
        env.cr.rollback()
        done = requests.search_count([("state", "=", "queued")])
    if not done and not requests.search_count([("state", "=", "queued")]):
        break
"""

pytestmark = pytest.mark.skipif(
    "CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    log = tmp_path_factory.mktemp("feedback") / "odoo.log"
    with real_server.installed_database("feedback") as (server, name):
        text = PREPARE % {"links": LINKS, "queued": QUEUED}
        made = json.loads(re.search(r"MADE=(.*)", real_server.shell(server, name, text))[1])
        with real_server.serving(server, name, log, "--workers=4") as url:
            yield server, name, url, made


class Visitor:
    """Somebody with a browser: cookies, and no JavaScript."""

    def __init__(self, url, token):
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.address = f"{url}/customer/feedback/{token}"

    def open(self, query="", data=None):
        try:
            with self.opener.open(self.address + query, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def read(self):
        _status, text = self.open()
        self.csrf = re.search(r'csrf_token" value="([^"]+)"', text)[1]

    def answer(self, **form):
        data = urllib.parse.urlencode({"csrf_token": self.csrf, **form}).encode()
        return self.open(data=data)


def count(server, name, sql):
    return int(server.psql(sql, name))


def test_a_thousand_gets_write_nothing(site):
    server, name, url, made = site
    tables = """SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0)
                  FROM pg_stat_user_tables WHERE relname LIKE 'customer_feedback%'
                    OR relname IN ('mail_message', 'res_partner', 'customer_refresh_queue')"""
    visitors = [Visitor(url, token) for token in (*made["links"], "unknown")]
    for visitor in visitors:
        visitor.open()
    time.sleep(2)  # statistics are written a little later
    before = count(server, name, tables)
    sessions = _count_sessions(server)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        opened = list(
            pool.map(lambda n: visitors[n % len(visitors)].open(f"?level={n % 6}"), range(GETS))
        )
    assert {status for status, _text in opened} == {200}
    time.sleep(2)
    assert count(server, name, tables) == before
    # Some may come from tests beside this one, but not one per page.
    assert _count_sessions(server) - sessions < GETS // 10
    assert count(server, name, "SELECT COUNT(*) FROM customer_feedback") == 0


def _count_sessions(server):
    folder = re.search(r"data_dir\s*=\s*(\S+)", Path(odoo.configuration(server)).read_text())
    assert folder
    return sum(1 for file in Path(folder[1], "sessions").rglob("*") if file.is_file())


def test_the_first_of_many_answers_wins(site):
    server, name, url, made = site
    for token in made["links"]:
        visitors = [Visitor(url, token) for _number in range(AT_ONCE)]
        for visitor in visitors:
            visitor.read()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(
                pool.map(lambda pair: pair[1].answer(rating=1 + pair[0] % 5), enumerate(visitors))
            )
        # Copies of a used link count for the address: after 20 of them it has to wait.
        assert {status for status, _text in answers} <= {200, 429}, answers
        won = [text for _status, text in answers if "Thank you for your answer" in text]
        assert len(won) == 1
    given = "SELECT COUNT(*), COUNT(DISTINCT request_id) FROM customer_feedback"
    assert server.psql(given, name) == f"{LINKS}|{LINKS}"
    answered = "SELECT COUNT(*) FROM customer_feedback_request WHERE state = 'answered'"
    assert count(server, name, answered) == LINKS


def test_rival_and_killed_workers_ask_once(site):
    server, name, _url, _made = site
    workers = [_start_worker(server, name, 0.05) for _number in range(3)]
    end = time.monotonic() + 60
    sent = "SELECT COUNT(*) FROM customer_feedback_request WHERE partner_id IN (SELECT id FROM "
    sent += "res_partner WHERE email_normalized LIKE 'q%@x.example.com') AND state = 'sent'"
    while time.monotonic() < end and not 0 < count(server, name, sent):
        time.sleep(0.1)
    workers[0].send_signal(signal.SIGKILL)
    workers.append(_start_worker(server, name, 0))
    for worker in workers[1:]:
        assert worker.wait(120) == 0
    workers[0].wait()
    assert count(server, name, sent) == QUEUED
    mails = "SELECT COUNT(*) FROM mail_mail WHERE body_html LIKE '%/customer/feedback/%'"
    assert count(server, name, mails) == QUEUED
    left = "SELECT COUNT(*) FROM customer_feedback_request WHERE state IN ('queued', 'failed')"
    assert count(server, name, left) == 0
    quiet = "SELECT COUNT(*) FROM customer_feedback_request WHERE skip_reason = 'quiet'"
    assert count(server, name, quiet) == 2 * QUEUED
    named = f"{quiet} AND earlier_request_id IS NOT NULL"
    assert count(server, name, named) == 2 * QUEUED


def _start_worker(server, name, pause):
    process = subprocess.Popen(
        [
            str(part)
            for part in odoo.command(
                *("shell", odoo.configuration(server), "-d", name),
                *("--no-http", "--log-level=critical"),
            )
        ],
        env=odoo.environment(server),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    process.stdin.write(f"exec({SEND % {'pause': pause}!r})\n".encode())
    process.stdin.close()
    return process


def test_tokens_are_nowhere_in_the_database(site):
    server, name, _url, made = site
    tokens = [*made["links"], *made["pages"].values()]
    names = server.psql(
        "SELECT table_name || '.' || column_name FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE' "
        "AND data_type IN ('text', 'character varying', 'jsonb') "
        "AND (table_name LIKE 'customer_%' OR table_name LIKE 'mail_%')",
        name,
    ).split()
    assert "customer_feedback_request.token_hash" in names
    for place in names:
        table, column = place.split(".")
        for token in tokens[:3]:
            sql = f"""SELECT COUNT(*) FROM "{table}" WHERE "{column}"::text LIKE '%{token}%'"""
            assert count(server, name, sql) == 0, place


@pytest.mark.skipif(not browser.find_program(), reason="needs Chromium")
def test_page_without_javascript(site):
    server, name, url, made = site
    folder = os.environ.get("CUSTOMER_VALUE_SCREENSHOTS")
    with browser.opened(390, 844) as page:
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        for key, token in made["pages"].items():
            kind, lang = key.split("_", 1)
            level = {"rating": "?level=2", "nps": "?level=9", "gap": ""}[kind]
            page.call(
                "Emulation.setDeviceMetricsOverride",
                **{"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True},
            )
            page.go(f"{url}/customer/feedback/{token}{level}")
            direction = "rtl" if lang == "fa_IR" else "ltr"
            assert page.evaluate("document.documentElement.dir") == direction
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, key
            _shoot(page, folder, f"feedback_{key}")
            if kind == "gap":
                for part in ("expectation", "perception"):
                    _click(page, f"input[name^={part}][value='4']")
            _press_send(page)
            text = page.wait("document.querySelector('h1') && !document.forms.length && 'yes'")
            assert text == "yes"
            _shoot(page, folder, f"feedback_{key}_thanks")
        page.go(f"{url}/customer/feedback/{token}")
        assert page.evaluate("document.forms.length") == 0
        _shoot(page, folder, "feedback_closed")
    given = "SELECT kind, COUNT(*), MIN(rating), MIN(nps), MIN(gap) FROM customer_feedback "
    given += "WHERE source = 'link' AND partner_id IN (SELECT id FROM res_partner WHERE email "
    given += "LIKE 'c%-%') GROUP BY kind ORDER BY kind"
    assert server.psql(given, name).split() == ["gap|2|||0.00", "nps|2||9|", "rating|2|2||"]


def _click(page, selector):
    """Click like a finger does; the page itself runs no script."""
    box = page.evaluate(
        f"""(() => {{
            const label = document.querySelector({json.dumps(selector)}).closest("label, button");
            label.scrollIntoView({{block: "center"}});
            const box = label.getBoundingClientRect();
            return {{x: box.x + box.width / 2, y: box.y + box.height / 2}};
        }})()"""
    )
    for kind in ("mousePressed", "mouseReleased"):
        page.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **box)


def _press_send(page):
    _click(page, "button.send")


def _shoot(page, folder, name):
    if folder:
        with contextlib.suppress(AssertionError):
            page.evaluate("window.scrollTo(0, 0)")
        data = page.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        Path(folder, f"{name}.png").write_bytes(base64.b64decode(data))
