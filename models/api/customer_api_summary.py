from datetime import date, datetime

from odoo import api, models

from ..base.access import GROUPS_STANDING
from ..profile.customer_profile_card import HIGHLIGHTS, STANDING_FIELDS
from .api_error import InvalidInput
from .api_method import external
from .api_reader import ApiReader

SHOWN_INTERACTIONS = 5
# Recommendations of a kind that are told.
MAX_RECOMMENDATIONS = 2


class CustomerApi(models.AbstractModel):
    """The customer at a glance, for the screens of other programs."""

    _inherit = "customer.api"

    @api.model
    @api.readonly
    @external
    def get_summary(self, company_id, partner_id):
        """Return what there is to know about the customer of a contact. Public: RPC.

        Revenue, payment and profit are there only if the groups of the user allow them in
        Odoo, too: such sections are left out otherwise.

        :param int company_id: the company that asks; amounts are in its currency
        :param int partner_id: a contact or a customer
        :return: dictionary: ``partner_id``, ``name``, ``customer_id``, ``customer_name``,
            ``reference``, ``currency`` (ISO code), ``tier``, ``segment``, ``stage``,
            ``value_class`` (``""``: none yet), ``satisfaction_state`` (``""``: not asked),
            ``segment_sentence``, ``computing`` (compared anew just now: docs/api.md),
            ``satisfaction`` (0 to 100, ``False``: not enough data), ``prediction``
            (docs/prediction_odoo.md), ``expected_value_class``, ``recommendations`` (up to two:
            docs/recommendations.md), ``highlights`` and the ``items`` of ``sections``
            (``key``, ``title``): lists of ``name``, ``label``, ``value`` (``False``: not enough
            data; days in ISO 8601), ``type``; ``interactions``: the latest five with ``id``,
            ``date`` (UTC), ``kind``, ``direction``, ``subject``, ``outcome``, ``contact``, ``user``
        :raise NotFound: no such contact in this company
        :raise InvalidInput: a value that cannot be one
        :raise NotAllowed: no API access, or not in this company
        """
        self = self._in_company(company_id)  # noqa: PLW0642
        partner_id = ApiReader(self.env, {"partner_id": partner_id}).whole("partner_id")
        if not partner_id:
            raise InvalidInput(self.env._("“partner_id” is missing."))
        partner = self._find_contacts([partner_id])
        customer = partner.commercial_partner_id
        profile = (
            self.env["customer.profile"]
            .sudo()
            .search([("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)])
        )
        return {
            "partner_id": partner.id,
            "name": partner.name or "",
            "customer_id": customer.id,
            "customer_name": customer.name or "",
            "reference": customer.ref or "",
            "currency": self._get_company_value(self.env.company.id, "currency_id").name,
            **self._get_standing(profile),
            "highlights": self._get_numbers(profile, HIGHLIGHTS),
            "sections": self._get_number_sections(profile),
            "interactions": self._get_latest_interactions(customer),
        }

    @api.model
    def _get_standing(self, profile):
        """Return where the customer stands, without amounts, by technical values."""
        return {
            "tier": profile.tier_id.name or "",
            **{name: profile[name] or "" for name in STANDING_FIELDS},
            "segment_sentence": profile.segment_sentence or "",
            "computing": profile._is_computing(self.env.company),
            **self._get_prediction(profile),
            "recommendations": self._get_recommendations(profile),
            "satisfaction": profile.satisfaction if profile else False,
        }

    @api.model
    def _get_prediction(self, profile):
        """Return what tells no amounts: why, how sure, how good the model was on the past.

        The numbers come with the section ``prediction``, as far as the user's groups allow.
        """
        model = self.env["customer.prediction.model"]._get_active(self.env.company)
        return {
            "expected_value_class": profile.expected_value_class or "",
            "prediction": {
                "sentence": profile.prediction_sentence or "",
                "reason": profile.prediction_reason or "no_purchase",
                "confidence": profile.prediction_confidence or "",
                "horizon_days": profile.prediction_horizon_days,
                "grade": model.grade or "",
                "date": model.date.isoformat() if model else "",
            },
        }

    @api.model
    def _get_recommendations(self, profile):
        """Return what is open to offer, two of every kind (docs/recommendations.md)."""
        found = (
            self.env["customer.recommendation"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", profile.partner_id.id),
                    ("company_id", "=", self.env.company.id),
                    ("state", "=", "open"),
                    ("rank", "<=", MAX_RECOMMENDATIONS),
                ],
                order="rank, kind, id",
            )
        )
        return [
            {
                "kind": one.kind,
                "product_id": one.product_id.id,
                "product": one.product_id.display_name,
                "reason": one.reason,
                "stock_status": one.stock_status,
            }
            for one in found
        ]

    @api.model
    def _get_number_sections(self, profile):
        sections = [
            {"key": key, "title": title, "items": self._get_numbers(profile, names)}
            for key, title, names in profile._get_card_sections()
        ]
        return [section for section in sections if section["items"]]

    @api.model
    def _get_numbers(self, profile, names):
        """Return the named numbers of the card as far as the user's groups allow them."""
        if not profile:
            return []
        # The groups of the user count, not those of the superuser who reads.
        model = self.env["customer.profile"].sudo(False)
        hidden = [
            name
            for name in names
            if (groups := model._fields[name].groups)
            and groups != GROUPS_STANDING
            and not self.env.user.has_groups(groups)
        ]
        items = profile._get_card_items([name for name in names if name not in hidden], set())
        return [
            {
                "name": item["name"],
                "label": item["label"],
                "type": item["type"],
                "value": self._plain(item["value"]),
            }
            for item in items
        ]

    @api.model
    def _plain(self, value):
        """Return a value as JSON and XML-RPC both have it."""
        if isinstance(value, date | datetime):
            return value.isoformat()
        if isinstance(value, tuple):  # many2one
            return value[1] or ""
        return False if value is None else value

    @api.model
    def _get_latest_interactions(self, customer):
        """Return the last interactions, those of branches only where the user may work there."""
        interactions = (
            self.env["customer.interaction"]
            .sudo()
            .search(
                [
                    ("customer_id", "=", customer.id),
                    ("company_id", "child_of", self.env.company.id),
                    ("company_id", "in", self.env.user.company_ids.ids),
                ],
                limit=SHOWN_INTERACTIONS,
            )
        )
        return [
            {
                "id": interaction.id,
                "date": f"{interaction.date.isoformat()}Z",
                "kind": interaction.kind,
                "direction": interaction.direction,
                "subject": interaction.subject,
                "outcome": interaction.outcome or "",
                "contact": interaction.partner_id.name or "",
                "user": interaction.user_id.name or "",
            }
            for interaction in interactions
        ]
