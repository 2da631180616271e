from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user


class CustomerValueCommon(TransactionCase):
    """A company with a chart of accounts, customers, one product, and business users.

    Documents are made by the people who make them in real life; profiles are refreshed by
    draining the queue, as the cron does.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls._load_chart(cls.company)
        cls.customer = cls._create_customer("Azure Interior")
        cls.other_customer = cls._create_customer("Deco Addict")
        cls.product = cls.env["product.product"].create(
            {
                "name": "Oak desk",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "order",
                "list_price": 100.0,
                "standard_price": 60.0,
                "taxes_id": [Command.clear()],
            }
        )
        cls.salesperson = cls._create_user("sam", "sales_team.group_sale_salesman_all_leads")
        cls.own_salesperson = cls._create_user("olga", "sales_team.group_sale_salesman")
        cls.accountant = cls._create_user("anna", "account.group_account_invoice")
        cls.manager = cls._create_user(
            "mina",
            "customer_value.customer_value_group_manager,sales_team.group_sale_manager,"
            "account.group_account_invoice",
        )
        cls.stock_user = cls._create_user("saeed", "stock.group_stock_user")
        cls.env["customer.refresh.queue"].search([]).unlink()

    @classmethod
    def _load_chart(cls, company):
        if not company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,{groups}",
            company_id=cls.company.id,
            lang="en_US",
        )

    @classmethod
    def _create_customer(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **values})

    @classmethod
    def _create_company(cls, name, currency):
        currency.active = True
        company = cls.env["res.company"].create(
            {"name": name, "currency_id": currency.id, "country_id": cls.env.ref("base.us").id}
        )
        cls.env.user.company_ids |= company
        cls._load_chart(company)
        company.currency_id = currency  # the chart brought its own
        return company

    @classmethod
    def _create_branches(cls, company):
        """Create a branch of a company, and a branch of the branch; return both."""
        branches = cls.env["res.company"]
        for name in ("North", "North East"):
            values = {"name": f"{company.name} {name}", "parent_id": (branches[-1:] or company).id}
            branches |= cls.env["res.company"].create(values)
        cls.env.user.company_ids |= branches
        cls.env.cr.flush()  # Odoo gives them the chart of accounts here
        return branches

    @classmethod
    def _create_move(cls, partner, date, *amounts, move_type="out_invoice", **values):
        """Create a draft customer document with one line per amount."""
        company = values.pop("company", cls.company)
        product = values.pop("product", cls.product)
        return (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "invoice_date": date,
                    "date": date,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                        for amount in amounts
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _invoice(cls, partner, date, *amounts, **values):
        """Create and post a customer document as the accountant."""
        move = cls._create_move(partner, date, *amounts, **values)
        move.action_post()
        cls.env.cr.flush()  # costs are fixed before the commit
        return move

    @classmethod
    def _credit(cls, invoice, date, amount=None, post=True):
        """Credit an invoice through Odoo's wizard, in full or by an amount."""
        wizard = (
            cls.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": date, "journal_id": invoice.journal_id.id})
        )
        refund = cls.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if amount is not None:
            refund.invoice_line_ids[1:].unlink()
            refund.invoice_line_ids.price_unit = amount
        if post:
            refund.action_post()
            cls.env.cr.flush()
        return refund

    @classmethod
    def _pay(cls, invoice, date, amount=None):
        """Register a payment through Odoo's wizard; return the payment."""
        values = {"payment_date": date}
        if amount is not None:
            values["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_company(invoice.company_id)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(values)
        )
        return wizard._create_payments()

    @classmethod
    def _order(cls, partner, quantity=1, price=100.0, confirm=True, **values):
        """Create, and usually confirm, a sales order of one line."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def _deliver(cls, order, quantity=None):
        """Validate the open delivery of an order, in part if a quantity is given."""
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        picking._action_done()
        return picking

    @classmethod
    def _take_back(cls, picking, quantity=None):
        """Let goods of a delivery come back through Odoo's wizard; return the transfer."""
        context = {
            "active_id": picking.id,
            "active_ids": picking.ids,
            "active_model": "stock.picking",
        }
        wizard = cls.env["stock.return.picking"].with_context(**context).create({})
        for line in wizard.product_return_moves:
            line.quantity = line.move_quantity if quantity is None else quantity
        returned = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        for move in returned.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        returned._action_done()
        return returned

    @classmethod
    def _analyze(cls):
        """Tell PostgreSQL of thousands of documents, as it finds out by itself where they stay."""
        cls.env.flush_all()
        cls.env.cr.execute("ANALYZE account_move, account_move_line, res_partner, product_product")

    @classmethod
    def _drain(cls):
        """Process the whole queue as the cron does, without its commits."""
        cls.env.cr.flush()
        queue = cls.env["customer.refresh.queue"]
        while queue._process_batch(100):
            pass
        cls.env.invalidate_all()

    @classmethod
    def _run_nightly(cls, companies=None):
        """Do a complete full run, without the commits of the cron."""
        runs = cls.env["customer.refresh.run"]
        cls.env.cr.flush()
        runs._open(companies or cls.company)
        while runs._step():
            pass
        cls.env.invalidate_all()

    @classmethod
    def _profile(cls, partner, company=None):
        return cls.env["customer.profile"].search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )

    @classmethod
    def _day(cls, text):
        return fields.Date.to_date(text)
