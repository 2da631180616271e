from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..base.access import USER
from .customer_recommendation import OWN_KINDS

OPEN_ORDER_STATES = ("draft", "sent")


class CustomerRecommendation(models.Model):
    """What people do with a recommendation: quote it with one click, reject it, take it back."""

    _inherit = "customer.recommendation"

    def action_quote(self):
        """Put the product on the quotation ``order_id`` of the context, else on a new one.

        Public: button. The price is Odoo's own, from the pricelist of the quotation.

        Pressed again, it opens the quotation that is there as long as that is open.

        :return: nothing, or the action that opens the quotation
        :raise AccessError: without the right to write quotations
        :raise UserError: the quotation is not the customer's, is closed, or has the product
        """
        self.ensure_one()
        self._check_seller()
        given = self._get_given_quotation()
        order = given or self._find_quotation()
        if order and not given and self.product_id in order.order_line.product_id:
            return order.action_open_business_doc()
        order = order or self._create_quotation()
        self._check_quotation(order)
        self.env["sale.order.line"].with_company(order.company_id).create(
            {
                "order_id": order.id,
                "product_id": self.product_id.id,
                "product_uom_qty": self._get_quantity(),
            }
        )
        if self.state in ("open", "expired"):
            vals = {"state": "quoted", "order_id": order.id, "decided_date": False}
            if self.state == "expired":  # shown anew: the look-back starts again
                vals["date"] = self.env["customer.profile"]._get_today(self.company_id)
            self.sudo().write(vals | {"hit_ratio": False})
        return self._tell_stock(False if given else order.action_open_business_doc())

    def _tell_stock(self, action):
        """Warn before an action that there is nothing to deliver, where that is so."""
        self.ensure_one()
        texts = {
            "none": self.env._("%(product)s is out of stock, and none is on order."),
            "on_order": self.env._("%(product)s is out of stock; some is on order."),
        }
        text = texts.get(self.stock_status)
        if not text:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": text % {"product": self.product_id.display_name},
                "next": action or {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_quantity(self):
        """Return the customer's usual quantity of an own product, else one; pieces are whole."""
        if self.kind not in OWN_KINDS:
            return 1.0
        usual = self.usual_quantity
        return float(round(usual)) if usual >= 1 else self.product_id.uom_id.round(usual) or 1.0

    def _get_given_quotation(self):
        """Return the quotation the context names; empty when it names none."""
        orders = self.env["sale.order"]
        number = self.env.context.get("order_id")
        if not number:
            return orders
        order = orders.browse(number if type(number) is int else []).exists()
        if not order:
            raise UserError(
                self.env._(
                    "The quotation does not exist any more. Open another one of %(customer)s.",
                    customer=self.partner_id._get_plain_name(),
                )
            )
        return order

    def _find_quotation(self):
        """Return the open quotation the product was put on before, if the user may change it.

        A second click waits for the first: Odoo serves it again, and it finds the quotation.
        """
        self.env.execute_query(
            SQL("SELECT id FROM customer_recommendation WHERE id = %s FOR UPDATE", self.id)
        )
        order = self.sudo().order_id.with_env(self.env)
        is_open = self.sudo().order_id.state in OPEN_ORDER_STATES
        is_theirs = self.sudo().order_id.partner_id.commercial_partner_id == self.partner_id
        if self.state != "quoted" or not (is_open and is_theirs and order.has_access("write")):
            return order.browse()
        return order

    def _create_quotation(self):
        return (
            self.env["sale.order"]
            .with_company(self.company_id)
            .create({"partner_id": self.partner_id.id, "company_id": self.company_id.id})
        )

    def _check_quotation(self, order):
        """Refuse an order the product cannot be put on."""
        order.check_access("write")
        if order.partner_id.commercial_partner_id != self.partner_id:
            raise UserError(
                self.env._(
                    "%(order)s is not a quotation for %(customer)s. Open one of this customer.",
                    order=order.name,
                    customer=self.partner_id._get_plain_name(),
                )
            )
        if order.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(order)s belongs to another company than the recommendation. Open a "
                    "quotation of %(company)s.",
                    order=order.name,
                    company=self.company_id.name,
                )
            )
        if order.state not in OPEN_ORDER_STATES:
            raise UserError(
                self.env._(
                    "%(order)s is not open any more: products can only be added to a quotation. "
                    "Make a new one.",
                    order=order.name,
                )
            )
        if self.product_id in order.order_line.product_id:
            raise UserError(
                self.env._(
                    "%(product)s is on %(order)s already: change the quantity there.",
                    product=self.product_id.display_name,
                    order=order.name,
                )
            )

    def action_reject(self):
        """Ask why the customer does not want it. Public: button.

        :return: the action of the small form
        :raise AccessError: when the user does not work with customers
        """
        self._check_seller()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject the recommendation"),
            "res_model": "customer.recommendation.reject",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_recommendation_ids": self.ids},
        }

    def action_reopen(self):
        """Take back a rejection. Public: button.

        :raise AccessError: when the user does not work with customers
        """
        self._check_seller()
        rejected = self.filtered(lambda recommendation: recommendation.state == "rejected")
        rejected.sudo().write(
            {
                "state": "open",
                "decided_date": False,
                "decided_by_id": False,
                "reject_reason": False,
                "reject_note": False,
                "hit_ratio": False,
            }
        )
        return True

    def _reject(self, reason, note):
        """Reject for the customer: not offered again within the look-back.

        :raise UserError: something was bought meanwhile
        """
        self._check_seller()
        if bought := self.filtered(lambda recommendation: recommendation.state == "accepted"):
            raise UserError(
                self.env._(
                    "%(product)s has been bought already and cannot be rejected.",
                    product=bought[0].product_id.display_name,
                )
            )
        for company, recommendations in self.grouped("company_id").items():
            recommendations.sudo().write(
                {
                    "state": "rejected",
                    "decided_date": self.env["customer.profile"]._get_today(company),
                    "decided_by_id": self.env.uid,
                    "reject_reason": reason,
                    "reject_note": note,
                    "hit_ratio": self._get_hit("rejected"),
                }
            )

    def _check_seller(self):
        """Only people who work with customers decide, and only on what they may read."""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(USER):
            raise AccessError(
                self.env._(
                    "Only users of Customer Value can quote or reject recommendations. Ask an "
                    "administrator for the right."
                )
            )
