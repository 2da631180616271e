import math
from dataclasses import replace

import numpy as np

from odoo import fields, models
from odoo.tools import SQL

from ...engine.lifetime_value import compare_amounts, compare_shares


class CustomerPlay(models.Model):
    """What a play has brought: play group against control group.

    Everybody counts in the group they were drawn into, also who left early: else those who buy
    anyway would be counted where it suits.
    """

    _inherit = "customer.play"

    def _measure(self):
        """Read what each customer has brought since the start, and compare the groups."""
        self.ensure_one()
        members = self.member_ids
        if members:
            self._measure_members(members)
        self._compare(members)
        self.measured_on = fields.Datetime.now()

    def _measure_members(self, members):
        brought = self._read_brought(members.partner_id.ids)
        answered = self._find_answering(members.partner_id)
        profiles = self.env["customer.profile"].search_fetch(
            [("partner_id", "in", members.partner_id.ids), ("company_id", "=", self.company_id.id)],
            ["partner_id", "cost_to_serve_total", "overdue_amount"],
        )
        by_customer = {profile.partner_id: profile for profile in profiles}
        actions = self.action_ids.filtered(lambda action: action.state == "done")
        actions._follow_traces()
        own_actions = actions.grouped("member_id")
        for member in members:
            own = own_actions.get(member, actions.browse())
            profile = by_customer.get(member.partner_id, profiles.browse())
            values = {"revenue": 0.0, "gross_profit": 0.0, "bought_date": False}
            values |= brought.get(member.partner_id.id, {})
            served = (profile.cost_to_serve_total or 0) - (member.serve_before or 0)
            cost = sum(own.mapped("cost"))
            gross = values["gross_profit"]
            member.write(
                {
                    **values,
                    "is_bought": bool(values["bought_date"]),
                    "is_paid": not profile.overdue_amount,
                    "is_reached": any(own.mapped("is_reached")),
                    "is_answered": member.partner_id in answered or any(own.mapped("is_answered")),
                    "serve_cost": served,
                    "cost": cost,
                    "net_profit": None if gross is None else gross - served - cost,
                }
            )
            for action in own:
                bought = member.bought_date
                after = bool(bought and bought >= self._get_local_day(action.done_on))
                if action.is_bought_after != after:
                    action.is_bought_after = after

    def _read_brought(self, customer_ids):
        """Return {customer id: first purchase, revenue, gross profit} of the days measured.

        From the day after the start to the last day; one query. Company currency, refunds negative;
        the gross profit is ``None`` where a cost is missing.
        """
        self.env["customer.refresh.queue"]._work_off()
        self.env.flush_all()
        profiles = self.env["customer.profile"].with_company(self.company_id)
        until = min(profiles._get_today(self.company_id), self.measure_until)
        scope = profiles._get_scope(self.company_id, customer_ids, until)
        rows = self.env.execute_query(
            SQL(
                """WITH %(sale_move)s
                SELECT m.partner_id,
                       MIN(m.invoice_date) FILTER (WHERE m.is_purchase),
                       SUM(m.revenue)::float8,
                       CASE WHEN NOT BOOL_OR(m.cost_missing)
                            THEN SUM(m.revenue - COALESCE(m.cost, 0))::float8 END
                  FROM sale_move m
                 WHERE m.invoice_date > %(start)s AND m.invoice_date <= %(until)s
              GROUP BY m.partner_id""",
                sale_move=profiles._get_sale_move_sql(scope),
                start=self.start_date,
                until=until,
            )
        )
        return {
            customer: {"bought_date": bought, "revenue": revenue, "gross_profit": gross}
            for customer, bought, revenue, gross in rows
        }

    def _find_answering(self, customers):
        """Return who turned to us since the start: calls, visits, mails and the like."""
        interactions = self.env["customer.interaction"]._read_group(
            [
                ("customer_id", "in", customers.ids),
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.started_on),
                ("direction", "in", ("in", "both")),
            ],
            ["customer_id"],
        )
        mails = self.env["mail.message"]._read_group(
            [
                ("message_type", "=", "email"),
                ("model", "=", "res.partner"),
                ("author_id.commercial_partner_id", "in", customers.ids),
                ("date", ">=", self.started_on),
            ],
            ["author_id"],
        )
        found = {customer.id for (customer,) in interactions}
        found |= {author.commercial_partner_id.id for (author,) in mails}
        return customers.browse(found)

    def _compare(self, members):
        """Write the lines of the outcome anew."""
        groups = [
            members.filtered(lambda member, group=group: member.group == group)
            for group in ("play", "control")
        ]
        success = "is_paid" if self.goal == "payment" else "is_bought"
        found = {
            "reached": _tell_reached(groups),
            success.removeprefix("is_"): _compare_flags(groups, success),
            "answered": _compare_flags(groups, "is_answered"),
            "revenue": _compare_values(groups, "revenue"),
            "net_profit": _compare_values(groups, "net_profit"),
        }
        self.result_ids.unlink()
        self.result_ids.create(
            [
                {
                    "play_id": self.id,
                    "sequence": number,
                    "measure": measure,
                    **{
                        name: _to_stored(getattr(line, part))
                        for name, part in (
                            ("play_value", "play"),
                            ("control_value", "control"),
                            ("difference", "difference"),
                            ("low", "low"),
                            ("high", "high"),
                        )
                    },
                }
                for number, (measure, line) in enumerate(found.items())
            ]
        )
        net, count = found["net_profit"], len(groups[0])
        self.write(
            {
                "uplift_profit": _to_stored(net.difference * count),
                "uplift_low": _to_stored(net.low * count),
                "uplift_high": _to_stored(net.high * count),
                "uplift_spent": sum(members.mapped("cost")),
            }
        )


def _compare_values(groups, name):
    """Compare mean amounts of those for whom the amount is known."""
    return compare_amounts(
        *([value for value in group.mapped(name) if value is not False] for group in groups)
    )


def _compare_flags(groups, name):
    """Compare shares, in percent."""
    play, control = groups
    found = compare_shares(
        len(play.filtered(name)), len(play), len(control.filtered(name)), len(control)
    )
    parts = ("play", "control", "difference", "low", "high")
    return type(found)(*(100 * np.float64(getattr(found, part)) for part in parts))


def _tell_reached(groups):
    """Return the share that was reached; nobody speaks to the control group to compare with."""
    found = _compare_flags(groups, "is_reached")
    return replace(found, difference=math.nan, low=math.nan, high=math.nan)


def _to_stored(value):
    return None if math.isnan(value) else float(value)
