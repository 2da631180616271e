from odoo import api, models
from odoo.tools import SQL

from ..profile.customer_profile_card import STANDING_FIELDS
from .api_error import CursorExpired, InvalidInput
from .api_method import external
from .api_reader import ApiReader
from .change_cursor import ChangeCursor

MAX_CHANGES = 1000


class CustomerApi(models.AbstractModel):
    """Following the changes of profiles without reading them all again."""

    _inherit = "customer.api"

    @api.model
    @api.readonly
    @external
    def pull_changes(self, company_id, cursor="", limit=100):
        """Return the profiles changed since a cursor, oldest change first. Public: RPC.

        Without a cursor all profiles count as changed. What is guaranteed:

        - No change is missed: a profile is given only once every older transaction of the
          database server is finished, so that nothing can appear before a cursor later. A
          long-running transaction delays changes, it does not lose them.
        - A profile is given in its state of now. Changed several times between two calls, it
          is given once; it may be given again without having changed.
        - Profiles that ceased to be (documents gone, customer merged) are not given.

        :param int company_id: the company whose profiles to follow
        :param str cursor: of the last answer; "" to begin
        :param int limit: 1 to 1 000 profiles, default 100
        :return: dictionary: ``changes`` (list of dictionaries ``customer_id``, ``name``,
            ``reference``, ``active``, ``tier``, ``segment``, ``segment_sentence``, ``stage``,
            ``value_class``, ``changed`` in UTC), ``cursor`` for the next call, ``more`` (whether
            to call again at once), ``computing`` (whether many customers changed, so that
            segments, stages and classes are being computed anew and will change again)
        :raise CursorExpired: the database has moved to another server: begin with ""
        :raise InvalidInput: no cursor of ours for this company, or a value that cannot be one
        :raise NotAllowed: no API access, or not in this company
        """
        self = self._in_company(company_id)  # noqa: PLW0642
        # Whether a run is on says nothing of a customer, and the run itself is for managers.
        computing = self.env["customer.profile"].sudo()._is_computing(self.env.company)
        given = {"cursor": cursor, "limit": limit}
        limit = ApiReader(self.env, given).whole("limit", 1, MAX_CHANGES, 100)
        place = self._read_cursor(cursor)
        rows = self._get_changed_rows(place, limit)
        if rows:
            place = ChangeCursor(place.company, place.cluster, rows[-1]["position"], rows[-1]["id"])
        return {
            "changes": self._get_changes([row["id"] for row in rows]),
            "cursor": place.to_text(),
            "more": len(rows) == limit,
            "computing": computing,
        }

    @api.model
    def _read_cursor(self, text):
        cluster = self._get_cluster()
        if not text:
            return ChangeCursor(self.env.company.id, cluster)
        cursor = ChangeCursor.from_text(text)
        if not cursor or cursor.company != self.env.company.id:
            raise InvalidInput(
                self.env._("“cursor” must come from an earlier answer for the same company.")
            )
        if cursor.cluster != cluster:
            raise CursorExpired(
                self.env._(
                    "The database has moved since this cursor was given: begin again without "
                    "one. [cursor_expired]"
                )
            )
        return cursor

    @api.model
    def _get_cluster(self):
        """Return what tells the transactions of this database server from another's."""
        [(identifier,)] = self.env.execute_query(
            SQL("SELECT system_identifier::text FROM pg_control_system()")
        )
        return identifier

    @api.model
    def _get_changed_rows(self, place, limit):
        """Return id and position of the next profiles.

        Rows without a transaction, or with one that is still to come (both from before the
        table came to this server), stand at 0, before all others.
        """
        return self.env.execute_query_dict(
            SQL(
                """WITH now AS (
                    SELECT pg_snapshot_xmin(s)::text::bigint AS horizon,
                           pg_snapshot_xmax(s)::text::bigint AS next
                      FROM pg_current_snapshot() AS s
                ), old AS (
                    SELECT f.id, 0::bigint AS position
                      FROM customer_profile f, now
                     WHERE %(transaction)s <= 0 AND f.company_id = %(company)s
                       AND (f.change_xid IS NULL OR f.change_xid >= now.next)
                       AND (0, f.id) > (%(transaction)s, %(profile)s)
                  ORDER BY f.id
                     LIMIT %(limit)s
                ), changed AS (
                    SELECT f.id, f.change_xid AS position
                      FROM customer_profile f, now
                     WHERE f.company_id = %(company)s
                       AND (f.change_xid, f.id) > (%(transaction)s, %(profile)s)
                       AND f.change_xid < now.horizon
                  ORDER BY f.change_xid, f.id
                     LIMIT %(limit)s
                )
                SELECT id, position FROM old
                 UNION ALL
                SELECT id, position FROM changed
              ORDER BY position, id
                 LIMIT %(limit)s""",
                company=self.env.company.id,
                transaction=place.transaction,
                profile=place.profile,
                limit=limit,
            )
        )

    @api.model
    def _get_changes(self, profile_ids):
        """Return what programs are told about profiles, in the order given."""
        profiles = self.env["customer.profile"].sudo().browse(profile_ids)
        return [
            {
                "customer_id": profile.partner_id.id,
                "name": profile.partner_id.name or "",
                "reference": profile.partner_id.ref or "",
                "active": profile.partner_id.active,
                "tier": profile.tier_id.name or "",
                **{name: profile[name] or "" for name in STANDING_FIELDS},
                "segment_sentence": profile.segment_sentence or "",
                "changed": f"{profile.write_date.isoformat()}Z",
            }
            for profile in profiles
        ]
