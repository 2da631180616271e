"""What random histories learn about whose a document is, and about branches.

Documents in branches, of which the head office's numbers are made as well; orders invoiced to
somebody else; goods that went out without an order. And a note of the customer each document
had when it became final, taken step by step, for the oracle: afterwards it is not on it any more.
"""

from functools import wraps

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from odoo import Command

from .final_notes import FinalNotes

any_number = st.integers(0, 2**16)


def counted_step(function):
    """Run a rule as the machine's own steps are run, whose wrapper stands beside the machine."""

    @wraps(function)
    def run(self, **drawn):
        return self.run_step(function, drawn)

    return run


class WhoseHistory(FinalNotes):
    """Rules and notes for the machine in ``tests/profile/test_property.py``."""

    def __init__(self):
        self.branches = self.test.branches
        self.everywhere = self.test.companies | self.branches
        self.final = {}
        super().__init__()

    # === BRANCHES === #

    def pick_branch(self, number):
        return self.branches[number % len(self.branches)]

    @rule(who=any_number, where=any_number, back=st.integers(0, 900), amount=st.integers(1, 90_000))
    @counted_step
    def bill_in_branch(self, who, where, back, amount):
        partner = self.pick(self.partners, who)
        self.post(self.make_move(partner, self.pick_branch(where), back, [amount]))

    @rule(who=any_number, where=any_number, amount=st.integers(1, 90_000))
    @counted_step
    def order_in_branch(self, who, where, amount):
        branch = self.pick_branch(where)
        line = {
            "product_id": self.test.product.id,
            "product_uom_qty": 1 + amount % 4,
            "price_unit": amount / 100,
            "tax_ids": [Command.clear()],
        }
        values = {"partner_id": self.pick(self.partners, who).id, "company_id": branch.id}
        orders = self.env["sale.order"].with_company(branch)
        order = orders.create({**values, "order_line": [Command.create(line)]})
        order.action_confirm()
        self.orders |= order

    @rule(who=any_number, where=any_number, minutes=st.integers(0, 500))
    @counted_step
    def talk_in_branch(self, who, where, minutes):
        self.env["customer.interaction"].create(
            {
                "partner_id": self.pick(self.partners, who).id,
                "company_id": self.pick_branch(where).id,
                "duration_minutes": minutes / 4,
            }
        )

    # === WHOSE === #

    @precondition(lambda self: bool(self.quotations() | self.confirmed()))
    @rule(which=any_number, who=any_number)
    @counted_step
    def invoice_to_somebody_else(self, which, who):
        """The next invoice of the order goes to another contact, perhaps of another customer."""
        order = self.pick(self.quotations() | self.confirmed(), which)
        order.partner_invoice_id = self.pick(self.partners, who)

    @precondition(lambda self: bool(self.quotations()))
    @rule(which=any_number, who=any_number)
    @counted_step
    def quote_to_somebody_else(self, which, who):
        self.pick(self.quotations(), which).partner_id = self.pick(self.partners, who)

    @rule(who=any_number, comes_back=st.booleans())
    @counted_step
    def send_without_order(self, who, comes_back):
        company = self.companies[0]
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        places = [warehouse.lot_stock_id, self.env.ref("stock.stock_location_customers")]
        start, end = places[::-1] if comes_back else places
        route = {"location_id": start.id, "location_dest_id": end.id}
        kind = warehouse.in_type_id if comes_back else warehouse.out_type_id
        goods = {"product_id": self.test.product.id, "product_uom_qty": 1}
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.pick(self.partners, who).id,
                "picking_type_id": kind.id,
                "move_ids": [Command.create({**goods, **route})],
                **route,
            }
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking._action_done()


# For the written history: every rule above does something, between moves of the contacts.
WHOSE_STEPS = [
    ("bill_in_branch", {"who": 0, "where": 0, "back": 30, "amount": 12_300}),
    ("bill_in_branch", {"who": 5, "where": 1, "back": 300, "amount": 4_500}),
    ("order_in_branch", {"who": 6, "where": 1, "amount": 7_001}),
    ("deliver", {"which": -1, "part": False}),
    ("talk_in_branch", {"who": 5, "where": 0, "minutes": 40}),
    ("send_without_order", {"who": 5, "comes_back": False}),
    ("send_without_order", {"who": 6, "comes_back": True}),
    ("quotation", {"who": 5, "where": 0, "amounts": [9_000], "promise": 2}),
    ("confirm_order", {"which": -1}),
    ("quotation", {"who": 5, "where": 0, "amounts": [8_000], "promise": 2}),
    ("quotation", {"who": 5, "where": 0, "amounts": [7_000], "promise": 2}),
    ("quote_to_somebody_else", {"which": -1, "who": 6}),
    ("confirm_order", {"which": -1}),
    ("invoice_to_somebody_else", {"which": -1, "who": 2}),
    ("invoice_order", {"which": -1, "post": True}),
    ("move_contact", {"which": 0, "parent": 4}),
    ("invoice_order", {"which": -1, "post": False}),
    ("move_contact", {"which": 0, "parent": 2}),
    ("contact_becomes_company", {"which": 0}),
    ("move_contact", {"which": -1, "parent": 1}),
    ("move_contact", {"which": -1, "parent": 2}),
    ("merge", {"which": 5, "other": 5}),
    ("company_becomes_contact", {"which": 4}),
]
