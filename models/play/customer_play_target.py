import logging

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...engine.lifetime_value import RetentionPlays, draw_control, judge_retentions
from .customer_play_step_mixin import CONTACT_KINDS, WRITTEN_KINDS

_logger = logging.getLogger(__name__)
LEFT_OUT_REASONS = (
    *("archived", "other_play", "complaint", "opted_out"),
    *("no_address", "quiet", "not_worth"),
)
COLUMNS = (
    *("partner_id", "alive_probability", "predicted_profit", "retention_verdict"),
    *("complaint_open_count", "cost_to_serve_total"),
)
WORTHLESS = ("let_go", "stays")


class CustomerPlay(models.Model):
    """For whom a play is: who is left out and why, what it should bring, who is in which group."""

    _inherit = "customer.play"

    def _get_candidates(self):
        """Return the profiles the filter finds in the company of the play, with all rights.

        They are looked for with the rights of who asks; the job asks for whoever started the play.
        A filter can reach any table, and who may try one must not learn by counting, nor by
        starting, what they may not read. They come in the order of their customers: that of the
        profiles is the chance of which rows the database wrote first.

        :raise AccessError: that user may not look for customers any more
        :raise ValidationError: the filter names what they may not see any more
        """
        self.ensure_one()
        profiles = self.env["customer.profile"].with_company(self.company_id)
        profiles = profiles.with_context(active_test=False)
        domain = profiles.env["customer.play"]._read_domain(self.domain)
        domain &= Domain("company_id", "=", self.company_id.id)
        found = profiles.search(domain).sudo()
        found.fetch(COLUMNS)
        return found.sorted(lambda profile: profile.partner_id.id)

    def _get_candidates_of_starter(self):
        starter = self.starter_id or self.user_id
        if not (starter.active or starter._is_superuser()):
            raise AccessError(self.env._("%(user)s is archived.", user=starter.name))
        companies = self.company_id | starter.company_ids
        own = self.with_user(starter).with_context(allowed_company_ids=companies.ids)
        return own._get_candidates().with_env(self.env)

    def _get_left_out(self, profiles):
        """Return {profile: reason} of those who take no part; the first reason counts."""
        customers = profiles.partner_id
        found = {
            "archived": customers.filtered(lambda customer: not customer.active),
            "other_play": self._find_playing(customers),
            "complaint": self._find_complaining(profiles),
            "opted_out": self._find_unwilling(customers),
            "no_address": self._find_unreachable(customers),
            "quiet": self._find_contacted(customers),
            "not_worth": self._find_worthless(profiles),
        }
        reasons = {}
        for reason in LEFT_OUT_REASONS:
            for customer_id in found[reason].ids:
                reasons.setdefault(customer_id, reason)
        return {
            profile: reasons[profile.partner_id.id]
            for profile in profiles
            if profile.partner_id.id in reasons
        }

    def _find_playing(self, customers):
        members = self.env["customer.play.member"].sudo()
        domain = [("partner_id", "in", customers.ids), ("state", "=", "active")]
        return members.search(domain).partner_id

    def _find_complaining(self, profiles):
        if self.is_complaint_allowed:
            return profiles.partner_id.browse()
        return profiles.filtered("complaint_open_count").partner_id

    def _find_unwilling(self, customers):
        """Return who opted out of each way the steps contact customers, if they do."""
        channels = {step.kind for step in self.step_ids} & {*CONTACT_KINDS}
        unwilling = customers if channels else customers.browse()
        optouts = self.env["customer.play.optout"]
        for channel in channels:
            contacts = unwilling._get_play_contacts(channel)
            reached = self.env["res.partner"].union(*contacts.values())
            addresses = reached._get_outreach_addresses(channel)
            told = optouts._find_addresses({*addresses.values()} - {""}, channel)
            refused = optouts._find_customers(channel, unwilling)
            unwilling = unwilling.filtered(
                lambda one, who=refused, to=contacts, at=addresses, told=told: (
                    one in who or at.get(to[one]) in told
                )
            )
        return unwilling

    def _find_unreachable(self, customers):
        """Return who has none of the addresses and numbers it takes, where all is written."""
        kinds = {step.kind for step in self.step_ids}
        if not kinds or not kinds <= {*WRITTEN_KINDS}:
            return customers.browse()
        unreachable = customers
        for kind in kinds:
            contacts = unreachable._get_play_contacts(kind)
            unreachable = unreachable.filtered(lambda one, found=contacts: not found[one])
        return unreachable

    def _find_contacted(self, customers):
        """Return whom a play, a question or an SMS by hand reached in the days to be quiet."""
        if not {step.kind for step in self.step_ids} & {*CONTACT_KINDS}:
            return customers.browse()
        since = self._get_quiet_since()
        actions = (
            self.env["customer.play.action"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", customers.ids),
                    ("kind", "in", CONTACT_KINDS),
                    ("state", "=", "done"),
                    ("done_on", ">", since),
                ],
                ["partner_id"],
            )
        )
        requests = (
            self.env["customer.feedback.request"]
            .sudo()
            ._read_group(
                [
                    ("customer_id", "in", customers.ids),
                    ("company_id", "=", self.company_id.id),
                    ("sent_date", ">", since),
                ],
                ["customer_id"],
            )
        )
        written, _numbers = self.env["customer.outreach.message"]._find_written(
            customers, (), since
        )
        return customers.browse({customer.id for (customer,) in actions + requests} | written)

    def _get_quiet_since(self):
        """Return since when a customer must not have been contacted otherwise (UTC)."""
        days = self.company_id.sudo().feedback_quiet_days
        return fields.Datetime.subtract(fields.Datetime.now(), days=days)

    def _find_worthless(self, profiles):
        if not self.is_worth_only:
            return profiles.partner_id.browse()
        return profiles.filtered(lambda p: p.retention_verdict in WORTHLESS).partner_id

    # === WHAT IT SHOULD BRING ===

    def _get_step_cost(self):
        """Return what all steps cost for one customer, company currency."""
        return sum(self.step_ids.mapped("cost"))

    def _get_paid_steps(self, count, budget):
        """Return what the steps cost for so many customers, and how many a budget leaves out.

        The steps of the first days come first; a budget of 0 is none.

        :return: (cost in company currency, share of the full cost it is, steps left out)
        """
        spent, left_out = 0.0, 0
        for step in self.step_ids.sorted(lambda one: (one.day, one.sequence)):
            paid = count
            if budget and step.cost:
                paid = min(count, int((budget - spent) / step.cost + 1e-9))
            spent += paid * step.cost
            left_out += count - paid
        full = count * self._get_step_cost()
        return spent, spent / full if full else 1.0, left_out

    def _get_expectations(self, profiles):
        """Return arrays in the order of profiles: stay probability, value untouched, gain.

        The sums of the retention verdict (docs/prediction_odoo.md) with the cost of the steps;
        the gain is less that cost, and minus the cost where nothing can be foretold.
        """
        stay, worth = profiles._get_stays_and_worths(
            *(
                np.array([_get_number(profile[name]) for profile in profiles], dtype=float)
                for name in ("alive_probability", "predicted_profit")
            )
        )
        company = self.company_id.sudo()
        contact_uplift, offer_uplift = company._get_customer_retention_uplifts()
        plays = RetentionPlays(
            contact_uplift,
            offer_uplift,
            self._get_step_cost(),
            company.customer_retention_offer_cost if self.is_offer else 0.0,
        )
        found = judge_retentions(stay, worth, plays)
        gain = (found.with_offer if self.is_offer else found.with_contact) - found.untouched
        gain = np.where(np.isnan(gain), -plays.contact_cost, gain)
        return stay, np.nan_to_num(found.untouched), gain

    # === DRAWING ===

    @api.model
    def _enroll_batch(self):
        """Draw the groups of one play that starts; 0 when there is none, or others do it."""
        for play in self.sudo().search([("state", "=", "starting")], order="id"):
            if play.try_lock_for_update(allow_referencing=True):
                play._enroll()
                return 1
        return 0

    def _enroll(self):
        """Put each customer into a group, and plan the steps of the play group.

        Where who started it may not choose these customers any more, it is a draft again.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                profiles = self._get_candidates_of_starter()
        except (AccessError, ValidationError) as error:
            _logger.warning("Play %s is a draft again: %s", self.id, error)
            self.state = "draft"
            self.flush_model()
            return
        left_out = self._get_left_out(profiles)
        profiles = profiles.filtered(lambda profile: profile not in left_out)
        stay, _untouched, gain = self._get_expectations(profiles)
        share = self.control_percent / 100
        control = draw_control(profiles.partner_id.ids, share, self.seed)
        treated = len(profiles) - int(sum(control))
        gain = gain * self._get_paid_steps(treated, self.budget)[1]
        members = self.env["customer.play.member"].create(
            [
                {
                    "play_id": self.id,
                    "company_id": self.company_id.id,
                    "partner_id": profile.partner_id.id,
                    "group": "control" if is_control else "play",
                    "stay_probability": None if np.isnan(chance) else float(chance),
                    "expected_gain": 0.0 if is_control else float(expected),
                    "serve_before": profile.cost_to_serve_total,
                }
                for profile, is_control, chance, expected in zip(
                    profiles, control, stay, gain, strict=True
                )
            ]
        )
        self._plan(members.filtered(lambda member: member.group == "play"))
        self.state = "running"
        self.flush_model()

    def _plan(self, members):
        self.env["customer.play.action"].create(
            [
                {
                    "play_id": self.id,
                    "company_id": self.company_id.id,
                    "member_id": member.id,
                    "partner_id": member.partner_id.id,
                    "step_id": step.id,
                    "kind": step.kind,
                    "due_date": fields.Date.add(self.start_date, days=step.day),
                }
                for member in members
                for step in self.step_ids
            ]
        )


def _get_number(value):
    return np.nan if value is False or value is None else value
