"""The same mail fetched by several processes at once is recorded once, and nobody gets a bounce.

Plain pytest on a scratch database: real server, several workers, real commits.
"""

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..tools import real_server

MAILS = 15
COPIES = 4
PREPARE = """
from datetime import datetime, timedelta
domain = env["mail.alias.domain"].create(
    {"name": "intake.example.com", "company_ids": [(4, env.company.id)]}
)
env["customer.intake.channel"].create(
    {"name": "Office", "alias_name": "office", "alias_domain_id": domain.id}
)
env["res.partner"].create({"name": "Brandon", "email": "brandon@azure.example.com"})
key = env["res.users.apikeys"].with_user(env.ref("base.user_admin"))._generate(
    None, "test", datetime.now() + timedelta(days=1)
)
env.cr.commit()
print("KEY=" + key)
"""
MAIL = """From: Brandon <brandon@azure.example.com>
To: office@intake.example.com
Subject: Mail {number}
Message-Id: <{number}@azure.example.com>
Content-Type: text/plain

Where is my desk?
"""
AWAY = MAIL.replace("Content-Type", "Auto-Submitted: auto-replied\nContent-Type")


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_one_mail_in_several_processes(tmp_path):
    log = tmp_path / "odoo.log"
    with real_server.installed_database("mails") as (server, name):
        key = re.search(r"KEY=(\w+)", real_server.shell(server, name, PREPARE))[1]
        with real_server.serving(server, name, log, "--workers=3") as url:
            answers = send(url, key)
            left = send(url, key, AWAY, MAILS)
            told = log.read_text()
        assert all(status == 200 for status, _answer in answers), answers[:3]
        made = [answer for _status, answer in answers if answer]
        assert len(made) == len(set(made)) == MAILS
        assert server.psql("SELECT COUNT(*) FROM customer_interaction", name) == str(MAILS)
        messages = """SELECT COUNT(*) FROM mail_message
                       WHERE message_type = 'email' AND model = 'customer.interaction'"""
        assert server.psql(messages, name) == str(MAILS)
        bounces = "SELECT COUNT(*) FROM mail_mail WHERE email_to LIKE '%brandon%'"
        assert server.psql(bounces, name) == "0"
        assert (
            server.psql(
                "SELECT DISTINCT alias_status FROM mail_alias WHERE alias_name = 'office'", name
            )
            == "valid"
        )
        assert not any(answer for _status, answer in left)
        assert server.psql("SELECT COUNT(*) FROM customer_mail_left_out", name) == str(MAILS)
        refused = told.count("was not recorded")
        print(f"\n{refused} of {len(answers)} mails met their double on the way")
        assert "tries left" not in told
        assert " ERROR " not in told and "Traceback" not in told


def send(url, key, mail=MAIL, first=0):
    """Give every mail to several workers at the same moment."""
    barrier = threading.Barrier(COPIES)

    def client(_number):
        answers = []
        for number in range(first, first + MAILS):
            barrier.wait()
            body = {"model": None, "message": mail.format(number=number)}
            answers.append(real_server.post(f"{url}/json/2/mail.thread/message_process", body, key))
        return answers

    with ThreadPoolExecutor(COPIES) as pool:
        return [answer for answers in pool.map(client, range(COPIES)) for answer in answers]
