from psycopg2.errors import ForeignKeyViolation

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

# Measures of a snapshot that add up when two customers become one.
SUMMED_FIELDS = (
    "revenue_total",
    "revenue_365",
    "gross_profit_365",
    "net_profit_365",
    "overdue_amount",
    "predicted_revenue",
    "predicted_profit",
    "lifetime_value",
    "value_at_risk",
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """All we know of customers follows a merge of contacts, or is worked out anew.

    Interactions follow: contact, customer, participants and related document.

    Odoo moves the columns that refer to a contact, computes the customer again and leaves each
    participant once. It does not know our reference by model and id.

    Whoever did not want to be asked is not asked after a merge either.

    Needs of merged customers are worked out anew: two rows of a category are no need.

    Recommendations and blocked categories of merged customers stay; the refresh tidies up.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge, also while somebody logs something about the contacts.

        Whoever does waits until they are merged. What was logged after this transaction began
        it cannot see, and so not move: Odoo does the whole request again.
        """
        merged = set(partner_ids) - set(dst_partner.ids if dst_partner else ())
        self.env.flush_all()
        self.env.execute_query(
            SQL("SELECT id FROM res_partner WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [*merged])
        )
        try:
            result = super()._merge(partner_ids, dst_partner, extra_checks)
            self.env.flush_all()
        except ForeignKeyViolation as error:
            raise ConcurrencyError("Something was recorded about a merged contact") from error
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep tiers and snapshots of the merged customers; queue those that lose a contact.

        Odoo would delete every profile and snapshot of the sources, because their table is
        unique per partner. Tier changes and queue rows simply move over.
        """
        customers = src_partners.commercial_partner_id
        self._keep_history_apart(src_partners, dst_partner)
        self.env["customer.tier"]._release("merged", src_partners.ids)
        grants = self.env["customer.benefit.grant"].sudo()
        grants.search([("partner_id", "in", src_partners.ids)])._merge_gifts(dst_partner)
        self.env["customer.category.need"]._forget(customers)
        self.env["customer.stopped.category"]._forget(customers)
        src_partners._queue_everywhere((customers - src_partners).ids)
        self._merge_customers(src_partners, dst_partner)
        people = self.env["customer.account.contact"].sudo()
        people.search([("partner_id", "in", src_partners.ids)])._merge_into(dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Unite guarded cards with their history and lots; Odoo would leave these behind."""
        self.env["loyalty.card"]._merge_points_cards(src_partners, dst_partner)
        return super()._merge_loyalty_cards(src_partners, dst_partner)

    def _keep_history_apart(self, src_partners, dst_partner):
        """Note whose final documents are before they all are of one contact.

        A destination that is a contact of another customer may become a company by the merge:
        then what a source bought as a customer of its own is not that other customer's.
        """
        customer = dst_partner.commercial_partner_id
        is_contact = customer != dst_partner
        moved = {
            source: source.commercial_partner_id
            for source in src_partners
            if source.commercial_partner_id not in (customer, *([] if is_contact else [source]))
        }
        src_partners._keep_history(moved | ({dst_partner: customer} if is_contact else {}))

    def _update_values(self, src_partners, dst_partner):
        """Rebuild what is known of the customer that came out of the merge.

        Only now it is known whether the destination is a contact of another customer.
        """
        merged = (src_partners | dst_partner).sudo()
        is_optout = any(merged.mapped("feedback_optout"))
        is_tier_optout = any(merged.mapped("customer_tier_mail_optout"))
        result = super()._update_values(src_partners, dst_partner)
        customer = dst_partner.commercial_partner_id
        if customer != dst_partner:
            self._merge_customers(dst_partner, customer)
        dst_partner._queue_everywhere((dst_partner | customer).ids)
        # Questions of one of the contacts may have been answered to the other.
        self.env["customer.interaction"]._match_answers(customer)
        if is_optout:
            dst_partner.sudo().feedback_optout = True
        if is_tier_optout:
            dst_partner.sudo().customer_tier_mail_optout = True
        self.env["customer.category.need"]._forget(dst_partner | customer)
        self.env["customer.stopped.category"]._forget(dst_partner | customer)
        self.env["customer.recommendation"]._follow(dst_partner)
        return result

    def _merge_customers(self, src_partners, customer):
        """Give profiles, snapshots, tier changes and plays of partners to a customer."""
        self.env.flush_all()
        self._merge_customer_profiles(src_partners, customer)
        self._merge_customer_snapshots(src_partners, customer)
        members = self.env["customer.play.member"].sudo()
        members.search([("partner_id", "in", src_partners.ids)])._merge(customer)
        plans = self.env["customer.account.plan"].sudo()
        plans.search([("partner_id", "in", src_partners.ids)])._merge(customer)
        origins = self.env["customer.acquisition"].sudo()
        origins.search([("partner_id", "in", src_partners.ids)])._merge(customer)
        referrers = self.env["customer.referrer"].sudo()
        referrers.search([("partner_id", "in", src_partners.ids)])._merge(customer)
        referrals = self.env["customer.referral"].sudo()
        referrals.search([("referred_id", "in", src_partners.ids)])._merge(customer)
        changes = self.env["customer.tier.change"].sudo()
        changes.search([("partner_id", "in", src_partners.ids)]).write({"partner_id": customer.id})
        changes.flush_model()

    def _merge_customer_profiles(self, src_partners, customer):
        """Leave one profile per company: the one with a manual tier, else the highest tier."""
        profiles = (
            self.env["customer.profile"]
            .sudo()
            .search([("partner_id", "in", (src_partners | customer).ids)])
        )
        for candidates in profiles.grouped("company_id").values():
            best = candidates.sorted(
                lambda p: (
                    bool(p.override_tier_id),
                    p.earned_tier_id.sequence,
                    p.partner_id == customer,
                ),
                reverse=True,
            )[0]
            (candidates - best).unlink()
            best.partner_id = customer
        profiles.flush_model()

    def _merge_customer_snapshots(self, src_partners, customer):
        """Fold the sources' snapshots into the customer's of the same month end."""
        sums = SQL(", ").join(
            SQL("%s = total.%s", SQL.identifier(name), SQL.identifier(name))
            for name in SUMMED_FIELDS
        )
        totals = SQL(", ").join(
            SQL(
                # unknown plus something is still unknown
                "CASE WHEN BOOL_AND(%(name)s IS NOT NULL) THEN SUM(%(name)s) END AS %(name)s",
                name=SQL.identifier(name),
            )
            for name in SUMMED_FIELDS
        )
        partner_ids = (src_partners | customer).ids
        self.env.execute_query(
            SQL(
                """WITH total AS (
                    SELECT company_id, date, %(totals)s,
                           (ARRAY_AGG(id ORDER BY partner_id = %(dst)s DESC, id))[1] AS kept
                      FROM customer_profile_snapshot
                     WHERE partner_id = ANY(%(partners)s)
                  GROUP BY company_id, date
                ), dropped AS (
                    DELETE FROM customer_profile_snapshot
                     WHERE partner_id = ANY(%(partners)s)
                       AND id NOT IN (SELECT kept FROM total)
                 RETURNING id
                )
                UPDATE customer_profile_snapshot s
                   SET partner_id = %(dst)s, %(sums)s
                  FROM total
                 WHERE s.id = total.kept
             RETURNING s.id""",
                totals=totals,
                sums=sums,
                dst=customer.id,
                partners=partner_ids,
            )
        )

    def _update_reference_fields(self, src_partners, dst_partner):
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE customer_interaction SET res_id = %s
                    WHERE res_model = 'res.partner' AND res_id = ANY(%s)
                RETURNING id""",
                dst_partner.id,
                src_partners.ids,
            )
        )
        self.env["customer.interaction"].invalidate_model(["res_id", "document_ref"])
        return result
