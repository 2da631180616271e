from odoo import models
from odoo.exceptions import AccessError

from ..base.access import MANAGER


class LoyaltyCard(models.Model):
    """Coupons we gave are used as often as they were given, and by whom they were given to.

    Their points come and go with rewards on orders; what salespeople could write by hand would
    let a gift be used again that our journals call used.
    """

    _inherit = "loyalty.card"

    def _filter_given(self):
        """Return the coupons that were given by us, with all rights.

        Extended by every feature that gives some.
        """
        return self.env["customer.benefit.grant"]._filter_gifts(self.sudo(), with_ended=True)

    def _filter_guarded(self):
        """Return the cards whose points nobody writes by hand, with all rights."""
        points = self._filter_points()
        others = self.sudo() - points
        return points | others._filter_given() if others else points

    def _check_given_points(self):
        """Refuse points of what we gave, unless as a step of a reward or a correction.

        :raise AccessError: for users who are not managers
        :raise UserError: for managers, who say why with *Update Balance*
        """
        if not self.env.su and not self._is_points_step() and self._filter_given():
            self._check_points_way()

    def _read_gift_owners(self):
        """Return welcome gift -> customer it is of; nothing for who may give it to another."""
        if self.env.su or self.env.user.has_group(MANAGER):
            return {}
        gifts = self.env["customer.benefit.grant"]._filter_gifts(self.sudo())
        return {card: card.partner_id.commercial_partner_id for card in gifts}

    def _check_gift_owners(self, owners):
        for card, owner in owners.items():
            if card.partner_id.commercial_partner_id != owner:
                raise AccessError(
                    self.env._(
                        "%(code)s is the welcome gift of a tier: only managers of Customer Value "
                        "can give it to somebody else.",
                        code=card.code,
                    )
                )
