"""What random histories learn about debts that somebody else pays, or nobody by name."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from odoo import Command

from .history_whose import any_number, counted_step

OTHER_NAME_STEPS = [
    ("bill_customer", {"who": 0, "where": 0, "back": 20, "amounts": [40_000]}),
    ("settle_in_another_name", {"which": -1, "who": 1, "back": 3}),
    ("correct_settlement", {"which": -1}),
    ("bill_customer", {"who": 2, "where": 1, "back": 20, "amounts": [30_001]}),
    ("settle_in_another_name", {"which": -1, "who": 0, "back": 3}),
    ("correct_settlement", {"which": -1}),
    ("bill_customer", {"who": 5, "where": 0, "back": 20, "amounts": [20_002]}),
    ("settle_in_another_name", {"which": -1, "who": 5, "back": 3}),
    ("correct_settlement", {"which": -1}),
    ("correct_settlement", {"which": -1}),
]


class OtherNameHistory:
    """Rules for the machine of ``tests/profile/test_property.py``."""

    def __init__(self):
        self.settlements = self.test.env["account.move"]
        super().__init__()

    def settled_in_another_name(self):
        return self.settlements.exists().filtered(lambda move: move.state == "posted")

    @precondition(lambda self: bool(self.in_own_currency()))
    @rule(which=any_number, who=any_number, back=st.integers(0, 60))
    @counted_step
    def settle_in_another_name(self, which, who, back):
        """Money, a cash discount and a loss in one entry; a fifth of them in nobody's name."""
        invoice = self.pick(self.in_own_currency(), which)
        company = invoice.company_id
        debts = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        left = invoice.amount_residual
        discount, lost = (company.currency_id.round(left * share) for share in (0.03, 0.05))
        top = company.root_id
        sides = [
            (self._get_account(company, "asset_cash"), left - discount - lost),
            (top.account_journal_early_pay_discount_loss_account_id, discount),
            (self._get_account(company, "expense"), lost),
            (debts.account_id[:1], -left),
        ]
        partner = self.partners.browse() if who % 5 == 0 else self.pick(self.partners, who)
        journals = self.env["account.journal"].with_company(company)
        entry = journals.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self.a_day(company, back),
                "journal_id": journals.search(
                    [("type", "=", "general"), ("company_id", "in", company.parent_ids.ids)],
                    limit=1,
                ).id,
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "balance": amount, "partner_id": partner.id}
                    )
                    for account, amount in sides
                ],
            }
        )
        entry.action_post()
        credit = entry.line_ids.filtered(lambda line: line.account_id == debts.account_id[:1])
        (debts | credit).reconcile()
        self.settlements |= entry

    @precondition(lambda self: bool(self.settled_in_another_name()))
    @rule(which=any_number)
    @counted_step
    def correct_settlement(self, which):
        """What was entered as lost was money, or the other way round."""
        entry = self.pick(self.settled_in_another_name(), which)
        lost = self._get_account(entry.company_id, "expense")
        money = self._get_account(entry.company_id, "asset_cash")
        for line in entry.line_ids.filtered(lambda line: line.account_id in lost | money):
            line.account_id = money if line.account_id == lost else lost
