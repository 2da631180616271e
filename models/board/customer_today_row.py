from odoo import api, models

from ..base.access import GROUPS_PROFIT
from ..calendar.reader_date import write_day

# Bands of what is at stake, by the share of today's customers for whom less is.
HIGH, LOW = 0.75, 0.25
OFFER_ORDER = {"win_back": 0, "reorder": 1, "up_sell": 2, "cross_sell": 3}


class CustomerToday(models.AbstractModel):
    """What the page shows of a customer; the number of queries is the same for any number."""

    _inherit = "customer.today"

    @api.model
    def _get_today_rows(self, found, sources):
        """Return what the page shows of each customer: nothing they may not read."""
        domain = [("id", "in", [row["partner_id"] for row in found])]
        customers = self.env["res.partner"].search_fetch(domain).grouped("id")
        known = self.env["res.partner"].browse(customers)
        profiles = self.env["customer.profile"].search(
            [("partner_id", "in", known.ids), ("company_id", "=", self.env.company.id)]
        )
        profiles = profiles.grouped("partner_id")
        phones, mails = known._find_reachable("phone"), known._find_reachable("email")
        offers = self._get_today_offers(known)
        users = self.env["res.users"].browse({row["user_id"] for row in found} - {None}).sudo()
        names = {user.id: user.name for user in users}
        sees_profit = self.env.user.has_groups(GROUPS_PROFIT)
        rows = []
        for row in found:
            customer = customers.get(row["partner_id"])
            if customer:
                profile = profiles.get(customer, self.env["customer.profile"])[:1]
                values = self._prepare_today_row(row, sources, customer, profile)
                values["phone"] = phones.get(customer, customer).phone
                values["mail_partner_id"] = mails.get(customer, customer.browse()).id
                values["offer"] = offers.get(customer.id, False)
                values["user"] = names.get(row["user_id"], False)
                if sees_profit:
                    values["stake"] = self.env.company.currency_id.round(row["stake"])
                rows.append(values)
        return rows

    @api.model
    def _prepare_today_row(self, row, sources, customer, profile):
        band = "high" if row["level"] > HIGH else "low" if row["level"] <= LOW else "medium"
        tier = profile.tier_id
        last = profile.last_interaction_date
        return {
            "id": customer.id,
            "profile_id": profile.id,
            "name": customer._get_plain_name(),
            "kind": row["kind"],
            "label": sources[row["kind"]][0],
            "reason": self._get_today_reason(sources[row["kind"]], row["day"]),
            "others": [
                sources[kind][0] for kind in sources if kind in row["kinds"] and kind != row["kind"]
            ],
            "band": band,
            "tier": bool(tier) and {"name": tier.name, "color": tier.color, "icon": tier.icon},
            "last_contact": bool(last) and write_day(self.env, last),
        }

    @api.model
    def _get_today_offers(self, customers):
        """Return customer id -> name of the product to offer first."""
        offers = self.env["customer.recommendation"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", customers.ids),
                ("state", "=", "open"),
            ]
        )
        best = offers.sorted(lambda one: (OFFER_ORDER.get(one.kind, 9), one.rank, one.id))
        return {one.partner_id.id: one.display_name for one in reversed(best)}
