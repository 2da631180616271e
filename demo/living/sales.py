"""Customers of four kinds, two years of invoices and payments, stock and deliveries."""

from datetime import timedelta

from odoo import Command

from .base import DAYS, Sample

BATCH, ORDERS = 300, 180
SIZES = (0.5, 1, 1, 2, 7)  # how much more than the mean of their kind customers buy
KINDS = {  # customers, is a company, days between purchases, mean amount, tag
    "offices": (34, True, 55, 900, "Offices"),
    "restaurants": (30, True, 40, 700, "Restaurants"),
    "shops": (26, True, 80, 1400, "Shops"),
    "households": (30, False, 150, 120, "Households"),
}
FIRST = "Amin Sara Reza Leila Omid Nasrin Kaveh Mina Farhad Yalda Babak Niloofar".split()
LAST = "Karimi Rahimi Sadeghi Moradi Jafari Hosseini Ebrahimi Nazari Ghasemi Akbari".split()
PLACES = "Tehran Shiraz Tabriz Isfahan Mashhad Rasht Yazd Kerman Qazvin Ahvaz".split()
TRADES = {
    "offices": ("Engineering", "Law Office", "Insurance", "Architects"),
    "restaurants": ("Kitchen", "Coffee House", "Bakery", "Catering"),
    "shops": ("Trading", "Stationers", "Hardware", "Gifts"),
}


class Sales(Sample):
    """What the customers bought, paid and got."""

    def win_customers(self):
        """Companies and households with salesperson, industry, tag, telephone and address."""
        if self.get_customers():
            return
        sellers = self.env["res.users"].search([("login", "in", ("sales", "laleh", "navid"))])
        industries = self.env["res.partner.industry"].search([], limit=12)
        iran = self.env.ref("base.ir")
        vals_list = []
        for kind, (count, is_company, _gap, _amount, tag) in KINDS.items():
            label = self.env["res.partner.category"].create({"name": tag})
            for _number in range(count):
                number = len(vals_list) + 1
                person = f"{self.dice.choice(FIRST)} {self.dice.choice(LAST)}"
                place = self.dice.choice(PLACES)
                trade = self.dice.choice(TRADES.get(kind, ("",)))
                vals_list.append(
                    {
                        "name": f"{place} {trade} {person.split()[1]}" if is_company else person,
                        "ref": f"LIVE-{number:03}",
                        "is_company": is_company,
                        "email": f"customer{number}@example.com",
                        "phone": self.write_phone(number, is_company),
                        "street": f"{self.dice.randrange(1, 200)} Market Street",
                        "zip": f"{self.dice.randrange(11, 99)}{number:03}-11111",
                        "city": place,
                        "country_id": iran.id,
                        "user_id": self.dice.choice(sellers).id,
                        "industry_id": self.dice.choice(industries).id if industries else False,
                        "category_id": [Command.set(label.ids)],
                    }
                )
        self.env["res.partner"].create(vals_list)

    def write_phone(self, number, is_company):
        """Return a number: an office has a line, people have a mobile, which gets SMS."""
        end = self.dice.randrange(100, 999)
        return f"+98 21 88{number:03} {end}" if is_company else f"+98 912 8{number:03} {end}"

    def sell(self):
        """Two years of invoices, most of them paid, by habits that begin, fade and end."""
        moves = self.env["account.move"]
        customers = self.get_customers()
        if moves.search_count([("partner_id", "in", customers.ids)], limit=1):
            return
        products = self.get_products()
        vals_list = []
        for customer in customers:
            kind = next(k for k, values in KINDS.items() if values[4] in customer.category_id.name)
            own = self.pick(products, self.dice.randint(3, 8))
            mean = KINDS[kind][3] * self.dice.choice(SIZES)
            for ago in self.get_purchase_days(KINDS[kind][2]):
                vals_list.append(self.prepare_invoice(customer, ago, own, mean))
        for start in range(0, len(vals_list), BATCH):
            print(f"sell, {start} of {len(vals_list)}", flush=True)
            moves.create(vals_list[start : start + BATCH]).action_post()

    def get_purchase_days(self, gap):
        """Return the ages in days of one customer's purchases."""
        style = self.dice.choices(("steady", "lapsed", "new", "once"), (46, 30, 16, 8))[0]
        begin, end = DAYS - self.dice.randrange(120), 0
        if style == "steady" and self.dice.random() < 0.3:
            begin = self.dice.randrange(150, DAYS)
        if style == "once":
            begin = self.dice.randrange(20, DAYS)
        elif style == "lapsed":
            end = self.dice.randrange(60, DAYS - 90)
        elif style == "new":
            begin = self.dice.randrange(20, 330)
        own = gap * self.dice.uniform(0.4, 2.2)
        days, ago = [], begin
        while ago > end:
            days.append(int(ago))
            if style == "once":
                break
            ago -= max(3, self.dice.gammavariate(12, own / 12))
        return days

    def prepare_invoice(self, customer, ago, products, mean):
        """Return the values of an invoice of a day."""
        chosen = self.pick(products, self.dice.randint(1, 4))
        rest = mean * self.dice.uniform(0.5, 1.6) / len(chosen)
        return {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": self.day(ago),
            "invoice_date_due": self.day(ago - 30),
            "invoice_user_id": customer.user_id.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": max(1, round(rest / product.list_price)),
                        "price_unit": product.list_price,
                    }
                )
                for product in chosen
            ],
        }

    def price_goods(self):
        """Goods that cost what they bring, as some of Odoo's demo do, cost half of it."""
        goods = self.env["product.product"].search([("list_price", ">", 1)])
        for product in goods.filtered(lambda one: one.standard_price > 0.8 * one.list_price):
            product.standard_price = round(product.list_price / 2, 2)

    def fill_stock(self):
        """Goods are kept in stock, and half of them are there."""
        goods = self.get_products().filtered(lambda one: one.type == "consu")
        goods.filtered(lambda one: not one.is_storable).is_storable = True
        place = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id
        )
        for number, product in enumerate(goods):
            if number % 2 == 0 and product.qty_available <= 0:
                self.env["stock.quant"]._update_available_quantity(product, place, 400)

    def deliver(self):
        """Orders of the last year with deliveries, three of four on time."""
        orders = self.env["sale.order"]
        customers = self.get_customers()
        if orders.search_count([("partner_id", "in", customers.ids)], limit=1):
            return
        self.company.stock_text_confirmation = False  # nobody is told of what was made up
        goods = self.get_products().filtered("is_storable") or self.get_products()
        spans = (DAYS - 40, 240)  # more and more goes by order
        placed = sorted(self.dice.randrange(3, spans[one % 2]) for one in range(ORDERS))
        made = orders.create(
            [
                {
                    "partner_id": customer.id,
                    "user_id": customer.user_id.id,
                    "date_order": self.moment(ago),
                    "commitment_date": self.moment(max(ago - 3, 0)),
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": self.dice.randint(1, 6)}
                        )
                        for product in self.pick(goods, 2)
                    ],
                }
                for ago, customer in zip(
                    placed, self.dice.choices(customers, k=ORDERS), strict=True
                )
            ]
        )
        # A quarter of the last months are quotations that are still open.
        ages = dict(zip(made, placed, strict=True))
        sold = made.filtered(lambda order: ages[order] > 60 or self.dice.random() > 0.5)
        dates = {order: order.date_order for order in sold}
        sold.action_confirm()
        for order, moment in dates.items():
            order.date_order = moment
        self.backdate({order: order.date_order for order in made})
        self.ship(sold, ages)
        self.bill(sold)

    def ship(self, orders, ages):
        """Carry out the deliveries of orders, three of four on the promised day."""
        pickings = orders.picking_ids
        for move in pickings.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        pickings.with_context(skip_backorder=True, skip_sms=True)._action_done()
        for order in orders:
            late = 0 if self.dice.random() < 0.75 else self.dice.randint(2, 9)
            done = self.moment(max(ages[order] - 3 - late, 0))
            order.picking_ids.move_ids.date = order.picking_ids.date_done = done

    def bill(self, orders):
        """Invoice what was delivered more than a week ago, the day after."""
        sent = {order: max(order.picking_ids.mapped("date_done")).date() for order in orders}
        due = orders.filtered(lambda order: sent[order] < self.day(7))
        invoices = due._create_invoices(grouped=True)
        for invoice in invoices:
            day = sent[invoice.line_ids.sale_line_ids.order_id]
            invoice.write(
                {
                    "invoice_date": day + timedelta(days=1),
                    "invoice_date_due": day + timedelta(days=31),
                    "invoice_payment_term_id": False,
                }
            )
        invoices.action_post()
