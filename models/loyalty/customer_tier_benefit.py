import logging
from math import inf

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_PROFIT
from ..base.isolation import run_isolated
from ..calendar.reader_number import write_money

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
    points_multiplier = fields.Float(
        default=1.0, help="Points are earned so many times: 2 doubles them."
    )

    @api.constrains("points_multiplier", "benefit_credit_limit")
    def _check_benefits(self):
        for tier in self.sudo():
            # "Not a number" is neither above 0 nor below.
            if not 0 < tier.points_multiplier < inf or tier.benefit_credit_limit < 0:
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
            ("gift", self.env._("Welcome gift")),
            *self._get_inherent_labels(),
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

    def _get_benefit_texts(self):
        """Return what a tier gives, each in a few words, as far as the user may see it."""
        self.ensure_one()
        tier, texts = self.sudo(), []
        if pricelist := tier.benefit_pricelist_id:
            texts.append(self.env._("Prices of %(pricelist)s", pricelist=pricelist.name))
        term = self._fields["benefit_payment_term_id"]
        if tier.benefit_payment_term_id and self._has_field_access(term, "read"):
            texts.append(self._get_term_text())
        limit = tier.benefit_credit_limit
        if limit and self._has_field_access(self._fields["benefit_credit_limit"], "read"):
            amount = write_money(self.env, limit, tier.currency_id)
            texts.append(self.env._("Credit limit of %(amount)s", amount=amount))
        return [*texts, *self._get_shared_texts()]

    def _get_portal_texts(self):
        """Return what a tier gives, in words a customer may read: no limit, no name of a list."""
        self.ensure_one()
        tier, texts = self.sudo(), []
        if tier.benefit_pricelist_id:
            texts.append(self.env._("Special prices"))
        if tier.benefit_payment_term_id:
            texts.append(self._get_term_text())
        return [*texts, *self._get_shared_texts()]

    def _get_term_text(self):
        return self.env._("Payment terms: %(term)s", term=self.sudo().benefit_payment_term_id.name)

    def _get_shared_texts(self):
        """Return what everybody may read of what a tier gives. Extended by other rooms."""
        tier, texts = self.sudo(), []
        if tier.benefit_is_priority:
            texts.append(self.env._("Deliveries come first"))
        if names := tier.benefit_program_ids.filtered("active").mapped("name"):
            texts.append(self.env._("Offers: %(names)s", names=", ".join(names)))
        if gift := tier.benefit_gift_program_id:
            texts.append(self.env._("A welcome gift: %(gift)s", gift=gift.name))
        if tier.benefit_text:
            texts.append(tier.benefit_text)
        return texts

    @api.model
    def _get_held_domain(self, company):
        """Return the domain of the rows of the journal about values that customers hold."""
        kinds = [*self._get_benefit_kinds()]
        return [
            ("company_id", "=", company.id),
            ("state", "!=", "ended"),
            ("kind", "in", kinds),
        ]

    # === FOLLOWING THE TIERS ===

    @api.model
    def _follow_tiers(self, company, tiers_held, partner_ids, today):
        """Give and take back what follows from the tiers of some customers.

        The number of queries depends on the benefits, not on the customers. One that fails is
        told on its customer and noted as not given; the others get theirs.

        :param dict tiers_held: partner id -> tier id of those who hold one
        :param partner_ids: everybody it is decided about
        """
        self._follow_inherent(company, tiers_held, partner_ids, today)
        tier_ids = {tier for tier in tiers_held.values() if tier}
        gifts = {tier.id: tier._get_benefits() for tier in self.sudo().browse(sorted(tier_ids))}
        wanted = {
            partner: {kind: (tier, value) for kind, value in gifts[tier].items()}
            for partner, tier in tiers_held.items()
            if tier and gifts[tier]
        }
        grants = self.env["customer.benefit.grant"].sudo()
        domain = self._get_held_domain(company)
        grants = grants.search([*domain, ("partner_id", "in", list(partner_ids))])
        known = {(grant.partner_id.id, grant.kind): grant for grant in grants}
        due = set()
        pairs = {(partner, kind) for partner, kinds in wanted.items() for kind in kinds}
        for partner, kind in {*pairs, *known}:
            grant = known.get((partner, kind), grants.browse())
            _tier, value = wanted.get(partner, {}).get(kind, (False, None))
            if (grant.new_value or None) != value and grant.failed_value != {"value": value}:
                due.add(partner)
            elif grant.failed_value and grant.new_value == value:
                grant.failed_value = False
        if not due:
            return

        def follow(some):
            self._decide(company, {partner: wanted.get(partner, {}) for partner in some}, today)

        for partner, error in run_isolated(self.env, sorted(due), follow).items():
            _logger.error("Benefits of customer %s failed", partner, exc_info=error)
            self._note_failure(company, partner, wanted.get(partner, {}), error, today)

    @api.model
    def _note_failure(self, company, partner_id, wanted, error, today):
        """Note what could not be given, or taken back: it is tried again for another tier only."""
        grants = self.env["customer.benefit.grant"].sudo()
        domain = self._get_held_domain(company)
        found = grants.search([*domain, ("partner_id", "=", partner_id)]).grouped("kind")
        text = f"{type(error).__name__}: {error}"
        for kind, grant in found.items():
            _tier, value = wanted.get(kind, (False, None))
            if grant.new_value != value:
                grant.write({"failed_value": {"value": value}, "note": text})
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
