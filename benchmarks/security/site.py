"""What the measures of security share: the site, who visits it, and what is made in it.

The texts are for `devtools.rpc_server.ask`, run in an Odoo shell.
"""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import NamedTuple

from client import Customers, connect

from ..fuzz import RECORDING

FEEDBACK = "/customer/feedback/"
LINKS, PEOPLE = 30, 50

PREPARE_LINKS = """
import json
env["res.lang"]._activate_lang("en_US")
env.company.partner_id.lang = "en_US"
env["ir.cron"].search([]).active = False
requests = env["customer.feedback.request"]
rows = requests.browse()
for n in range({links}):
    partner = env["res.partner"].create(
        {{"name": f"Asked {{n}}", "is_company": True, "email": f"asked{{n}}@azure.example.com"}}
    )
    rows |= requests.create({{
        "cause": "manual", "kind": "rating", "company_id": env.company.id,
        "partner_id": partner.id, "reminder_days": 7, "valid_days": 30,
    }})
while requests._send_batch():
    pass
tokens = []
for row in rows:
    mail = env["mail.mail"].search([("recipient_ids", "in", row.partner_id.ids)])
    body = mail._prepare_outgoing_body()
    tokens.append(body.split("/customer/feedback/")[1].split('"')[0].split("?")[0])
rows[-1].expires_date = rows[-1].sent_date
env.cr.commit()
print(MARK + json.dumps(tokens))
"""

# A person in every place one can come into, each with words of their own.
SEED_PEOPLE = """
import json
people = []
program = env["loyalty.program"].create({{"name": "Points", "program_type": "loyalty"}})
for n in range({people}):
    name, email = f"Zara{{n}} Qobadi{{n}}q", f"zara{{n}}@qobadi.example"
    phone = f"+1 202 777 {{n:04d}}"
    said = f"I am {{name}} ({{email}}, {{phone}})"
    firm = env["res.partner"].create({{"name": f"Firm {{n}}", "is_company": True}})
    env["loyalty.card"].create({{"program_id": program.id, "partner_id": firm.id, "points": n + 1}})
    person = env["res.partner"].create(
        {{"name": name, "email": email, "phone": phone, "parent_id": firm.id}}
    )
    complaint = env["customer.complaint"].create({{
        "subject": said, "description": f"<p>{{said}}</p>", "partner_id": person.id,
        "email_from": f"{{name}} <{{email}}>", "root_cause": said, "preventive_action": said,
    }})
    complaint.resolution = said
    complaint.message_post(body=said, message_type="comment", author_id=person.id)
    env["customer.complaint"].create({{"subject": said, "email_from": f'"{{name}}" <{{email}}>'}})
    ways = ({{"note": said, "address": email}}, {{"address": phone}}, {{"partner_id": person.id}})
    for values in ways:
        env["customer.interaction"].create({{"subject": said, **values}})
    env["customer.interaction"].create(
        {{"subject": f"With {{name}}", "partner_id": firm.id, "participant_ids": [(4, person.id)]}}
    )
    env["customer.mail.left.out"].create({{
        "reason": "loop", "date": "2026-06-15", "email_from": email, "email_to": email,
        "subject": said, "preview": said, "company_id": env.company.id,
        "res_model": "customer.complaint", "request_key": f"left:{{n}}",
    }})
    env["customer.call"].create({{
        "company_id": env.company.id, "call_id": f"call-{{n}}", "number": phone,
        "from_number": phone, "evidence": {{"from": phone, "name": name}}, "partner_id": person.id,
    }})
    answer = {{"rating": 1, "nps": None, "levels": {{}}, "comment": said}}
    answers = env["customer.feedback"]
    answers._register_answer(env.company, person, "rating", answer, source="agent")
    env["customer.interaction.log"].create({{"subject": said, "note": said}})
    env["customer.complaint.tag"].create({{"name": f"Known to {{name}}"}})
    words = [f"Zara{{n}} ", f"Qobadi{{n}}q", f"zara{{n}}@qobadi"]
    people.append([name, email, [*words, f"202 777 {{n:04d}}", f"202777{{n:04d}}"]])
queue = env["customer.refresh.queue"]
while queue._process_batch(100):
    pass
env.cr.commit()
print(MARK + json.dumps(people))
"""

ERASE = """
import json
people = json.loads({people!r})
points = "SELECT SUM(points) FROM loyalty_card"
env.cr.execute(points)
before = env.cr.fetchone()[0]
unlisted = 0
for name, email, _words in people:
    wizard = env["privacy.lookup.wizard"].create({{"name": name, "email": email}})
    wizard.action_lookup()
    listed = {{(line.res_model, line.res_id) for line in wizard.line_ids}}
    person = env["res.partner"].search([("email", "=", email)])
    for model in ("complaint", "interaction", "call", "feedback", "feedback.request"):
        rows = env[f"customer.{{model}}"].search([("partner_id", "in", person.ids)])
        unlisted += len({{(row._name, row.id) for row in rows}} - listed)
    wizard.action_erase_customer_value()
    person.unlink()
    wizard.line_ids.unlink()  # as Odoo does within hours, with all windows
    wizard.unlink()
env.cr.execute(points)
after = env.cr.fetchone()[0]
env.cr.commit()
print(MARK + json.dumps([unlisted, float(before), float(after)]))
"""


class Bar(NamedTuple):
    """A line of the report."""

    name: str
    asked: str
    measured: str
    holds: bool


class Site:
    """The server, its database behind its back, and what was made in it."""

    def __init__(self, server, database, made):
        self.server, self.database, self.made = server, database, made
        self.url = self.log = None

    def count(self, sql):
        """Return the number a statement gives."""
        return int(self.server.psql(sql, self.database))

    def count_rows(self, method):
        """Return how many rows there are of what a method records."""
        return self.count(f"SELECT COUNT(*) FROM {RECORDING[method][1]}")  # noqa: S608 - our table

    def customers(self):
        """Return a new client with the key of a program."""
        odoo = connect(self.url, self.database, api_key=self.made["keys"]["program"])
        return Customers(odoo, self.made["company"])


class Visitor:
    """Somebody with a browser: cookies, and no JavaScript."""

    def __init__(self, url):
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener, self.url = urllib.request.build_opener(jar), url + FEEDBACK

    def open(self, token, form=None):
        """Return status and text of a link's page, or of the answer to its form."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open(self.url + token, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def read_csrf(self, token):
        """Return what the page's own form would send."""
        return re.search(r'csrf_token" value="([^"]+)"', self.open(token)[1])[1]
