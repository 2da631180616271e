from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE
from ..base.nullable import NullableMonetary
from ..guard.plural import count_days
from ..profile.customer_profile_document import MEASURED_COMPANY, READERS_OF_INVOICES

LINE_VIEW = "customer_value.account_move_line_view_list_stopped"


class CustomerStoppedCategory(models.Model):
    """A product category a customer has stopped buying, while still buying other things.

    When, and what it was worth in a year: the 365 days that end with the last purchase, less what
    was given back, company currency. Written by ``customer_stopped_category_refresh`` with the
    recommendations, from the same purchases; nobody writes it by hand. It goes with its profile.
    """

    _name = "customer.stopped.category"
    _description = "Product Category a Customer Stopped Buying"
    _inherit = "customer.date.bounds.mixin"
    _order = "last_date desc, id"
    _rec_name = "category_id"

    profile_id = fields.Many2one(
        comodel_name="customer.profile",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    stage = fields.Selection(related="profile_id.stage", string="Lifecycle stage")
    category_id = fields.Many2one(
        string="Product category",
        comodel_name="product.category",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    product_id = fields.Many2one(
        string="Mostly bought",
        comodel_name="product.product",
        ondelete="cascade",
        index=True,
        readonly=True,
        help="The product of the category that brought most in the last year.",
    )
    first_date = fields.Date(string="First bought", readonly=True)
    last_date = fields.Date(string="Last bought", required=True, readonly=True)
    stopped_date = fields.Date(
        string="Stopped since",
        readonly=True,
        help="From this day on the pause was longer than usual for this customer and category, or "
        "than the company allows.",
    )
    purchase_count = fields.Integer(string="Purchase days", readonly=True, aggregator=None)
    gap_days = fields.Float(
        string="Bought every (days)", readonly=True, aggregator=None, digits=(16, 1)
    )
    other_count = fields.Integer(
        string="Other purchases since",
        readonly=True,
        aggregator=None,
        help="Days since then on which the customer bought something else.",
    )
    revenue = fields.Monetary(
        string="Worth a year",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Untaxed revenue of the 365 days that end with the last purchase, less what was given "
        "back.",
    )
    profit = NullableMonetary(
        string="Gross profit a year",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Gross profit of the same lines. Empty while a cost is not known.",
    )
    reason = fields.Char(compute="_compute_reason", help="In exact figures.")

    _profile_category_uniq = models.Constraint(
        "UNIQUE(profile_id, category_id)", "A customer stops buying a category once."
    )

    @api.depends("category_id", "first_date", "last_date", "gap_days", "other_count")
    @api.depends_context("lang")
    def _compute_reason(self):
        today = {
            company: self.env["customer.profile"]._get_today(company)
            for company in self.sudo().company_id
        }
        for stopped in self:
            stopped.reason = self.env._(
                "Bought %(category)s every %(gap)s, last %(pause)s ago; since then "
                "bought other things on %(others)s.",
                category=stopped.category_id.sudo().name,
                gap=count_days(self.env, round(stopped.gap_days)),
                pause=count_days(
                    self.env, (today[stopped.sudo().company_id] - stopped.last_date).days
                ),
                others=count_days(self.env, stopped.other_count),
            )

    # === NEXT STEPS: for one as for many === #

    def action_plan_call(self):
        """Plan a call for each customer of the selection. Public: button.

        :return: a notification; see ``customer.profile.action_plan_contact`` for what is raised
        """
        self.check_access("read")
        return self.profile_id.action_plan_contact()

    def action_log(self):
        """Log an interaction with each customer of the selection. Public: button."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_interaction_log_action"
        )
        partners = self.partner_id
        context = {
            "active_model": partners._name,
            "active_ids": partners.ids,
            "active_id": partners[:1].id,
        }
        return action | {"context": context}

    def action_offer(self):
        """Offer each customer what they mostly bought of it: one quotation each. Public: button.

        The prices are Odoo's own, from the pricelist of the customer.

        :return: the action that opens the quotations
        :raise AccessError: without the right to write quotations
        :raise UserError: there is nothing to offer in the selection
        """
        self.check_access("read")
        orders = self.env["sale.order"]
        orders.check_access("create")
        offered = self.filtered(lambda stopped: stopped._can_be_offered())
        if not offered:
            raise UserError(
                self.env._(
                    "Nothing can be offered: the products are not sold any more, or the customers "
                    "never want this category. Make a quotation by hand."
                )
            )
        for (partner, company), rows in offered.grouped(
            lambda stopped: (stopped.partner_id, stopped.company_id)
        ).items():
            orders |= orders.with_company(company).create(rows._prepare_offer(partner, company))
        return orders._get_records_action(name=self.env._("Quotations"))

    def _can_be_offered(self):
        self.ensure_one()
        product = self.product_id.sudo()
        blocked = self.partner_id.sudo().customer_blocked_category_ids.ids
        path = {int(number) for number in (self.category_id.parent_path or "").split("/")[:-1]}
        return product.active and product.sale_ok and path.isdisjoint(blocked)

    def _prepare_offer(self, partner, company):
        """Return the values of a quotation with the products of these rows."""
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1.0})
                for product in self.product_id
            ],
        }

    def action_open_lines(self):
        """Open the invoice lines the worth of the selection is made of. Public: button.

        :raise AccessError: when the user may not read invoices or revenue
        :raise UserError: when a list of the user's documents alone would not add up
        """
        self.check_access("read")
        lines = self.env["account.move.line"]
        lines.check_access("read")
        self._check_field_access(self._fields["revenue"], "read")
        if not self.env.su and not any(map(self.env.user.has_group, READERS_OF_INVOICES)):
            raise UserError(
                self.env._(
                    "The list would show your own documents only and not add up. Ask for the "
                    "right to read all invoices."
                )
            )
        company = {MEASURED_COMPANY: self.company_id.id} if len(self.company_id) == 1 else {}
        view = self.env.ref(LINE_VIEW).id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice lines of what is not bought any more"),
            "res_model": lines._name,
            "views": [(view, "list"), (view, "kanban")],
            "mobile_view_mode": "kanban",
            "domain": [("customer_stopped_id", "in", self.ids)],
            "limit": 500,
            "context": {"create": False, "active_test": False} | company,
        }
