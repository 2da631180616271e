from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..base.access import MANAGER, USER
from .customer_today_skip import REMEMBERED_DAYS, SKIP_DAYS

# Each "not now" halves what is at stake for this customer and kind of reason. So many of a kind,
# of any customers, halve the kind for the user.
TIRED_AFTER = 10
MAX_PUT_OFF_DAYS = 366


class CustomerToday(models.AbstractModel):
    """Who to contact today and why, the one with most at stake first (docs/today.md).

    One query for all reasons and any number of customers; nothing here records a contact.
    """

    _name = "customer.today"
    _description = "Customers to Contact Today"

    @api.model
    def get_day(self, is_team=False):
        """Return the customers the user should contact today. Public: page, RPC.

        :param is_team: those of everybody in the company, for managers
        :return: dict of ``rows``, ``total`` (customers with a reason, shown or not), ``limit``,
            ``empty`` (why there is none: ``no_profiles``, ``put_off``, ``contacted``,
            ``nothing`` or ``False``), ``reasons`` to say *not now*, ``can_team``, ``can_log``
        :raise AccessError: for users who do not work with customers, and for the team unless
            the user is a manager
        """
        self._check_today_access()
        if is_team and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers see the customers of the whole team."))
        limit = self.env.company.sudo().customer_today_limit
        sources = self._get_today_sources()
        found = self._read_today(list(sources), is_team, limit)
        reasons = self.env["customer.today.skip"]._fields["reason"]._description_selection(self.env)
        return {
            "rows": self._get_today_rows(found, sources),
            "total": found[0]["total"] if found else 0,
            "limit": limit,
            "empty": False if found else self._get_today_empty(list(sources), is_team),
            "reasons": reasons,
            "can_team": self.env.user.has_group(MANAGER),
            "can_log": self.env["customer.interaction"].has_access("create"),
        }

    @api.model
    def put_off(self, partner_id, until_date):
        """Show a customer to the user again on a later day. Public: page, RPC.

        :param until_date: the day on which the customer comes back, one year ahead at most
        :return: id of what :meth:`take_back` takes back
        :raise UserError: for a day that is not to come
        :raise AccessError: for a customer the user may not see
        """
        customer = self._get_today_customer(partner_id)
        today = self._get_today_date()
        until = fields.Date.to_date(until_date)
        if not until or not today < until <= fields.Date.add(today, days=MAX_PUT_OFF_DAYS):
            raise UserError(
                self.env._("Choose a day from tomorrow on, at most one year from today.")
            )
        values = {"partner_id": customer.id, "date": today, "until_date": until}
        return self.env["customer.today.skip"].create(values).id

    @api.model
    def not_now(self, partner_id, kind, reason):
        """Put one kind of reason for a customer aside, and why. Public: page, RPC.

        :param kind: a key of ``_get_today_sources``
        :param reason: a key of ``SKIP_DAYS``, which says for how many days
        :return: id of what :meth:`take_back` takes back
        :raise UserError: for a kind or a reason that does not exist
        :raise AccessError: for a customer the user may not see
        """
        customer = self._get_today_customer(partner_id)
        if kind not in self._get_today_sources() or reason not in SKIP_DAYS:
            raise UserError(self.env._("Say why not now with one of the reasons of the page."))
        today = self._get_today_date()
        values = {
            "partner_id": customer.id,
            "kind": kind,
            "reason": reason,
            "date": today,
            "until_date": fields.Date.add(today, days=SKIP_DAYS[reason]),
        }
        return self.env["customer.today.skip"].create(values).id

    @api.model
    def take_back(self, skip_id):
        """Take the user's own *later* or *not now* back. Public: page, RPC.

        :return: True
        :raise AccessError: for somebody else's
        """
        self._check_today_access()
        self.env["customer.today.skip"].browse(skip_id).exists().unlink()
        return True

    # === WHO ===

    @api.model
    def _check_today_access(self):
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._(
                    "The page Today is for users who work with customers. Ask your administrator "
                    "for the right “Customer Value: User”."
                )
            )

    @api.model
    def _get_today_customer(self, partner_id):
        self._check_today_access()
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        return partner.commercial_partner_id

    @api.model
    def _get_today_date(self):
        return self.env["customer.profile"]._get_today(self.env.company.sudo())

    @api.model
    def _read_today(self, kinds, is_team, limit, is_whole=False):
        """Return the best reason of each customer as dictionaries, most at stake first.

        :param is_whole: also who was put aside or contacted today
        """
        profiles = self.env["customer.profile"]
        company = self.env.company.sudo()
        self.env.flush_all()
        scope = profiles._get_scope(company, None)
        query = SQL(
            """WITH %(worth)s, reason AS (%(reasons)s), contacted AS MATERIALIZED (
                %(contacted)s
            ), open_reason AS (
                SELECT r.partner_id, r.kind, r.day, r.place,
                       COALESCE(r.user_id, w.user_id) AS user_id,
                       COALESCE(r.stake, 0) * %(lowered)s AS stake
                  FROM reason r
                  JOIN worth w ON w.partner_id = r.partner_id
                 WHERE %(mine)s AND %(shown)s
            ), best AS (
                SELECT DISTINCT ON (partner_id) open_reason.*, k.kinds
                  FROM open_reason
                  JOIN (SELECT partner_id, ARRAY_AGG(DISTINCT kind) AS kinds
                          FROM open_reason GROUP BY partner_id) k USING (partner_id)
              ORDER BY partner_id, stake DESC, place, day, user_id
            )
            SELECT partner_id, kind, kinds, day, user_id, stake,
                   COUNT(*) OVER () AS total,
                   CUME_DIST() OVER (ORDER BY stake) AS level
              FROM best
          ORDER BY stake DESC, place, day, partner_id
             LIMIT %(limit)s""",
            worth=self._get_worth_sql(company),
            reasons=self._get_reasons_sql(kinds, scope),
            contacted=self._get_contacted_sql(scope),
            lowered=self._get_lowered_sql(scope),
            mine=SQL("TRUE") if is_team else self._get_mine_sql(),
            shown=SQL("TRUE") if is_whole else self._get_shown_sql(scope),
            limit=limit,
        )
        return self.env.execute_query_dict(query)

    @api.model
    def _get_reasons_sql(self, kinds, scope):
        """Return the queries of all sources as one."""
        sources = self._get_today_sources()
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT partner_id, %s AS kind, stake::float8, day::date, user_id, %s AS place"
                " FROM (%s) s",
                kind,
                place,
                sources[kind][1](scope),
            )
            for place, kind in enumerate(kinds)
        )

    @api.model
    def _get_worth_sql(self, company):
        """CTE ``worth``: the profiles of the company, and what the next year with each is worth.

        Who has no prediction yet is taken for an ordinary customer: the median of the others.
        """
        return SQL(
            """typical AS (
                SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY predicted_profit) AS profit
                  FROM customer_profile
                 WHERE company_id = %(company)s AND predicted_profit IS NOT NULL
            ), worth AS MATERIALIZED (
                SELECT p.*, c.user_id,
                       GREATEST(COALESCE(p.predicted_profit, t.profit, 0), 0)::float8 AS worth
                  FROM customer_profile p
                  JOIN res_partner c ON c.id = p.partner_id
            CROSS JOIN typical t
                 WHERE p.company_id = %(company)s AND c.active
                   AND (c.company_id IS NULL OR c.company_id = ANY(%(companies)s))
            )""",
            company=company.id,
            companies=company.parent_ids.ids,
        )

    @api.model
    def _get_mine_sql(self):
        """What the user is responsible for, and what nobody is."""
        return SQL("COALESCE(r.user_id, w.user_id, %(user)s) = %(user)s", user=self.env.uid)

    @api.model
    def _get_lowered_sql(self, scope):
        """Return the factor by which earlier *not now* of the user lower a reason."""
        return SQL(
            """POWER(0.5, (SELECT COUNT(*) FROM customer_today_skip k
                            WHERE %(skips)s AND k.kind = r.kind AND k.partner_id = r.partner_id))
             * POWER(0.5, (SELECT COUNT(*) FROM customer_today_skip k
                            WHERE %(skips)s AND k.kind = r.kind) / %(tired)s::float8)""",
            skips=SQL(
                "k.user_id = %s AND k.company_id = %s AND k.reason IS NOT NULL AND k.date > %s",
                self.env.uid,
                scope.company_id,
                fields.Date.subtract(scope.today, days=REMEMBERED_DAYS),
            ),
            tired=TIRED_AFTER,
        )

    @api.model
    def _get_shown_sql(self, scope):
        """Neither put aside by the user nor contacted today by anybody."""
        return SQL(
            """NOT EXISTS (
                SELECT FROM customer_today_skip k
                 WHERE k.user_id = %(user)s AND k.company_id = %(company)s
                   AND k.partner_id = r.partner_id AND (k.kind IS NULL OR k.kind = r.kind)
                   AND k.until_date > %(today)s
            ) AND NOT EXISTS (SELECT FROM contacted c WHERE c.partner_id = r.partner_id)""",
            user=self.env.uid,
            company=scope.company_id,
            today=scope.today,
        )

    @api.model
    def _get_today_empty(self, kinds, is_team):
        """Return why there is nobody to contact."""
        company = self.env.company
        profiles = self.env["customer.profile"].sudo()
        if not profiles.search_count([("company_id", "=", company.id)], limit=1):
            return "no_profiles"
        if not self._read_today(kinds, is_team, 1, is_whole=True):
            return "nothing"
        skips = self.env["customer.today.skip"]
        put_off = [
            ("user_id", "=", self.env.uid),
            ("company_id", "=", company.id),
            ("until_date", ">", self._get_today_date()),
        ]
        return "put_off" if skips.search_count(put_off, limit=1) else "contacted"
