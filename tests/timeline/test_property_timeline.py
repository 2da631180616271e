"""Contacts merged, moved, archived at random: the timeline loses nothing and shows each once.

The oracle walks over the documents one by one and asks each whose it is; it knows nothing of
the timeline but which kinds of entries a document makes.

Bugs put in on purpose to see it fail: archived contacts left out; one entry for each guest of a
meeting; interactions by their contact's former customer; messages by their author.

Length: ``CUSTOMER_VALUE_TIMELINE_EXAMPLES`` (default 20 histories, half a minute).
"""

import os
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..tools.history_whose import FinalNotes
from .common import TimelineCommon

EXAMPLES = int(os.environ.get("CUSTOMER_VALUE_TIMELINE_EXAMPLES", "20"))
NUMBERS = st.integers(0, 2**16)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "move", "move", "free", "archive", "restore", "found"]),
        NUMBERS,
        NUMBERS,
    ),
    min_size=1,
    max_size=8,
)


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestPropertyTimeline(FinalNotes, TimelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.third_customer = cls._create_customer("Gemini Furniture")
        cls.others = partners.create(
            [
                {"name": "Cem", "parent_id": cls.other_customer.id},
                {"name": "Dina", "parent_id": cls.other_customer.id},
                {"name": "Emre", "parent_id": cls.third_customer.id},
                {"name": "Farid"},
            ]
        )
        cls.partners = cls.customer | cls.contact | cls.colleague | cls.other_customer
        cls.partners |= cls.third_customer | cls.others
        # (kind, document): what each entry is of
        cls.entries = [
            (kind, cls.env[model].browse(res_id))
            for kind, _direction, _channel, _amount, model, res_id in cls._expected()
        ]
        for number, partner in enumerate(cls.partners):
            cls._add_documents(number, partner)
        cls.env.flush_all()

    @classmethod
    def _add_documents(cls, number, partner):
        """An interaction, a lead, an order with a mail; an invoice; a meeting with the next."""
        next_partner = cls.partners[(number + 1) % len(cls.partners)]
        interaction = cls._log(partner_id=partner.id, kind="fax")
        lead = cls.env["crm.lead"].create(
            {"name": "More", "type": "opportunity", "partner_id": partner.id}
        )
        order = cls._order(partner, confirm=False)
        cls.env["mail.message"].create(
            {
                "model": "sale.order",
                "res_id": order.id,
                "message_type": "email",
                "author_id": partner.id,
                "subtype_id": cls.env.ref("mail.mt_comment").id,
                "subject": "Question",
            }
        )
        meeting = cls.env["calendar.event"].create(
            {
                "name": f"Meeting {number}",
                "start": "2026-06-04 08:00:00",
                "stop": "2026-06-04 09:00:00",
                "partner_ids": [Command.set((partner | next_partner).ids)],
            }
        )
        cls.entries += [
            ("fax", interaction),
            ("opportunity", lead),
            ("quotation", order),
            ("email", order),
            ("meeting", meeting),
        ]
        if number % 2:
            invoice = cls._invoice(partner, "2026-06-01", 10 + number)
            cls.entries.append(("invoice", invoice))

    # === THE ORACLE ===

    def _get_owners(self, document):
        """Return the customers a document belongs to, asking nothing but the document."""
        if document._name == "account.move":
            # Posted: it stays with whom it was made for, wherever that customer belongs today.
            return document.commercial_partner_id.commercial_partner_id
        if document._name == "calendar.event":
            guests = document.attendee_ids.partner_id
            employees = self.env["res.users"].with_context(active_test=False).search([])
            employees = employees.filtered(lambda user: not user.share).partner_id
            return (guests - employees).commercial_partner_id
        if document._name == "stock.picking":
            document = document.sale_id
        if document._name == "sale.order":
            invoices = document.invoice_ids.filtered(lambda move: move.state == "posted")
            if invoices:
                first = invoices.sorted(lambda move: (move.invoice_date, move.id))[0]
                return first.commercial_partner_id.commercial_partner_id
        origin = self.final.get((document._name, document.id), document.partner_id.id)
        return self.env["res.partner"].browse(origin).commercial_partner_id

    def _expect(self):
        return Counter(
            (owner.id, kind, document._name, document.id)
            for kind, document in self.entries
            for owner in self._get_owners(document)
        )

    # === WHAT HAPPENS TO CONTACTS ===

    def _pick(self, number):
        alive = self.partners.exists()
        return alive[number % len(alive)]

    def _merge(self, one, other):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((one | other).ids, other)
        self.note_merge(one, other)
        self.note_move(other)

    def _move(self, one, other):
        one.write({"parent_id": other.id, "is_company": False})
        self.note_move(one)

    def _free(self, one, _other):
        one.parent_id = False
        self.note_move(one)

    def _archive(self, one, _other):
        one.active = False

    def _restore(self, one, _other):
        one.active = True

    def _found(self, one, _other):
        """A contact becomes a company of its own, or stops being one."""
        one.is_company = not one.is_company

    def _take(self, name, one, other):
        """Return whether Odoo let the step be taken."""
        before = dict(self.final)
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_{name}")(self._pick(one), self._pick(other))
                self.env.flush_all()
        except UserError:
            self.env.invalidate_all()
            self.final = before
            return False
        return True

    # === THE TEST ===

    def _check(self):
        self.env.flush_all()
        self.env.invalidate_all()
        expected = self._expect()
        timeline = self.timeline.with_user(self.manager)
        ours = {document for _kind, document in self.entries}
        everything = timeline.search([("date", ">=", "2000-01-01")])
        found = Counter(
            (row.customer_id.id, row.kind, row.res_model, row.res_id)
            for row in everything
            if self.env[row.res_model].browse(row.res_id) in ours
        )
        self.assertEqual(found, expected)
        self.assertEqual(len(set(everything.ids)), len(everything))
        for customer in self.partners.exists().commercial_partner_id:
            rows = timeline.search([("customer_id", "=", customer.id)])
            self.assertEqual(
                Counter((row.customer_id.id, row.kind, row.res_model, row.res_id) for row in rows),
                Counter({key: count for key, count in expected.items() if key[0] == customer.id}),
            )
            self.assertEqual(timeline.search_count([("customer_id", "=", customer.id)]), len(rows))

    def test_nothing_is_lost_or_doubled(self):
        self.final = {}
        self.note_final()
        start = dict(self.final)
        self._check()
        taken, refused = Counter(), Counter()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize="CUSTOMER_VALUE_TIMELINE_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        )
        @given(STEPS)
        def check(steps):
            savepoint = self.env.cr.savepoint()
            self.final = dict(start)
            try:
                for step in steps:
                    counts = taken if self._take(*step) else refused
                    counts[step[0]] += 1
                self._check()
            finally:
                self.env.cr.precommit.clear()
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

        check()
        for name in ("merge", "move", "free", "archive", "restore", "found"):
            self.assertGreater(taken[name], EXAMPLES // 20, (taken, refused))
