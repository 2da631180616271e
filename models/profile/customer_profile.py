from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.nullable import NullableInteger
from ..base.scope import YEAR

SEGMENTS = [
    ("champions", "Champions"),
    ("loyal", "Loyal"),
    ("potential_loyalists", "Potential loyalists"),
    ("new", "New"),
    ("promising", "Promising"),
    ("need_attention", "Need attention"),
    ("about_to_sleep", "About to sleep"),
    ("cannot_lose", "Cannot lose"),
    ("at_risk", "At risk"),
    ("hibernating", "Hibernating"),
    ("lost", "Lost"),
]
STAGES = [
    ("prospect", "Prospect"),
    ("new", "New"),
    ("active", "Active"),
    ("slipping", "Slipping"),
    ("lapsed", "Lapsed"),
    ("won_back", "Won back"),
]
VALUE_CLASSES = [
    ("A", "A (top half of profit)"),
    ("B", "B (up to 80 % of profit)"),
    ("C", "C (up to 95 % of profit)"),
    ("D", "D (the other profitable ones)"),
    ("N", "N (no profit)"),
]


class CustomerProfile(models.Model):
    """One row per customer (commercial partner) and company: the only place metrics live.

    Rows are written by the refresh alone (``customer_profile_refresh.py``); every family of
    facts adds its fields, its SQL and its drill-down in a file of its own.

    Calendar helpers of the drill-downs.
    """

    _name = "customer.profile"
    _description = "Customer Profile"
    _inherit = "customer.date.bounds.mixin"
    # Not by revenue: whoever may not see it could neither sort nor search.
    _order = "last_occasion_date desc nulls last, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id.name", "partner_id.ref", "partner_id.email"]

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        readonly=True,
        help="The company's currency; every amount of the profile is in it.",
    )
    partner_active = fields.Boolean(related="partner_id.active", string="Active contact")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    # === STANDING (relative to the other customers of the company) === #
    rfm_recency = NullableInteger(
        string="Recency score",
        readonly=True,
        aggregator="avg",
        help="1 to 5: how recently the customer bought, compared with the others.",
    )
    rfm_frequency = NullableInteger(
        string="Frequency score",
        readonly=True,
        aggregator="avg",
        help="1 to 5: on how many days of the last year the customer bought.",
    )
    rfm_monetary = NullableInteger(
        string="Monetary score",
        readonly=True,
        aggregator="avg",
        help="1 to 5: how much the customer bought during the last year.",
    )
    fm_score = NullableInteger(
        string="Buying score",
        readonly=True,
        aggregator="avg",
        help="1 to 5: how often and how much the customer buys, or did before the pause of who is "
        "slipping or lapsed. With the lifecycle stage it makes the segment.",
    )
    segment = fields.Selection(selection=SEGMENTS, readonly=True)
    value_class = fields.Selection(
        selection=VALUE_CLASSES,
        readonly=True,
        help="Class by share in the company's profit of the last 365 days.",
    )
    stage = fields.Selection(selection=STAGES, string="Lifecycle stage", readonly=True)
    segment_sentence = fields.Char(
        string="What the segment means", compute="_compute_segment_sentence"
    )
    is_computing = fields.Boolean(
        string="Being computed",
        compute="_compute_is_computing",
        search="_search_is_computing",
        help="Many customers of the company changed: what compares them with each other is being "
        "computed anew.",
    )

    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)",
        "A customer has one profile per company.",
    )
    _segment_idx = models.Index("(company_id, segment)")
    _stage_idx = models.Index("(company_id, stage)")
    _value_class_idx = models.Index("(company_id, value_class)")
    _last_occasion_idx = models.Index("(company_id, last_occasion_date DESC NULLS LAST, id)")

    @api.depends("partner_id.complete_name", "partner_id.email")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = profile.partner_id._get_plain_name()

    @api.depends_context("lang")
    @api.depends("segment")
    def _compute_segment_sentence(self):
        sentences = self._get_segment_sentences()
        for profile in self:
            profile.segment_sentence = sentences.get(profile.segment, False)

    @api.depends("company_id")
    def _compute_is_computing(self):
        for company, profiles in self.grouped("company_id").items():
            profiles.is_computing = self._is_computing(company)

    @api.model
    def _search_is_computing(self, operator, value):
        if operator != "in":
            return NotImplemented
        computing = self.env.companies.filtered(self._is_computing)
        found = Domain("company_id", "in", computing.ids)
        return Domain.OR(found if wanted else ~found for wanted in value)

    @api.model
    def _is_computing(self, company):
        """Tell whether what compares the customers of a company is being computed anew.

        Until it is done, screens say so instead of showing it. Extended by the refresh.
        """
        return False

    @api.model
    def _get_computing_sentence(self):
        return self.env._(
            "Being computed: many customers changed, so they are compared with each other anew. "
            "Segments, value classes and predictions appear here when this is done."
        )

    @api.model
    def _get_segment_sentences(self):
        """Return segment -> what it means and what to do, in one sentence shown with the badge."""
        return self._get_buying_sentences() | self._get_pausing_sentences()

    @api.model
    def _get_buying_sentences(self):
        """Return the sentences of who is new, active or won back."""
        return {
            "champions": self.env._(
                "Is buying, and more than nearly everybody else: say thank you, "
                "and ask whom they would recommend you to."
            ),
            "loyal": self.env._(
                "Is buying, and more than most: offer what goes with what they buy already."
            ),
            "potential_loyalists": self.env._(
                "Is buying, about as much as others: give them a reason to buy one thing more."
            ),
            "new": self.env._(
                "Bought for the first time, not long ago: make sure that all went well, and lead "
                "them to the second purchase."
            ),
            "promising": self.env._("Is buying, but little so far: find out what else they need."),
        }

    @api.model
    def _get_pausing_sentences(self):
        """Return the sentences of who is slipping or lapsed."""
        return {
            "need_attention": self.env._(
                "A good customer whose pause is a little too long: ask soon how things are."
            ),
            "about_to_sleep": self.env._(
                "Bought little, and the pause is a little too long: send a small reminder."
            ),
            "cannot_lose": self.env._(
                "Was one of the best and has been silent for much too long: call in person, before "
                "anything else."
            ),
            "at_risk": self.env._(
                "Bought well, but the pause is much too long: talk to them now and find out why."
            ),
            "hibernating": self.env._(
                "Has not bought for much longer than usual and was not one of the best: try one "
                "inexpensive offer."
            ),
            "lost": self.env._(
                "Bought little and has stopped: keep them in the newsletter, and spend your time "
                "on others."
            ),
        }

    @api.model
    def _get_fact_families(self):
        """Return the families of facts: name -> method that turns a scope into SQL.

        The SQL yields one row per customer with ``partner_id`` and one column per profile
        field (columns starting with ``_`` are raw material for the scores). Families are
        independent of each other; a customer a family says nothing about gets its defaults.

        :rtype: dict[str, collections.abc.Callable[[Scope], SQL]]
        """
        return {}

    @api.model
    def _get_fact_defaults(self):
        """Return field -> value of a customer without a single document."""
        return {}

    @api.model
    def _get_metric_documents(self):
        """Return metric -> (model, method from profile to Domain) of the documents behind it."""
        return {}

    def _get_year_domain(self, field_name, until_today=True):
        """Domain of a UTC datetime inside the last 365 days of the profile's company.

        :param until_today: also leave out what lies after today
        """
        self.ensure_one()
        today = self._get_today(self.company_id)
        domain = Domain(field_name, ">=", self._to_utc(today - timedelta(days=YEAR - 1)))
        if until_today:
            domain &= Domain(field_name, "<", self._to_utc(today + timedelta(days=1)))
        return domain

    def _to_utc(self, day):
        """Return the UTC instant at which a day starts in the company's time zone."""
        zone = pytz.timezone(self._get_timezone(self.company_id))
        start = zone.localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)
