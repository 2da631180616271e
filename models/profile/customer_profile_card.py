from odoo import api, models

from ..calendar.reader_number import write_money
from ..guard.plural import count_days

# The card shows the latest changes; the journal has them all.
SHOWN_TIER_CHANGES = 5
PERCENT_FIELDS = {
    "revenue_change_ratio",
    "cost_estimated_ratio",
    "paid_ratio_365",
    "otif_ratio",
    "alive_probability",
    "churn_probability",
}
DEFAULT_DIGITS = (16, 1)
SCORE_FIELDS = ("rfm_recency", "rfm_frequency", "rfm_monetary")
STANDING_FIELDS = ("segment", "stage", "value_class", "satisfaction_state")
# What compares customers, and is left out while it is being computed.
COMPARING_FIELDS = ("segment", "segment_sentence", "value_class")
HIGHLIGHTS = (
    "revenue_365",
    "net_profit_365",
    "payment_days_late",
    "overdue_amount",
    "last_occasion_date",
    "satisfaction",
)
SECTION_FIELDS = {
    "own": ("own_revenue_365",),
    "revenue": ("revenue_total", "revenue_365", "revenue_previous_365", "revenue_change_ratio"),
    "profit": (
        "gross_profit_365",
        "cash_discount_amount_365",
        "cost_to_serve_365",
        "net_profit_365",
        "net_profit_total",
        "cost_estimated_ratio",
    ),
    "payment": (
        "overdue_amount",
        "payment_days_late",
        "paid_invoice_count_365",
        "paid_ratio_365",
        "bad_debt_amount_365",
        "bad_debt_amount_total",
    ),
    "orders": (
        "open_quotation_count",
        "open_quotation_amount",
        "open_order_count",
        "open_order_amount",
    ),
    "delivery": ("delivery_count_365", "return_count_365", "otif_ratio", "delivery_days_late"),
    "rhythm": (
        "occasion_count",
        "occasion_count_365",
        "first_occasion_date",
        "last_occasion_date",
        "gap_mean_days",
        "gap_p80_days",
    ),
}
# About half the usual payment term of 30 days: later than that is no oversight.
LATE_PAYER_DAYS = 15
ALERT_LEVELS = ("danger", "warning", "info")


class CustomerProfile(models.Model):
    """The customer card: one reading of the profile for contact, invoice and quotation.

    What must not be overlooked about a customer when a document is made for them.
    """

    _inherit = "customer.profile"

    @api.model
    def _get_card_sections(self):
        """Return the sections of the card: (key, title, profile fields), in order.

        Extended by every feature that adds numbers to the profile. Fields the user may not
        see are left out, and sections that become empty.
        """
        titles = {
            "own": self.env._("Your sales"),
            "revenue": self.env._("Revenue"),
            "profit": self.env._("Profit, last 365 days"),
            "payment": self.env._("Payment"),
            "orders": self.env._("Quotations and orders"),
            "delivery": self.env._("Delivery"),
            "rhythm": self.env._("Purchases"),
        }
        if self._has_field_access(self._fields["revenue_365"], "read"):
            titles.pop("own")  # part of the revenue that is shown
        return [(key, title, SECTION_FIELDS[key]) for key, title in titles.items()]

    @api.model
    def _find_profiles(self, documents, get_customer):
        """Return document -> profile of its customer in its company: one query for all.

        :param get_customer: from document to commercial partner
        """
        pairs = {
            document: (get_customer(document)._origin, document.company_id._origin)
            for document in documents
        }
        profiles = self.browse()
        if self.has_access("read"):
            profiles = self.search_fetch(
                [
                    ("partner_id", "in", [partner.id for partner, _company in pairs.values()]),
                    ("company_id", "in", [company.id for _partner, company in pairs.values()]),
                ],
                ["partner_id", "company_id"],
            )
        found = {(profile.partner_id, profile.company_id): profile for profile in profiles}
        return {document: found.get(pair, self.browse()) for document, pair in pairs.items()}

    @api.readonly
    def get_card(self, compact=False):
        """Return what the customer card shows, as far as the user may see it. Public: RPC.

        :param bool compact: only the standing and the highlights (invoice and quotation)
        :return: JSON dictionary. ``computing``: a sentence while segment, value class, scores
            and prediction are being computed and therefore left out, else "";
            ``standing``: tier, segment, stage, value class and state of satisfaction, in words,
            ``segment_sentence``; ``alerts``: key, level and message, the gravest first;
            ``highlights`` and the ``items`` of ``sections``: name, label, help, type, value
            (``False``: not enough data), whether ``action_open_documents`` opens it; in full
            also ``scores``, ``trend``, ``explanation``, ``override`` and ``tier_changes``
        :raise AccessError: when the user may not read the profile
        """
        self.ensure_one()
        self.check_access("read")
        openable = self._get_openable_metrics()
        card = {
            "id": self.id,
            "customer": self.display_name,
            "currency_id": self.currency_id.id,
            "standing": self._get_card_standing(),
            "highlights": self._get_card_items(HIGHLIGHTS, openable),
            "alerts": self._get_card_alerts(),
            "computing": self._get_computing_sentence() if self.is_computing else "",
        }
        if self.is_computing:
            card["standing"] |= dict.fromkeys(COMPARING_FIELDS, False)
        if compact:
            return card
        sections = [
            {"key": key, "title": title, "items": self._get_card_items(names, openable)}
            for key, title, names in self._get_card_sections()
        ]
        return card | {
            "sections": [section for section in sections if section["items"]],
            "scores": [] if self.is_computing else self._get_card_items(SCORE_FIELDS, openable),
            "trend": self._get_card_trend(),
            "explanation": self._get_card_explanation(),
            "override": self._get_card_override(),
            "tier_changes": self._get_card_tier_changes(),
        }

    def _read_card_field(self, name):
        """Return a field's value, ``False`` when the user may not see it."""
        return self._has_field_access(self._fields[name], "read") and self[name]

    def _get_card_trend(self):
        """Return the months of the trend, none without revenue; ``False`` without the right."""
        may_see = self._has_field_access(self._fields["revenue_trend"], "read")
        return may_see and (self.revenue_trend or [])

    def _get_card_explanation(self):
        """Return the tier explanation, with the number of rules the user may not see."""
        explanation = self._read_card_field("tier_explanation")
        for part in filter(None, (explanation or {}).values()):
            tier = self.env["customer.tier"].browse(part["id"])
            part["hidden"] = len(tier._get_limits()) - len(part["rules"])
        return explanation

    def _get_card_standing(self):
        """Return tier, segment, stage and value class with their labels."""
        tier = self.tier_id
        return {
            "tier": {"name": tier.name, "icon": tier.icon, "color": tier.color} if tier else False,
            **{name: self._get_selection_label(name) for name in STANDING_FIELDS},
            "segment_sentence": self.segment_sentence,
        }

    def _get_selection_label(self, name):
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], False)

    def _get_card_items(self, names, openable):
        """Return the named numbers the user may see, with what is needed to show them."""
        items = []
        for name in names:
            field = self._fields[name]
            if not self._has_field_access(field, "read"):
                continue
            items.append(
                {
                    "name": name,
                    "label": field._description_string(self.env),
                    "help": field._description_help(self.env) or "",
                    "type": "percent" if name in PERCENT_FIELDS else field.type,
                    "value": field.convert_to_read(self[name], self),
                    "digits": (field.get_digits(self.env) or DEFAULT_DIGITS)[1]
                    if field.type == "float"
                    else 0,
                    "opens": name in openable,
                    "detail": self._get_card_detail(name),
                }
            )
        return items

    def _get_card_detail(self, name):
        """Return one line of explanation per part of a number; empty for most numbers."""
        if name not in ("cost_to_serve_365", "cost_to_serve_total"):
            return []
        window = name.rpartition("_")[2]
        drivers = self.with_company(self.company_id)._get_cost_drivers()
        lines = []
        for driver, rate in drivers.items():
            quantity = self.sudo()[f"{driver}_{window}"]
            if rate and quantity:
                field = self._fields[f"{driver}_{window}"]
                amount = write_money(self.env, quantity * rate, self.currency_id)
                lines.append(f"{field._description_string(self.env)}: {amount}")
        return lines

    def _get_card_override(self):
        """Return by whom, why and until when the tier was set by hand; ``False`` if it was not."""
        if not self.override_tier_id:
            return False
        return {
            "until": self.override_until_date.isoformat(),
            "reason": self.override_reason or "",
            "user": self.override_user_id.sudo().name or "",
        }

    def _get_card_tier_changes(self):
        """Return the latest tier changes, newest first."""
        labels = dict(self.tier_change_ids._fields["reason"]._description_selection(self.env))
        return [
            {
                "id": change.id,
                "date": change.date.isoformat(),
                "from": change.old_tier_id.name or "",
                "to": change.new_tier_id.name or "",
                "reason": labels[change.reason],
                "note": change.note or "",
            }
            for change in self.tier_change_ids[:SHOWN_TIER_CHANGES]
        ]

    def _get_document_alerts(self):
        """Return the banner of a document of this customer: the gravest alert, the card has all.

        :rtype: dict as the widget ``actionable_errors`` shows it; empty without a profile
        """
        if not self:
            return {}
        self.ensure_one()
        return {
            f"customer_value_{key}": {
                "level": level,
                "message": message,
                "action_text": self.env._("View customer"),
                "action": self._get_form_action(),
            }
            for key, (level, message) in self._get_sorted_alerts()[:1]
        }

    def _get_sorted_alerts(self):
        """Return (key, (level, message)) of the alerts, the gravest first."""
        return sorted(self._get_alerts().items(), key=lambda alert: ALERT_LEVELS.index(alert[1][0]))

    def _get_card_alerts(self):
        """Return the alerts for the card, without the tier, which it shows anyway."""
        return [
            {"key": key, "level": level, "message": message}
            for key, (level, message) in self._get_sorted_alerts()
            if key != "tier"
        ]

    def _get_alerts(self):
        """Return key -> (level, message) for one customer; extended by other features."""
        self.ensure_one()
        alerts = self._get_payment_alerts()
        if tier := self.tier_id:
            message = self.env._(
                "%(customer)s is a %(tier)s customer.", customer=self.display_name, tier=tier.name
            )
            alerts["tier"] = ("info", message)
        profit = self._read_card_field("net_profit_365")
        if profit and profit < 0:
            message = self.env._(
                "%(customer)s cost more than they brought in over the last 365 days: a loss of "
                "%(amount)s.",
                customer=self.display_name,
                amount=write_money(self.env, -profit, self.currency_id),
            )
            alerts["loss"] = ("danger", message)
        return alerts

    def _get_payment_alerts(self):
        """Return the alerts about overdue amounts and late payment."""
        alerts = {}
        overdue = self._read_card_field("overdue_amount")
        if overdue and overdue > 0:
            message = self.env._(
                "%(customer)s has %(amount)s overdue.",
                customer=self.display_name,
                amount=write_money(self.env, overdue, self.currency_id),
            )
            alerts["overdue"] = ("warning", message)
        days = self._read_card_field("payment_days_late")
        if days and days > LATE_PAYER_DAYS:
            message = self.env._(
                "%(customer)s pays %(days)s late on average.",
                customer=self.display_name,
                days=count_days(self.env, round(days)),
            )
            alerts["late"] = ("warning", message)
        return alerts
