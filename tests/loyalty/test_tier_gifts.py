from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .tier_common import NOW, TODAY, TierCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestTierGifts(TierCommon):
    """The gift, once; priority; programs for some; prices on invoices; mail; extension; cost."""

    # === WELCOME GIFT ===

    def test_gift_once_when_the_tier_is_reached(self):
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.silver)
        self.assertFalse(self._cards())
        self._set_tier(self.gold)
        card = self._cards()
        self.assertEqual((len(card), card.points), (1, 1))
        grant = self._grants().filtered(lambda one: one.kind == "gift")
        self.assertEqual(
            (grant.state, grant.new_text, grant.tier_id), ("granted", card.code, self.gold)
        )  # noqa: E501
        self.assertEqual(sum(card.history_ids.mapped("issued")), 1)
        self._set_tier(self.silver)
        self._set_tier(self.gold)
        self._set_tier(self.platinum)
        self.assertEqual(len(self._cards()), 1, "down and up again brings no second one")
        self._set_tier(self.gold)
        self.assertEqual(len(self._cards()), 1)

    def test_the_mail_with_the_gift_goes_to_who_wants_it(self):
        """Not to who refused mails of tiers or plays, nor to addresses on the blacklist."""
        self.coupons.communication_plan_ids = [
            Command.create(
                {
                    "trigger": "create",
                    "mail_template_id": self.env.ref("loyalty.mail_template_loyalty_card").id,
                }
            )
        ]
        self.gold.benefit_gift_program_id = self.coupons
        willing, refusing, opted_out, blocked, taken = partners = self.env["res.partner"].create(
            [{"name": f"P{number}", "email": f"p{number}@example.com"} for number in range(5)]
        )
        refusing.customer_tier_mail_optout = True
        optouts = self.env["customer.play.optout"]
        optouts._note(opted_out, "email")
        optouts._note(self.customer, "email", address=taken.email)
        self.env["mail.blacklist"].create({"email": blocked.email})
        moves = {partner.id: (False, self.gold.id) for partner in partners}
        self.env["customer.tier"]._reach(self.company, moves, TODAY)
        cards = self.env["loyalty.card"].search([("program_id", "=", self.coupons.id)])
        self.assertEqual(cards.partner_id, partners, "all have the gift")
        mails = self.env["mail.mail"].search([("model", "=", "loyalty.card")])
        own = cards.filtered(lambda card: card.partner_id == willing)
        self.assertEqual(mails.mapped("res_id"), own.ids)
        self.assertIn(own.code, mails.body_html)

    def test_falling_to_a_tier_gives_nothing(self):
        self._set_tier(self.platinum)
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.gold)
        self.assertFalse(self._cards())

    def test_gift_by_the_refresh_that_earns_the_tier(self):
        self.silver.write({"min_occasions": 2, "min_revenue": 50, "min_tenure_days": 0})
        self.silver.benefit_gift_program_id = self.coupons
        self._invoice(self.customer, "2026-05-02", 100)
        self.assertFalse(self._cards(), "posting gives nothing")
        self._refresh_both()
        self.assertEqual(self._profile(self.customer).tier_id, self.silver)
        self.assertEqual(len(self._cards()), 1)
        self._refresh_both()
        self.assertEqual(len(self._cards()), 1)
        self.assertFalse(self._cards(self.other_customer))

    def test_gift_in_two_companies(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self.manager.company_ids |= other
        gold = self.env["customer.tier"].search([("company_id", "=", other.id)])[2]
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            gold.benefit_gift_program_id = self._program("Ours", 5, company_id=self.company.id)
        theirs = self._program("Theirs", 5, company_id=other.id)
        gold.benefit_gift_program_id = theirs
        self.gold.benefit_gift_program_id = self.coupons
        self._invoice(self.customer, "2026-05-01", 10, company=other)
        self._refresh_both(other)
        self._set_tier(self.gold)
        self.assertFalse(self._cards(program=theirs))
        self._set_tier(gold)
        self.assertEqual((len(self._cards()), len(self._cards(program=theirs))), (1, 1))

    def test_uninstalling_takes_unused_gifts_back(self):
        self.gold.benefit_gift_program_id = self.coupons
        for customer in (self.customer, self.other_customer):
            self._set_tier(self.gold, customer)
        used = self._cards(self.other_customer)
        order = self._order(self.other_customer, confirm=False)
        status = order._try_apply_code(used.code)
        self.assertNotIn("error", status)
        for coupon, rewards in status.items():
            order._apply_program_reward(rewards, coupon)
        order.action_confirm()
        self.env["customer.tier"]._release("tier")
        card = self._cards()
        self.assertEqual((card.points, card.active), (0, False))
        history = card.history_ids
        self.assertEqual(sum(history.mapped("issued")) - sum(history.mapped("used")), 0)
        self.assertTrue(used.active)
        self.assertEqual(
            self._grants(state="granted").filtered(lambda g: g.kind == "gift"),
            self.env["customer.benefit.grant"],
        )  # noqa: E501

    def test_a_manager_takes_a_gift_back(self):
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.gold)
        grant = self._grants().filtered(lambda one: one.kind == "gift")
        with self.assertRaises(AccessError):
            grant.with_user(self.salesperson).action_withdraw()
        grant.with_user(self.manager).action_withdraw()
        self.assertFalse(self._cards().active)
        with self.assertRaises(UserError):
            grant.with_user(self.manager).action_withdraw()
        self._set_tier(self.silver)
        self._set_tier(self.gold)
        self.assertEqual(len(self._cards()), 1, "what was taken back is not given again")

    def test_gifts_follow_a_merge(self):
        self.gold.benefit_gift_program_id = self.coupons
        for customer in (self.customer, self.other_customer):
            self._set_tier(self.gold, customer)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.customer.id, self.other_customer.id], self.customer)
        self.env.invalidate_all()
        gifts = self._grants().filtered(lambda one: one.kind == "gift")
        self.assertEqual(sorted(gifts.mapped("state")), ["ended", "granted"])
        self._set_tier(self.silver)
        self._set_tier(self.gold)
        self.assertEqual(len(self._grants().filtered(lambda one: one.kind == "gift")), 2)

    def test_the_same_queries_for_ten_and_a_hundred_gifts(self):
        self.gold.benefit_gift_program_id = self.coupons
        counts = []
        for number in (2, 10, 60):
            partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(number)])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            moves = {partner.id: (self.silver.id, self.gold.id) for partner in partners}
            self.env["customer.tier"]._reach(self.company, moves, TODAY)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2] - counts[1], 3, "batches of Odoo's own")

    # === DELIVERIES, PROGRAMS ===

    def test_deliveries_of_the_tier_come_first(self):
        self.gold.benefit_is_priority = True
        before = self._order(self.customer).picking_ids
        self._set_tier(self.gold)
        contact = self.env["res.partner"].create({"name": "Shop", "parent_id": self.customer.id})
        after = self._order(contact).picking_ids
        others = self._order(self.other_customer).picking_ids
        self.assertEqual([one.priority for one in (before, after, others)], ["0", "1", "0"])
        self.assertEqual(set(after.move_ids.mapped("priority")), {"1"})
        moved = self.env["stock.picking"].search_count([])
        self._invoice(self.customer, "2026-06-15", 10)
        self.assertEqual(self.env["stock.picking"].search_count([]), moved)
        self.assertEqual(before.priority, "0", "only new ones")

    def test_programs_for_the_tier_only(self):
        order = self._order(self.customer, confirm=False)
        other = self._order(self.other_customer, confirm=False)
        promotion = self._program(
            "Gold days",
            7,
            program_type="promotion",
            trigger="auto",
            customer_tier_ids=self.gold.ids,
        )
        self._set_tier(self.gold)
        for one, expected in ((order, promotion), (other, promotion.browse())):
            one = one.with_user(self.own_salesperson).sudo()  # noqa: PLW2901
            one._update_programs_and_rewards()
            programs = one._get_claimable_rewards().values()
            found = self.env["loyalty.reward"].union(*programs).program_id
            self.assertEqual(found, expected)

    def test_code_of_another_tier_is_refused(self):
        self.coupons.customer_tier_ids = self.gold | self.platinum
        card = self.env["loyalty.card"].create({"program_id": self.coupons.id, "points": 1})
        order = self._order(self.customer, confirm=False)
        self.assertIn("error", order._try_apply_code(card.code))
        self._set_tier(self.silver)
        self.assertIn("error", order._try_apply_code(card.code))
        self._set_tier(self.platinum)
        self.assertNotIn("error", order._try_apply_code(card.code))

    def test_a_gift_is_of_the_customer_who_got_it(self):
        """Whoever sells could read the code, and enter it for a friend."""
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.gold)
        code = self._cards().code
        theirs = self._order(self.other_customer, confirm=False).with_user(self.salesperson)
        self.assertIn("welcome gift", theirs._try_apply_code(code)["error"])
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        order = self._order(contact, confirm=False).with_user(self.salesperson)
        for card, reward in order._try_apply_code(code).items():
            order._apply_program_reward(reward, card)
        order.partner_id = self.other_customer
        with self.assertRaisesRegex(UserError, "welcome gift"), self.cr.savepoint():
            order.action_confirm()
        order.partner_id = contact
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 70)

    def _draft(self, customer=None, price=100.0, **values):
        self.pricelists[1].item_ids = [
            Command.create(
                {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}
            )
        ]
        self.company.customer_tier_invoice_prices = True
        customer = customer or self.customer
        return self._create_move(customer, "2026-06-15", price, **values)

    def test_tier_prices_are_proposed_and_taken_by_the_button_only(self):
        self._set_tier(self.gold)
        move = self._draft().with_user(self.accountant)
        self.assertIn("Gold", move.customer_tier_price_text)
        self.assertEqual(move.invoice_line_ids.price_unit, 100)
        move.action_apply_tier_prices()
        self.assertEqual((move.invoice_line_ids.price_unit, move.amount_untaxed), (90, 90))
        self.assertFalse(move.customer_tier_price_text)
        self.assertIn("Gold", move.message_ids[:1].body)
        with self.assertRaises(UserError):
            move.action_apply_tier_prices()

    def test_a_discount_on_the_line_counts(self):
        """100 less 20 % is 80 already: a tier price of 90 saves nothing, and no 72 comes of it."""
        self._set_tier(self.gold)
        move = self._draft()
        line = move.invoice_line_ids
        line.discount = 20
        self.assertFalse(move.customer_tier_price_text)
        with self.assertRaises(UserError), self.cr.savepoint():
            move.action_apply_tier_prices()
        line.discount = 4
        self.assertIn("6.00", move.customer_tier_price_text)
        move.action_apply_tier_prices()
        self.assertEqual((line.price_unit, line.discount, move.amount_untaxed), (90, 0, 90))

    def test_what_gets_no_proposal(self):
        self._set_tier(self.gold)
        self.assertFalse(self._draft(self.other_customer).customer_tier_price_text, "no tier")
        self.assertFalse(self._draft(price=80).customer_tier_price_text, "never dearer")
        self.assertFalse(self._draft(move_type="out_refund").customer_tier_price_text)
        order = self._order(self.customer)
        self.assertFalse(order._create_invoices().customer_tier_price_text, "orders have prices")
        posted = self._draft()
        posted.action_post()
        self.assertFalse(posted.customer_tier_price_text)
        move = self._draft()
        self.company.customer_tier_invoice_prices = False
        move.invalidate_recordset()
        self.assertFalse(move.customer_tier_price_text, "an option")
        self.company.customer_tier_invoice_prices = True
        self.customer.specific_property_product_pricelist = self.pricelists[3]
        move.invalidate_recordset()
        self.assertFalse(move.customer_tier_price_text, "another list was chosen by hand")

    # === MAIL ===

    def _extend(self, until, user=None, customer=None):
        profile = self._profile(customer or self.customer)
        wizard = self.env["customer.tier.extend"].with_user(user or self.manager)
        wizard.create(
            {"profile_id": profile.id, "until_date": until, "reason": "Shop was rebuilt"}
        ).action_apply()
        self.env.invalidate_all()

    def test_a_manager_keeps_a_tier_longer(self):
        profile = self._profile(self.customer)
        self.assertEqual(profile.earned_tier_id, self.bronze)
        last = profile.tier_until_date
        with self.assertRaises(UserError):
            self._extend(last)
        with self.assertRaises(AccessError):
            self._extend("2030-01-01", self.salesperson)
        self._extend("2030-01-01")
        change = profile.tier_change_ids[:1]
        self.assertEqual((change.reason, change.user_id), ("extension", self.manager))
        self.assertEqual((change.old_tier_id, change.new_tier_id), (self.bronze, self.bronze))
        self.assertIn("Shop was rebuilt", change.note)
        with freeze_time("2029-12-31"):
            self._refresh_both()
            self.assertEqual(self._profile(self.customer).tier_id, self.bronze)
            self.assertFalse(self._profile(self.other_customer).tier_id)
        with freeze_time("2030-03-01"):
            self._refresh_both()
            self.assertFalse(self._profile(self.customer).tier_id)

    # === WHAT IT COSTS, AND THE NEXT TIER ===

    def test_preview_says_what_the_benefits_cost(self):
        self._draft().unlink()
        self.silver.benefit_pricelist_id = False
        self.gold.write({"points_multiplier": 3, "benefit_gift_program_id": self.coupons.id})
        program = self.env["loyalty.program"].create(
            {
                "name": "Collecting",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "company_id": self.company.id,
                "rule_ids": [
                    Command.create({"reward_point_amount": 7, "reward_point_mode": "money"})
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 0.05,
                            "required_points": 1,
                        }
                    )
                ],
            }
        )
        self._invoice(self.customer, "2026-05-03", 80)
        self._credit(self._invoice(self.customer, "2026-05-04", 60), "2026-05-05")
        self._invoice(self.customer, "2025-06-01", 999)
        self._refresh_both()
        preview = self.env["customer.tier.preview"].with_user(self.manager).create({})
        for line in preview.line_ids:
            line.write(
                {
                    **{"min_revenue": 0, "min_occasions": 2, "min_tenure_days": 0},
                    **{"limit_days_late": False, "window": "year"},
                }
            )
        preview.line_ids.filtered(lambda one: one.tier_id == self.platinum).min_occasions = 99
        preview.action_preview()
        gold = preview.cost_ids.filtered(lambda one: one.tier_id == self.gold)
        self.assertEqual(gold.points, 0, "a multiplier multiplies points on paid invoices only")
        program.write(
            {
                **{"customer_points": True, "customer_points_from": "2026-01-01"},
                "customer_points_rate": 2,
            }
        )
        preview.action_preview()
        gold = preview.cost_ids.filtered(lambda one: one.tier_id == self.gold)
        self.assertEqual(gold.customer_count, 1)
        self.assertAlmostEqual(gold.discount, 2 * (100 - 90), 2)
        self.assertAlmostEqual(gold.points, 180 * 2 * 2 * 0.05, 2)
        self.assertEqual(gold.gifts, 30)
        self.assertAlmostEqual(gold.total, 20 + 36 + 30, 2)
        self.assertAlmostEqual(preview.cost_then, 86, 2)
        self.assertEqual(preview.cost_now, 0)
        self.assertIn("86", preview.cost_text)
        program.reward_ids.write({"discount_mode": "percent", "discount": 10})
        for value in (0, 0.2):
            program.customer_points_value = value
            preview.action_preview()
            gold = preview.cost_ids.filtered(lambda one: one.tier_id == self.gold)
            self.assertAlmostEqual(gold.points, 180 * 2 * 2 * value, 2, "as what is outstanding")

    def test_what_the_next_tier_gives(self):
        self.gold.write({"benefit_is_priority": True, "points_multiplier": 2})
        standards = self.env["customer.service.standard"]
        for tiers, severity, hours in (
            (self.gold, False, 4),
            (self.gold, "3", 1),
            (self.platinum, False, 2),
            (self.env["customer.tier"], False, 3),
        ):
            standards |= standards.create(
                {
                    **{"name": f"In {hours} hours", "severity": severity},
                    **{"company_id": self.company.id, "tier_ids": tiers.ids},
                    **{"first_response_hours": hours, "solution_hours": hours * 10},
                }
            )
        self._set_tier(self.silver)
        profile = self._profile(self.customer)
        times = ("answered within 4 working", "solved within 40 working")
        self.assertIn(times[0], " ".join(self.gold._get_portal_texts()))
        for user, words, hidden in (
            (self.manager, ("List 1", "Term 1", "5,000", "Deliveries", *times), ("Points",)),
            (self.salesperson, ("List 1", "Deliveries"), ("Term 1", "5,000")),
        ):
            shown = profile.with_user(user).tier_explanation["next"]
            text = " ".join(shown["benefits"])
            self.assertEqual(shown["name"], "Gold")
            for word in words:
                self.assertIn(word, text)
            for word in hidden:
                self.assertNotIn(word, text)
        self.env["loyalty.program"].create(
            {
                **{"name": "Collecting", "program_type": "loyalty", "applies_on": "both"},
                **{"company_id": self.company.id, "customer_points": True},
                **{"customer_points_from": "2026-01-01", "customer_points_rate": 1},
            }
        )
        self.assertIn("Points × 2", self.gold._get_benefit_texts())


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestTierPortal(HttpCase, TierCommon):
    """The page “My tier”: one's own, what it gives, the way to the next; nothing else."""

    def test_my_tier(self):
        self.gold.write(
            {"benefit_text": "Free coffee", "min_net_profit": 777, "min_satisfaction": 61}
        )  # noqa: E501
        self.silver.benefit_text = "A card at New Year"
        self.company.customer_tier_mail = True
        contact = self.env["res.partner"].create({"name": "Pari", "parent_id": self.customer.id})
        new_test_user(
            self.env, "pari", groups="base.group_portal", partner_id=contact.id, lang="en_US"
        )
        self.authenticate("pari", "pari")
        page = self.url_open("/my/tier").text
        self.assertIn("Bronze", page)
        self._set_tier(self.silver)
        page = self.url_open("/my/tier").text
        for word in ("Silver", "A card at New Year", "Gold", "Free coffee", "further conditions"):
            self.assertIn(word, page)
        self.assertIn("100.00", page, "what they bought")
        self.assertIn("10,000", page, "and what is asked for")
        for word in ("777", "61", "List 1", "5,000", "Deco"):
            self.assertNotIn(f">{word}", page)
        self.assertNotIn("Net profit", page)
        self.assertIn("/my/tier", self.url_open("/my").text)
        form = {"csrf_token": self._get_token(page), "refuse": "1"}
        self.url_open("/my/tier/mails", data=form)
        self.env.invalidate_all()
        self.assertTrue(self.customer.customer_tier_mail_optout)

    def _get_token(self, page):
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def test_without_a_tier_and_as_somebody_else(self):
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        new_test_user(
            self.env, "nora", groups="base.group_portal", partner_id=nobody.id, lang="en_US"
        )
        self.authenticate("nora", "nora")
        page = self.url_open("/my/tier").text
        self.assertIn("You have no tier yet", page)
        self.assertIn("Bronze", page)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/tier").url)

    def test_the_link_in_a_mail_opts_out_and_no_other_does(self):
        domain = [("partner_id", "=", self.customer.id)]
        change = self.env["customer.tier.change"].search(domain, limit=1)
        path = f"/customer/mails/optout/tier/{change._get_optout_key()}"
        page = self.url_open(path)
        self.assertIn("Do you want no more such mails?", page.text)
        self.assertFalse(self.customer.customer_tier_mail_optout, "looking stores nothing")
        wrong = f"{change.id}-{'0' * 64}"
        number, _dash, mac = change._get_optout_key().partition("-")
        form = {"csrf_token": self._get_token(page.text)}
        for word, key in (
            *(("tier", wrong), ("tier", f"{int(number) + 1}-{mac}"), ("tier", number)),
            *(("points", f"{number}-{mac}"), ("partner", f"{number}-{mac}"), ("tier", "é-1")),
        ):
            for data in (None, form):
                found = self.url_open(f"/customer/mails/optout/{word}/{key}", data=data)
                self.assertLess(found.status_code, 500, key)
                self.assertNotIn("no more such mails", found.text, key)
        self.env.invalidate_all()
        self.assertFalse(self.customer.customer_tier_mail_optout)
        done = self.url_open(path, data=form)
        self.assertIn("You will get no more", done.text)
        self.env.invalidate_all()
        self.assertTrue(self.customer.customer_tier_mail_optout)
