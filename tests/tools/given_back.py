"""What credit notes give back, read line by line through the ORM: part of the naive oracle.

Written from design.md, parts 2 (*Occasion*, *Given back*) and 4 (*Cost of goods*), and from nothing
in ``models/``. Amounts are those of the document, in its own currency, what is sold above zero.
"""

from collections import defaultdict
from decimal import Decimal

ZERO = Decimal(0)


def exact(number):
    return Decimal(repr(number)) if number else ZERO


class Line:
    """A product line: what it sells (above zero) or takes back (below zero)."""

    def __init__(self, line):
        move = line.move_id
        self.line, self.move, self.day = line, move, move.invoice_date
        self.product, self.currency = line.product_id, move.currency_id
        self.order_line = line.sale_line_ids.sorted("id")[:1]
        self.amount = -exact(line.amount_currency)
        unit = line.product_uom_id or line.product_id.uom_id
        factor = exact(unit.factor or 1) / exact(line.product_id.uom_id.factor or 1)
        sign = -1 if move.move_type == "out_refund" else 1
        self.quantity = exact(line.quantity) * factor * sign
        self.is_lowering_price = line.price_unit < 0
        self.left = max(self.amount, ZERO)
        self.is_advance = bool(line.is_downpayment)
        self.is_payment = self._is_payment()

    @property
    def names(self):
        return self.move.reversed_entry_id

    @property
    def order(self):
        return (self.day, self.move.id, self.line.id)

    def _is_payment(self):
        """Tell whether the line stands for money: gift card, e-wallet, points, a bare deduction."""
        env = self.line.env
        rewards = env["loyalty.reward"].sudo().search([])
        cards = env["loyalty.program"].sudo()
        cards = cards.search([("program_type", "in", ("gift_card", "ewallet"))])
        if self.product and self.product in (
            rewards.discount_line_product_id | cards.rule_ids.product_ids
        ):
            return True
        if self.amount < 0 and self.line.sudo().sale_line_ids.reward_id and self.is_lowering_price:
            return True
        is_against = self.amount > 0 if self.move.move_type == "out_refund" else self.amount < 0
        return not self.product and is_against

    @property
    def sense(self):
        """Above zero for what leaves, below for what comes; goods for nothing by their pieces."""
        return self.amount or self.quantity

    @property
    def open_pieces(self):
        return self.quantity * self.left / self.amount if self.amount else ZERO

    @property
    def sells(self):
        return (
            self.sense > 0
            and not (self.is_advance or self.is_payment or self.is_lowering_price)
            and not (self.move.move_type == "out_refund" and self.names)
        )

    @property
    def takes_back(self):
        return self.sense < 0 and not (self.is_advance or self.is_payment or self.is_lowering_price)


class GivenBack:
    """The documents of one customer; ``local_day`` turns moments into days of the company."""

    def __init__(self, moves, until, local_day):
        self.moves, self.until, self.local_day = moves, until, local_day
        self.lines = [
            Line(line) for move in moves for line in move.line_ids if line.display_type == "product"
        ]
        self.sold = sorted((line for line in self.lines if line.sells), key=lambda x: x.order)
        self.credits = sorted(
            (line for line in self.lines if line.takes_back), key=lambda x: x.order
        )
        self.over = {credit: -credit.amount for credit in self.credits}
        self._take_from_named()
        self._take_from_orders()
        self._take_what_came_back()

    # === AMOUNTS === #

    def _take(self, credits, lines, room=None):
        """Let credits take from lines, oldest first: in money, or in pieces between currencies.

        :param room: line -> the most that may be taken of it, as pieces
        """
        if not credits or not lines:
            return
        if len({line.currency for line in [*credits, *lines]}) == 1:
            for credit in credits:
                for line in lines:
                    self._take_money(credit, line, room)
            return
        self._take_pieces(credits, lines, room)

    def _take_money(self, credit, line, room):
        most = line.left
        if room is not None:
            most = min(most, room[line] * line.amount / line.quantity)
        part = min(self.over[credit], most)
        self.over[credit] -= part
        line.left -= part
        if room is not None and part:
            room[line] -= part * line.quantity / line.amount

    def _take_pieces(self, credits, lines, room):
        pieces = sum(-credit.quantity for credit in credits)
        for credit in credits:
            self.over[credit] = ZERO
        for line in lines:
            most = line.open_pieces
            if room is not None:
                most = min(most, room[line])
            part = min(pieces, most)
            pieces -= part
            line.left -= line.amount * part / line.quantity
            if room is not None:
                room[line] -= part

    def _take_from_named(self):
        for move in self.moves:
            credits = [credit for credit in self.credits if credit.names == move]
            lines = [line for line in self.sold if line.move == move]
            for product in {credit.product for credit in credits}:
                self._take(
                    [credit for credit in credits if credit.product == product],
                    [line for line in lines if line.product == product],
                )
            rest = [credit for credit in credits if credit.currency == move.currency_id]
            self._take(rest, lines)
            if lines and self._is_covered(move):
                for line in lines:
                    line.left = ZERO

    def _is_covered(self, move, with_advances=False):
        """Tell whether credit notes naming a document give back the whole of it."""

        def net(lines):
            return sum(x.amount for x in lines if with_advances or not x.is_advance)

        naming = [
            x for x in self.lines if x.names == move and x.move.currency_id == move.currency_id
        ]
        own = net([x for x in self.lines if x.move == move])
        if not with_advances:  # money put back on a gift card gives no goods back
            pieces = sum(x.quantity for x in self.sold if x.move == move)
            if sum(-x.quantity for x in naming if x in self.credits) < pieces:
                return False
        return own > self._get_half(move) and -net(naming) >= own

    def _take_from_orders(self):
        free = [credit for credit in self.credits if not credit.names and credit.order_line]
        for order_line in {credit.order_line for credit in free}:
            self._take(
                [credit for credit in free if credit.order_line == order_line],
                [line for line in self.sold if line.order_line == order_line],
            )

    def _take_what_came_back(self):
        """Credit notes by hand, for goods that came back for an order line."""
        free = self._get_bare_credits()
        for product in {credit.product for credit in free}:
            lines = [line for line in self.sold if line.product == product and line.order_line]
            room = {}
            for order_line in {line.order_line for line in lines}:
                mine = [line for line in lines if line.order_line == order_line]
                back = self.count_returned(order_line) - sum(
                    x.quantity - x.open_pieces for x in mine if x.amount
                )
                for line in mine:
                    room[line] = min(max(back, ZERO), line.open_pieces)
                    back -= room[line]
            self._take(
                [credit for credit in free if credit.product == product],
                [line for line in lines if room[line] > 0],
                room,
            )

    def _get_bare_credits(self):
        return [
            credit
            for credit in self.credits
            if credit.move.move_type == "out_refund"
            and not credit.names
            and not credit.order_line
            and credit.product
        ]

    def count_returned(self, order_line, leaving=False):
        """Pieces of the order line's product that came back; with ``leaving`` those that went."""
        pieces = ZERO
        for move in order_line.move_ids:
            to_customer = move.location_dest_id.usage == "customer"
            from_customer = move.location_id.usage == "customer"
            if (
                move.state == "done"
                and move.product_id == order_line.product_id
                and (self.until is None or self.local_day(move.date) <= self.until)
                and to_customer != from_customer
                and to_customer == leaving
            ):
                factor = exact(move.product_uom.factor) / exact(move.product_id.uom_id.factor)
                pieces += exact(move.quantity) * factor
        return pieces

    @staticmethod
    def _get_half(move):
        return exact(move.currency_id.rounding) / 2

    def get_kept(self, move):
        """What is left of the product lines of a document, in its currency."""
        mine = [line for line in self.sold if line.move == move]
        kept = sum(line.left for line in mine)
        for line in self.lines:
            if line.move != move or move.reversed_entry_id or line.is_advance or line.is_payment:
                continue
            if line.is_lowering_price and line.amount < 0:
                kept += line.amount
            elif line in self.over and move.move_type != "out_refund":
                kept -= self.over[line]
        return kept

    def is_purchase(self, move):
        """Tell whether the customer kept something of a document."""
        has_goods = any(line.move == move for line in self.sold)
        return has_goods and self.get_kept(move) > self._get_half(move)

    def is_given_back(self, move):
        """Tell whether everything on a document was given back, advances for themselves."""
        lines = [line for line in self.sold if line.move == move]
        if not lines:
            return self._is_covered(move, with_advances=True)
        taken = sum(line.amount - line.left for line in lines)
        return taken > 0 and self.get_kept(move) <= self._get_half(move)

    # === COST === #

    def get_credit_costs(self):
        """Return invoice line -> cost, of the lines of goods that take something back.

        A sum of company currency, zero or below; ``None`` while the cost of what is given back
        is not known.
        """
        found = {}
        credits = [x for x in self.credits if x.product and self._is_credit_of_goods(x)]
        sources = {x: self._get_sources(x) for x in credits}
        groups = defaultdict(list)
        for credit in credits:
            if sources[credit]:
                groups[self._get_stock(credit, sources[credit])].append(credit)
        used = defaultdict(Decimal)
        pieces = {}
        for (order_line, _key), members in groups.items():
            gone = self._count_pieces(order_line, members, sources)
            pieces.update(gone)
            used[order_line] += sum(gone.values())
        for credit in credits:
            found[credit.line] = self._get_cost(credit, sources[credit], pieces, credits)
        found.update(self._get_bare_costs(used))
        return found

    def _is_credit_of_goods(self, credit):
        """What is taken off on an invoice, of nothing that was sold before, is not a return."""
        return credit.move.move_type == "out_refund" or credit.names or credit.order_line

    def _get_sources(self, credit):
        if credit.names:
            lines = [line for line in self.sold if line.move == credit.names]
        else:
            lines = [line for line in self.sold if credit.order_line and line.order_line]
            lines = [line for line in lines if line.order_line == credit.order_line]
        return [
            line
            for line in lines
            if line.product == credit.product
            and (
                not credit.order_line or not line.order_line or line.order_line == credit.order_line
            )
        ]

    def _get_stock(self, credit, sources):
        """Return (order line, other key): credits of one order line of goods share its stock."""
        order_lines = [line.order_line for line in sources if line.order_line]
        order_line = min(order_lines, key=lambda x: x.id, default=None)
        if order_line and credit.product.type != "service":
            return order_line, None
        return None, (credit.names, credit.order_line, credit.product)

    def _is_at_full_price(self, credit, sources):
        prices = [x.amount / x.quantity for x in sources if x.currency == credit.currency]
        half = self._get_half(credit.move)
        return not prices or -credit.amount + half >= min(prices) * -credit.quantity

    def _count_pieces(self, order_line, credits, sources):
        """Return credit -> pieces that are not with the customer any more."""
        full = [x for x in credits if self._is_at_full_price(x, sources[x])]
        lowered = [x for x in reversed(credits) if x not in full]
        lines = {line for credit in credits for line in sources[credit]}
        if order_line:
            lines = {line for line in self.sold if line.order_line == order_line}
            lines = {line for line in lines if line.product == credits[0].product}
            back, never_left = self._count_gone(order_line, lines)
            result = self._share(full, back + never_left)
            result |= self._share(lowered, back - sum(result.values()))
            return result
        result = self._share(full, sum(x.quantity for x in lines))
        is_one_currency = len({x.currency for x in [*credits, *lines]}) == 1
        if is_one_currency and sum(-x.amount for x in credits) >= sum(x.amount for x in lines):
            rest = sum(x.quantity for x in lines) - sum(result.values())
            result |= self._share(lowered, rest)
        return result

    def _count_gone(self, order_line, lines):
        """Return the pieces of an order line that came back, and those that never left."""
        gone = self.count_returned(order_line, leaving=True)
        if order_line.move_ids and not any(
            move.product_id == order_line.product_id for move in order_line.move_ids
        ):
            gone = exact(order_line.qty_delivered)  # a kit: its parts move
        return self.count_returned(order_line), max(sum(x.quantity for x in lines) - gone, ZERO)

    @staticmethod
    def _share(credits, pieces):
        result = {}
        for credit in credits:
            result[credit] = min(-credit.quantity, max(pieces, ZERO))
            pieces -= result[credit]
        return result

    def _get_cost(self, credit, sources, pieces, credits):
        """Cost of the pieces: of the invoice named, else of the oldest lines nobody named."""
        count = pieces.get(credit, ZERO)
        if not count:
            return ZERO
        if any(line.line.customer_cost is False for line in sources):
            return None
        if credit.names:
            cost = sum(exact(line.line.customer_cost) for line in sources)
            return self._round(credit, -count * cost / sum(line.quantity for line in sources))
        same = [x for x in credits if x.order_line == credit.order_line and not x.names]
        start = sum((pieces.get(x, ZERO) for x in same if x.order < credit.order), ZERO)
        cost, end, place = ZERO, start + count, ZERO
        for line in sources:
            named = sum(
                pieces.get(x, ZERO)
                for x in credits
                if x.names == line.move and x.product == line.product
            )
            open_part = max(line.quantity - named, ZERO)
            part = min(end, place + open_part) - max(start, place)
            if part > 0:
                cost += part * exact(line.line.customer_cost) / line.quantity
            place += open_part
        return self._round(credit, -cost)

    @staticmethod
    def _round(credit, cost):
        return exact(credit.move.company_currency_id.round(float(cost)))

    def _get_bare_costs(self, used):
        """Credit notes by hand cost what came back for an order line and nobody else credited."""
        found = {}
        bare = self._get_bare_credits()
        for product in {credit.product for credit in bare}:
            lines = [line for line in self.sold if line.product == product and line.order_line]
            left, cost, pieces, is_unknown = ZERO, ZERO, ZERO, False
            for order_line in {line.order_line for line in lines}:
                mine = [line for line in lines if line.order_line == order_line]
                back, never_left = self._count_gone(order_line, mine)
                back = max(min(back, back + never_left - used[order_line]), ZERO)
                if product.type == "service" or not back:
                    continue
                left += min(back, sum(line.quantity for line in mine))
                pieces += sum(line.quantity for line in mine)
                cost += sum(exact(line.line.customer_cost) for line in mine)
                is_unknown |= any(line.line.customer_cost is False for line in mine)
            for credit in bare:
                if credit.product == product:
                    count = min(-credit.quantity, left)
                    left -= count
                    unit = cost / pieces if pieces else ZERO
                    found[credit.line] = (
                        None if count and is_unknown else self._round(credit, -count * unit)
                    )
        return found
