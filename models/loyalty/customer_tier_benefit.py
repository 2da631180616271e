import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_PROFIT
from ..base.isolation import run_isolated

_logger = logging.getLogger(__name__)


class CustomerTier(models.Model):
    """What a tier gives: values written to the customer, company by company, and taken back.

    A benefit is decided about when what the tier gives differs from what the journal says
    (``customer.benefit.grant``), never because somebody changed the customer. What is no longer
    ours is left as it is.
    """

    _inherit = "customer.tier"

    benefit_pricelist_id = fields.Many2one(
        string="Pricelist",
        comodel_name="product.pricelist",
        ondelete="restrict",
        check_company=True,
        help="Customers of the tier get this pricelist, on quotations and orders.",
    )
    benefit_payment_term_id = fields.Many2one(
        string="Payment terms",
        comodel_name="account.payment.term",
        ondelete="restrict",
        check_company=True,
        groups=GROUPS_PROFIT,
    )
    benefit_credit_limit = fields.Monetary(
        string="Credit limit",
        groups=GROUPS_PROFIT,
        help="In company currency; 0: no benefit. A limit is never lowered by it.",
    )
    benefit_text = fields.Text(
        string="Text on documents",
        translate=True,
        help="Printed on quotations and invoices of the customers who held the tier that day.",
    )
    points_multiplier = fields.Float(default=1.0)

    @api.constrains("points_multiplier", "benefit_credit_limit")
    def _check_benefits(self):
        for tier in self.sudo():
            if tier.points_multiplier <= 0 or tier.benefit_credit_limit < 0:
                raise ValidationError(
                    self.env._(
                        "Benefits of tier %(tier)s: the points multiplier must be above 0, and "
                        "the credit limit cannot be negative.",
                        tier=tier.name,
                    )
                )

    @api.model
    def _get_benefit_kinds(self):
        """Return benefit -> company-dependent field of the customer; the tier's is in
        :meth:`_get_benefit_value`. Extended by other rooms."""
        return {
            "pricelist": "specific_property_product_pricelist",
            "payment_term": "property_payment_term_id",
            "credit_limit": "credit_limit",
        }

    @api.model
    def _get_benefit_labels(self):
        """Return (benefit, name) in the order of the screens."""
        return [
            ("pricelist", self.env._("Pricelist")),
            ("payment_term", self.env._("Payment terms")),
            ("credit_limit", self.env._("Credit limit")),
        ]

    def _get_benefits(self):
        """Return benefit -> value of one tier; only what it gives."""
        self.ensure_one()
        tier = self.sudo()
        values = {
            "pricelist": tier.benefit_pricelist_id.id,
            "payment_term": tier.benefit_payment_term_id.id,
            "credit_limit": tier.benefit_credit_limit,
        }
        return {kind: value for kind, value in values.items() if value}

    # === FOLLOWING THE TIERS ===

    @api.model
    def _follow_tiers(self, company, tiers_held, partner_ids, today):
        """Give and take back what follows from the tiers of some customers.

        The number of queries depends on the benefits, not on the customers. One that fails is
        told on its customer and noted as not given; the others get theirs.

        :param dict tiers_held: partner id -> tier id of those who hold one
        :param partner_ids: everybody it is decided about
        """
        tier_ids = {tier for tier in tiers_held.values() if tier}
        gifts = {tier.id: tier._get_benefits() for tier in self.sudo().browse(sorted(tier_ids))}
        wanted = {
            partner: {kind: (tier, value) for kind, value in gifts[tier].items()}
            for partner, tier in tiers_held.items()
            if tier and gifts[tier]
        }
        grants = self.env["customer.benefit.grant"].sudo()
        domain = [("company_id", "=", company.id), ("state", "!=", "ended")]
        grants = grants.search([*domain, ("partner_id", "in", list(partner_ids))])
        known = {(grant.partner_id.id, grant.kind): grant for grant in grants}
        due = {
            partner
            for partner, kinds in wanted.items()
            for kind, (_tier, value) in kinds.items()
            if (partner, kind) not in known or known[partner, kind].new_value != value
        }
        due |= {partner for partner, kind in known if kind not in wanted.get(partner, ())}
        if not due:
            return

        def follow(some):
            self._decide(company, {partner: wanted.get(partner, {}) for partner in some}, today)

        for partner, error in run_isolated(self.env, sorted(due), follow).items():
            _logger.error("Benefits of customer %s failed", partner, exc_info=error)
            self._note_failure(company, partner, wanted.get(partner, {}), error, today)

    @api.model
    def _note_failure(self, company, partner_id, wanted, error, today):
        """Note what could not be given: nothing is tried again until the tier gives another."""
        grants = self.env["customer.benefit.grant"].sudo()
        domain = [("company_id", "=", company.id), ("state", "!=", "ended")]
        found = grants.search([*domain, ("partner_id", "=", partner_id)]).grouped("kind")
        text = f"{type(error).__name__}: {error}"
        grants.create(
            [
                {
                    **{"partner_id": partner_id, "company_id": company.id, "kind": kind},
                    **{"tier_id": tier, "new_value": value, "state": "held", "date": today},
                    **{"reason": "failed", "note": text},
                }
                for kind, (tier, value) in wanted.items()
                if kind not in found
            ]
        )
        body = self.env._("Benefits of the loyalty tier could not be given: %s", text)
        self.env["res.partner"].sudo().browse(partner_id)._message_log_batch({partner_id: body})
