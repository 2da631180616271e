"""What happens at the same moment, in several real processes with real commits.

Plain pytest on a scratch database: a real server with workers, and real HTTP.
"""

import http.cookiejar
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..tools import real_server

PREPARE = """
import json
group = env.ref("base.group_portal")
customer = env["res.partner"].create({"name": "Azure", "is_company": True})
user = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Pari", "login": "pari", "password": "pari-pari-pari",
    "group_ids": [(6, 0, group.ids)],
})
user.partner_id.parent_id = customer
clerk = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Kian", "login": "kian", "password": "kian-kian-kian",
    "group_ids": [(6, 0, [env.ref("base.group_user").id,
                          env.ref("base.group_partner_manager").id,
                          env.ref("customer_value.customer_value_group_user").id])],
})
pairs = []
for n in range(%(pairs)s):
    pair = env["res.partner"].create([{"name": f"P{n}", "email": f"p{n}@x.example.com"}] * 2)
    pairs.append(pair.ids)
env["ir.cron"].search([]).active = False
env.cr.commit()
print("MADE=" + json.dumps({"customer": customer.id, "pairs": pairs}))
"""
COUNT = """
import json
print("COUNT=" + json.dumps({
    "portal": env["customer.complaint"].search_count([("customer_id", "=", %(customer)s)]),
    "logged": env["customer.interaction"].search_count([("subject", "=like", "At once%%")]),
    "contacts": env["res.partner"].search_count([("name", "=like", "P_")]),
}))
"""
PAIRS, FORMS, GUESSES = 6, 24, 60

pytestmark = pytest.mark.skipif(
    "CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    log = tmp_path_factory.mktemp("low") / "odoo.log"
    with real_server.installed_database("low") as (server, name):
        text = PREPARE % {"pairs": PAIRS}
        made = json.loads(re.search(r"MADE=(.*)", real_server.shell(server, name, text))[1])

        def count():
            text = real_server.shell(server, name, COUNT % made)
            return json.loads(re.search(r"COUNT=(.*)", text)[1])

        with real_server.serving(server, name, log, "--workers=6") as url:
            yield url, made, count


class Browser:
    """Somebody who is logged in, or not."""

    def __init__(self, url, login=None):
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener, self.url = urllib.request.build_opener(jar), url
        if login:
            csrf = self.find_csrf("/web/login")
            self.post("/web/login", login=login, password="-".join([login] * 3), csrf_token=csrf)

    def open(self, path, data=None, kind="application/x-www-form-urlencoded"):
        asked = urllib.request.Request(self.url + path, data, {"Content-Type": kind})
        try:
            with self.opener.open(asked, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def post(self, path, **form):
        return self.open(path, urllib.parse.urlencode(form).encode())

    def find_csrf(self, path):
        return re.search(r'name="csrf_token" value="([^"]+)"', self.open(path)[1])[1]

    def call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        return json.loads(self.open("/web/dataset/call_kw", body, "application/json")[1])


def test_portal_forms_sent_at_once_are_limited(site):
    url, _made, count = site
    browser = Browser(url, "pari")
    csrf = browser.find_csrf("/my/complaints/new")

    def send(number):
        form = {"subject": f"At once {number}", "description": "x", "key": f"k{number}"}
        return browser.post("/my/complaints/new", csrf_token=csrf, **form)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(send, range(FORMS)))
    assert count()["portal"] == 10


def test_guesses_sent_at_once_are_limited(site):
    url, _made, _count = site
    browser = Browser(url)
    csrf = browser.find_csrf("/web/login")

    def guess(number):
        return browser.post(f"/customer/feedback/guess{number}", csrf_token=csrf, rating="1")[0]

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(guess, range(GUESSES)))
    assert statuses.count(200) <= 20 * 2  # a minute may begin meanwhile
    assert set(statuses) <= {200, 429, 503}


def test_contacts_are_merged_while_something_is_logged(site):
    url, made, count = site
    browsers = [Browser(url, "kian") for _number in range(3)]
    merged = []

    def log(browser):
        done = 0
        for number in range(40):
            partner = made["pairs"][number % PAIRS][number // PAIRS % 2]
            values = {"partner_id": partner, "subject": f"At once {number}"}
            answer = browser.call("customer.interaction", "create", [values])
            done += "result" in answer
        return done

    def merge(browser):
        for kept, gone in made["pairs"]:
            wizard = "base.partner.merge.automatic.wizard"
            values = {"partner_ids": [[6, 0, [kept, gone]]], "dst_partner_id": kept}
            context = {"active_model": "res.partner", "active_ids": [kept, gone]}
            id_ = browser.call(wizard, "create", [values], context=context)["result"][0]
            answer = browser.call(wizard, "action_merge", [id_], context=context)
            merged.append(answer.get("error", {}).get("data", {}).get("message"))

    with ThreadPoolExecutor(3) as pool:
        loggers = [pool.submit(log, browser) for browser in browsers[:2]]
        pool.submit(merge, browsers[2]).result()
        logged = sum(logger.result() for logger in loggers)
    counted = count()
    assert merged == [None] * PAIRS
    assert counted["contacts"] == PAIRS
    assert counted["logged"] == logged
