"""Every page a customer sees, as a customer: what a link in a mail opens, and the portal.

On a small telephone, in both languages: no serious finding of axe-core in what we draw, nothing
beside the screen, and in Persian no English word of ours and no second calendar.
"""

import json
import re
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ..points.common import PointsCommon
from .common import read_axe
from .screens import WALK, ScreenCase
from .test_every_screen import GREGORIAN, LATIN, TWO_KINDS_OF_DIGITS, read_english

WIDTHS = (320, 390, 1440)
LANGUAGES = {"en_US": "ltr", "fa_IR": "rtl"}
# Odoo's own: what stands around the page, the entries of its home, its messages.
ODOO_DRAWS = re.compile(
    r"^html$|header|footer|o_portal_icon|o_portal_chatter|o-mail|o_portal_submenu"
)
# What does not fit, and is in nothing that scrolls by itself.
OUTSIDE = """(() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (one) => ["auto", "scroll", "hidden", "clip"].includes(
        getComputedStyle(one).overflowX);
    const found = [], main = document.querySelector("main");
    for (const frame of document.querySelectorAll("main .card, main fieldset, main .border")) {
        const around = frame.getBoundingClientRect();
        for (const one of frame.querySelectorAll("*")) {
            const box = one.getBoundingClientRect();
            if (box.width > 1 && (box.left < around.left - 1 || box.right > around.right + 1)) {
                found.push("over the edge: " + one.outerHTML.slice(0, 160));
            }
        }
    }
    const isOdoos = (one) => one.closest(".offcanvas, .o_portal_chatter");
    for (const one of document.querySelectorAll("main *, #wrap *")) {
        const box = one.getBoundingClientRect();
        const isSeen = box.width > 1 && box.height > 1 && !isOdoos(one);
        if (isSeen && (box.left < -1 || box.right > width + 1)) {
            let parent = one.parentElement;
            while (parent !== document.body && !scrolls(parent)) {
                parent = parent.parentElement;
            }
            if (parent === document.body) {
                found.push(one.outerHTML.slice(0, 160));
            }
        }
    }
    return {
        width: main.scrollWidth - main.clientWidth,
        outside: found,
        direction: getComputedStyle(document.querySelector("main")).direction,
        // What hides in a table that has to be pushed sideways on a telephone; those that say so
        // and can be reached by keyboard may be.
        pushed: [...document.querySelectorAll("main .table-responsive:not([tabindex])")]
            .filter((one) => one.scrollWidth > one.clientWidth + 1)
            .map((one) => one.innerText.slice(0, 60)),
        // Portal pages have Odoo's buttons; those of the others are pressed by a thumb.
        small: [...document.querySelectorAll("main button, main label:has(input[type=radio])")]
            .filter((one) => !one.closest("#wrapwrap"))
            .map((one) => [one.innerText, one.getBoundingClientRect()])
            .filter(([, box]) => box.width && Math.min(box.width, box.height) < 40)
            .map(([text]) => text),
    };
})()"""

SUBMIT = """(path, form) => {
    const sent = document.createElement("form");
    [sent.method, sent.action] = ["post", path];
    const token = document.querySelector("main [name=csrf_token]")?.value;
    for (const [name, value] of Object.entries({ ...form, csrf_token: token })) {
        const input = document.createElement("input");
        [input.name, input.value] = [name, value];
        sent.append(input);
    }
    document.body.append(sent);
    window.isOld = true;
    sent.submit();
}"""


@tagged("post_install", "-at_install")
class TestOutsidePages(PointsCommon, ScreenCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.axe = read_axe()
        for language in LANGUAGES:
            cls.env["res.lang"]._activate_lang(language)
        cls.portal = new_test_user(
            cls.env, "pari", groups="base.group_portal", lang="en_US", email="pari@azure.example",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )  # fmt: skip
        cls.portal.name = "پری"  # the name of a test user is wider than a telephone
        cls.person = cls.portal.partner_id
        cls.person.parent_id = cls.customer
        cls.customer.email = "azure@example.com"
        cls.program.name = "باشگاه"
        cls.program.reward_ids.description = "۱۰ تخفیف"
        cls.company.write(
            {
                "customer_tier_mail": True,
                "customer_referral_program_id": cls.program.id,
                "customer_referral_points": 100,
            }
        )
        cls.person.feedback_optout = False
        cls._add_documents()
        cls._add_standing()
        cls._add_complaints()

    @classmethod
    def _add_documents(cls):
        cls.order = cls._order(cls.customer, 2)
        cls._deliver(cls.order)
        for days in (400, 40, 5):
            day = cls.today - timedelta(days=days)
            cls._pay(cls._invoice(cls.customer, day, 130), day)
        cls._drain()

    @classmethod
    def _add_standing(cls):
        tiers = cls.env["customer.tier"].search([("company_id", "=", cls.company.id)])
        tiers.benefit_text = "تحویل یک‌روزه"
        cls.env["customer.profile"].with_company(cls.company)._refresh(
            cls.company, cls.customer.ids
        )
        other = cls.env["res.partner"].create(
            {"name": "آنا", "parent_id": cls.customer.id, "email": "ana@azure.example"}
        )
        cls.env["customer.play.optout"]._note(other, "letter")
        cls.env.flush_all()

    @classmethod
    def _add_complaints(cls):
        complaints = cls.env["customer.complaint"]
        values = {"partner_id": cls.person.id, "description": "<p>خط افتاده است</p>"}
        cls.open = complaints.create(
            {
                **values,
                "subject": "خط روی میز بلوط بزرگ که دیروز رسید",
                "order_line_id": cls.order.order_line[:1].id,
                "user_id": cls.manager.id,
            }
        )
        cls.solved = complaints.create(
            {**values, "subject": "دیر رسید", "resolution": "میز دیگری فرستادیم"}
        )
        cls.solved.stage_id = cls.env.ref("customer_value.customer_complaint_stage_solved")
        cls.manager.name = "مینا"

    def _ask(self, kind, **values):
        """Ask the person; return the path its mail has."""
        now = fields.Datetime.now()
        requests = self.env["customer.feedback.request"].sudo()
        token = f"token-of-{kind}-{len(requests.search([]))}"
        asked = requests.create(
            {
                "cause": "manual",
                "kind": kind,
                "state": "sent",
                "company_id": self.company.id,
                "partner_id": self.person.id,
                "sent_date": now,
                "expires_date": now + timedelta(days=10),
                "token_hash": requests._hash(token),
                **values,
            }
        )
        return asked, f"/customer/feedback/{token}"

    def _act(self, kind):
        """Return an action of a play that reached the person."""
        step = {"name": "سلام", "kind": kind, "day": 0, "text": "سلام"}
        if kind == "email":
            step["mail_template_id"] = self.env.ref("customer_value.mail_template_play").id
        play = self.env["customer.play"].create(
            {"name": "بازگشت", "domain": "[]", "step_ids": [Command.create(step)]}
        )
        values = {
            "play_id": play.id,
            "company_id": self.company.id,
            "partner_id": self.customer.id,
        }
        member = self.env["customer.play.member"].create(
            {**values, "group": "play", "state": "finished"}
        )
        return self.env["customer.play.action"].create(
            {
                **values,
                "member_id": member.id,
                "step_id": play.step_ids.id,
                "contact_id": self.person.id,
                "address": self.person.email,
                "kind": kind,
                "due_date": self.today,
            }
        )

    # === WHERE TO GO === #

    def _get_public_pages(self):
        """Paths of pages without a user, and forms to send there: (path, {field: value})."""
        pages = []
        for kind in ("nps", "rating", "gap"):
            _asked, path = self._ask(kind)
            pages += [(path, None), (f"{path}?v=9", None)]
        pages.append((path, {"perception_0": "77"}))  # a mistake: the form once more
        pages.append((self._ask("nps")[1], {"nps": "9", "comment": "عالی"}))
        pages.append((self._ask("nps")[1], {"decline": "1"}))
        pages.append(("/customer/feedback/nothing", None))
        for kind in ("sms", "email"):
            action = self._act(kind)
            path = f"/customer/play/optout/{action._get_optout_key()}"
            pages += [(path, None), (path, {"yes": "1"})]
            path = action._get_short_optout_link().removeprefix(action.company_id.get_base_url())
            pages.append((path, None))
        self.person.phone = "+1 201 555 0101"
        message = self.env["customer.outreach.message"]._queue_sms(
            self.person, self.company, "سلام"
        )
        path = f"/customer/o/{message._get_optout_key()}"
        pages += [(path, None), (path, {"yes": "1"}), ("/customer/o/1-nonsense", None)]
        referrer = self.env["customer.referrer"]._get_for(self.customer, self.company)
        path = f"/customer/referral/{referrer._get_key()}"
        pages += [(path, None), (path, {"name": "", "email": "no"})]
        pages.append((path, {"name": "نورا", "email": f"{self.portal.lang}@new.example"}))
        referral = self.env["customer.referral"].create(
            {"name": "نورا", "referrer_id": referrer.id, "email": "nora@new.example"}
        )
        path = f"/customer/referral/confirm/{referral._get_confirm_key()}"
        return [*pages, (path, None), (path, {"yes": "1"})]

    def _get_portal_pages(self):
        self._ask("rating", state="answered")
        mine = self._ask("nps")[0]
        complaint = self.open.access_url
        return [
            *[(path, None) for path in (
                "/my/home", "/my/tier", "/my/points", "/my/complaints", "/my/complaints/new",
                complaint, f"{complaint}?received=1", self.solved.access_url, "/my/feedback",
                f"/my/feedback/{mine.id}", "/my/privacy", "/my/privacy?saved=1",
            )],
            ("/my/complaints/new", {"subject": "بی‌متن"}),
            ("/my/tier/mails", {"refuse": "1"}),
        ]  # fmt: skip

    # === WHAT STANDS THERE === #

    def _send(self, path, form):
        """Send a form as a browser does: from the page that holds it, which has the token."""
        self.page.go(f"{self.base_url()}{path.removesuffix('/mails')}")
        self.page.evaluate(f"({SUBMIT})({json.dumps(path)}, {json.dumps(form)})")
        self.page.wait("!window.isOld && document.readyState === 'complete'")

    def _look(self, path, form):
        """Go to a page; return [barriers, texts, {width: what sticks out}]."""
        if form:
            self._send(path, form)
        else:
            self.page.go(f"{self.base_url()}{path}")
        self.page.wait("!!document.querySelector('main')")
        for script in (WALK, self.axe):
            self.page.evaluate(script + ";0")
        self.page.evaluate("customerValueWalk.settle()")
        texts = self.page.evaluate("customerValueWalk.texts(document.body)")
        title = self.page.evaluate("document.title")
        barriers, sizes = [], {}
        for width in WIDTHS:
            self.page.call(
                "Emulation.setDeviceMetricsOverride",
                **{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
            )
            sizes[width] = self.page.evaluate(OUTSIDE)
            barriers += self.page.evaluate("customerValueWalk.barriers(document)")
        return barriers, [*texts, [title, "title"]], sizes

    def _check(self, language, pages):
        english, patterns = read_english()
        found, count = [], 0
        for path, form in pages:
            name = f"{path.split('?')[0]} {form or ''}"
            barriers, texts, sizes = self._look(path, form)
            count += len(texts)
            for rule, html, where, why in barriers:
                if not ODOO_DRAWS.search(where):
                    found.append(f"{name}: {rule} {where[-120:]} {html[:160]} {why[:120]}")
            for width, seen in sizes.items():
                if seen["direction"] != LANGUAGES[language]:
                    found.append(f"{name}: {seen['direction']}")
                if seen["width"] > 1 or seen["outside"] or seen["small"] or seen["pushed"]:
                    found.append(f"{name} at {width} px: {seen}")
            if language == "fa_IR":
                found += self._read(name, texts, english, patterns)
        self.assertGreater(count, 12 * len(pages), "pages without text")
        complaints = [*self.page.complaints, *map(str, self.page.errors)]
        found += [f"on the console: {one}" for one in complaints if "Failed to load" not in one]
        return sorted(set(found))

    def _read(self, name, texts, english, patterns):
        found = []
        for text, where in texts:
            at = f"{name}: {text[:100]} {where[-80:]}"
            is_ours = LATIN.search(text) and (
                text in english or any(pattern.fullmatch(text) for pattern in patterns)
            )
            if is_ours:
                found.append(f"an English word of ours: {at}")
            if GREGORIAN.search(text):
                found.append(f"a second calendar: {at}")
            if TWO_KINDS_OF_DIGITS.search(text):
                found.append(f"two kinds of digits: {at}")
        return found

    def _speak(self, language):
        (self.person | self.customer | self.company.partner_id).lang = language
        self.portal.lang = language
        self.set_cookie("frontend_lang", language, "/", "127.0.0.1")
        header = {"headers": {"Accept-Language": language.replace("_", "-")}}
        self.page.call("Network.enable")
        self.page.call("Network.setExtraHTTPHeaders", **header)

    def test_public_pages(self):
        found = []
        for language in LANGUAGES:
            self._speak(language)
            self.env["customer.feedback.attempt"].search([]).unlink()
            pages = self._get_public_pages()
            self.page.call("Network.clearBrowserCookies")
            self.env.flush_all()
            with self.allow_requests(browser=self):
                found += self._check(language, pages)
                self.page.go("about:blank")
        self.assertEqual("\n".join(found), "")

    def test_portal(self):
        found = []
        for language in LANGUAGES:
            self._speak(language)
            pages = self._get_portal_pages()
            with self._signed_in(self.portal):
                found += self._check(language, pages)
        self.assertEqual("\n".join(found), "")
