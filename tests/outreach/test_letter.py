import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..play.common import START, PlayCommon

ADDRESS = {"street": "12 Oak Lane", "city": "Springfield", "zip": "11111"}
LETTER = ("letter", 0, {"text": "Dear {name},\nwe miss you.\n{salesperson}"})


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestLetter(PlayCommon):
    """Letters of a step in one file, and faxes by mail."""

    def _render(self, letters):
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html("customer_value.outreach_letters", letters.ids)
        return html.decode()

    def _start_letters(self, customers, *more, **values):
        return self._start(
            self._make_play(customers, LETTER, *more, **{"control_percent": 0, **values})
        )

    # === LETTERS ===

    def test_all_letters_of_a_step_in_one_file(self):
        customers = self._add_customers(4)
        for number, customer in enumerate(customers):
            customer.write({**ADDRESS, "street": f"{number} Oak Lane"})
        play = self._start_letters(customers, control_percent=25)
        treated = self._get_group(play, "play").partner_id
        letters = play.action_ids.message_id
        self.assertEqual(letters.mapped("state"), ["waiting"] * 3)
        self.assertFalse(any(play.action_ids.mapped("is_reached")))
        action = play.step_ids.with_user(self.manager).action_print_letters()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(sorted(action["context"]["active_ids"]), sorted(letters.ids))
        self.assertEqual(letters.mapped("state"), ["sent"] * 3)
        self.assertTrue(all(play.action_ids.mapped("is_reached")))
        html = self._render(letters)
        self.assertEqual(html.count("o_customer_letter_window"), 3)
        for customer in treated:
            self.assertIn(f"Dear {customer.name},", html)
            self.assertIn(customer.street, html)
        for letter in letters:
            self.assertIn(letter.way_out.split()[7], html)
        self.assertEqual(html.count("page-break-after: always"), 2)
        again = play.step_ids.with_user(self.manager).action_print_letters()
        self.assertEqual(len(again["context"]["active_ids"]), 3)

    def test_who_opts_out_before_the_printing_gets_none(self):
        customers = self._add_customers(2)
        customers[0].write(ADDRESS)
        customers[1].write({**ADDRESS, "street": "13 Oak Lane"})
        play = self._start_letters(customers)
        self.env["customer.play.optout"]._note(customers[0], "letter")
        action = play.step_ids.with_user(self.manager).action_print_letters()
        kept = play.action_ids.message_id.filtered(lambda one: one.customer_id == customers[1])
        self.assertEqual(action["context"]["active_ids"], kept.ids)
        first = play.action_ids[0]
        self.assertEqual((first.state, first.skip_reason), ("skipped", "opted_out"))
        self.env["customer.play.optout"]._note(customers[1], "letter")
        with self.assertRaises(UserError):
            play.step_ids.with_user(self.manager).action_print_letters()

    def test_no_address_no_letter(self):
        customers = self._add_customers(3)
        customers[0].write({"street": "12 Oak Lane"})
        contact = self.env["res.partner"].create(
            {"name": "Sara", "parent_id": customers[1].id, "type": "other", **ADDRESS}
        )
        play = self._start_letters(customers, ("opportunity", 0))
        letters = {one.partner_id: one for one in play.action_ids if one.kind == "letter"}
        self.assertEqual(letters[customers[0]].skip_reason, "no_address")
        self.assertEqual(letters[customers[1]].contact_id, contact)
        lines = letters[customers[1]].message_id._get_address_lines()
        self.assertEqual(lines[:3], [customers[1].name, "Sara", "12 Oak Lane"])

    def test_persian_letters_run_from_right_to_left(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        customer = self._add_customers(1, lang="fa_IR", **ADDRESS)
        play = self._make_play(customer, LETTER, control_percent=0)
        play.step_ids.sudo().with_context(
            lang="fa_IR"
        ).text = "{name} گرامی، <b>دلتنگ</b> شما هستیم"
        self._start(play)
        html = self._render(play.action_ids.message_id)
        self.assertTrue(re.search(r'o_customer_letter"[^>]*dir="rtl"|dir="rtl"[^>]*', html))
        self.assertIn("Buyer 0 گرامی، &lt;b&gt;دلتنگ&lt;/b&gt; شما هستیم", html)
        self.assertTrue("ژوئن" in html or "خرداد" in html)

    def test_one_file_with_both_languages(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        customers = self._add_customers(2, **ADDRESS)
        customers[1].write({"lang": "fa_IR", "street": "13 Oak Lane"})
        play = self._start_letters(customers)
        html = self._render(play.action_ids.message_id)
        pages = re.findall(r'<div class="o_customer_letter"[^>]*>', html)
        self.assertEqual([re.search('dir="(...)"', page)[1] for page in pages], ["ltr", "rtl"])

    def test_the_pdf(self):
        reports = self.env["ir.actions.report"]
        if reports.get_wkhtmltopdf_state() != "ok":
            self.skipTest("wkhtmltopdf is not here")
        customers = self._add_customers(2, **ADDRESS)
        customers[1].street = "13 Oak Lane"
        play = self._start_letters(customers)
        letters = play.action_ids.message_id
        pdf, _kind = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            "customer_value.outreach_letters", letters.ids
        )
        self.assertEqual(len(re.findall(rb"/Type\s*/Page\b", pdf)), 2)

    def test_salespeople_print_none(self):
        customer = self._add_customers(1, **ADDRESS)
        play = self._start_letters(customer)
        letter = play.action_ids.message_id.with_user(self.own_salesperson)
        with self.assertRaises(AccessError):
            letter.action_print()

    def test_an_opt_out_by_the_link_is_for_letters_only(self):
        customer = self._add_customers(1, **ADDRESS)
        play = self._start_letters(customer)
        play.action_ids._opt_out()
        row = self.env["customer.play.optout"].search([])
        self.assertEqual((row.channel, row.partner_id), ("letter", customer))

    # === FAXES ===

    def _start_faxes(self, customers):
        step = ("fax", 0, {"text": "Dear {name}, <we> miss you."})
        return self._start(self._make_play(customers, step, control_percent=0))

    def test_a_fax_is_a_mail_to_the_fax_service(self):
        self.company.write(
            {"country_id": self.env.ref("base.ir").id,
             "customer_fax_pattern": "{number}@fax.example.com",
             "customer_fax_sender": "office@example.com"}
        )  # fmt: skip
        iran = self.env.ref("base.ir").id
        customers = self._add_customers(2, country_id=iran, customer_fax="۰۲۱ ۸۸۷۷ ۶۶۵۵")
        customers[1].customer_fax = "none"
        play = self._start_faxes(customers)
        mail = play.action_ids.mail_id
        self.assertEqual(mail.email_to, "982188776655@fax.example.com")
        self.assertFalse(mail.recipient_ids)
        self.assertEqual(mail.email_from, "office@example.com")
        self.assertIn("Dear Buyer 0, &lt;we&gt; miss you.", mail.body_html)
        action = play.action_ids.filtered("mail_id")
        self.assertIn(action._get_short_optout_link(), mail.body_html)
        self.assertEqual(action.address, "+982188776655")
        self.assertEqual(play.member_ids.partner_id, customers[0])

    def test_a_fax_waits_and_its_reader_opts_out(self):
        self.company.write(
            {"country_id": self.env.ref("base.ir").id,
             "customer_fax_pattern": "{national}@fax.example.com"}
        )  # fmt: skip
        iran = self.env.ref("base.ir").id
        customers = self._add_customers(2, country_id=iran, customer_fax="021 8877 6655")
        customers[1].customer_fax = "021 8877 6656"
        play = self._start_faxes(customers)
        first, second = play.action_ids.sorted(lambda one: one.mail_id.email_to)
        self.assertEqual(first.mail_id.email_to, "02188776655@fax.example.com")
        self.env["customer.play.optout"]._note(customers[0], "fax")
        play.action_ids.mail_id._hold_refused()
        self.assertEqual((first.mail_id.state, first.skip_reason), ("cancel", "opted_out"))
        self.assertEqual(second.mail_id.state, "outgoing")

    def test_no_fax_service_no_fax(self):
        customer = self._add_customers(1, customer_fax="+982188776655")
        with self.assertRaisesRegex(UserError, "fax"):
            self._start_faxes(customer)
