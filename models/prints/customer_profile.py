from odoo import models
from odoo.exceptions import AccessError

from . import reader_text as reader
from .bar_chart import draw_bars

HABIT_FIELDS = (
    *("occasion_count_365", "gap_mean_days", "last_occasion_date", "next_purchase_date"),
    *("payment_days_late", "overdue_amount", "bad_debt_amount_365", "otif_ratio"),
    *("delivery_days_late", "complaint_open_count"),
)
# What the customer may read of the way to the next tier: no profit, no score of ours.
TOLD_RULES = ("revenue", "occasions", "days_late", "tenure_days")
TOLD_CHANGES = 6
# Months between two names below the chart.
NAMED_MONTHS = 3


class CustomerProfile(models.Model):
    """What is printed about a customer: their worth for managers, their loyalty for themselves."""

    _inherit = "customer.profile"

    # === VALUE STATEMENT ===

    def _get_value_statement(self):
        """Return what the value statement of one customer says, as texts in the user's language.

        :raise AccessError: for users who may not see cost and profit
        """
        self.ensure_one()
        self.check_access("read")
        if not self._has_field_access(self._fields["net_profit_365"], "read"):
            raise AccessError(
                self.env._(
                    "Value statements tell cost and profit: managers of Customer Value and "
                    "accountants can print them."
                )
            )
        today = self._get_today(self.company_id)
        return {
            "customer": self.partner_id.display_name,
            "company": self.company_id.name,
            "day": reader.write_date(self.env, today),
            "salesperson": self._get_printed_salesperson(),
            "standing": self._get_printed_standing(),
            "sentence": "" if self.is_computing else self.segment_sentence or "",
            "amounts": self._get_printed_amounts(),
            "drivers": self._get_printed_drivers(),
            "sums": self._get_printed_sums(),
            "habits": self._get_printed_items(HABIT_FIELDS),
            "outlook": self.prediction_sentence or "",
            "chart": self._get_printed_chart(),
        }

    def _get_printed_salesperson(self):
        name = self.partner_id.user_id.name
        return self.env._("Salesperson: %(name)s", name=name) if name else ""

    def _get_printed_standing(self):
        """Return (name, value) of tier, segment, stage, value class and satisfaction."""
        standing = self._get_card_standing()
        names = ["stage", "satisfaction_state"]
        if not self.is_computing:
            names += ["segment", "value_class"]
        rows = [(self.env._("Loyalty tier"), self.tier_id.name or "")]
        rows += [
            (self._fields[name]._description_string(self.env), standing[name]) for name in names
        ]
        return [(label, value or self.env._("Not enough data")) for label, value in rows]

    def _get_printed_amounts(self):
        """Return what the profit is made of: (name, how it is worked out, year, all time)."""
        sentences = {
            "revenue": self.env._("Invoices less credit notes, untaxed."),
            "gross_profit": self.env._("Revenue less the cost of the goods and cash discounts."),
            "cost_to_serve": self.env._("What serving the customer cost, each part below."),
            "net_profit": self.env._("Gross profit less the cost to serve."),
        }
        return [
            (
                self._fields[f"{name}_total"]._description_string(self.env),
                sentence,
                self._print_amount(f"{name}_365"),
                self._print_amount(f"{name}_total"),
            )
            for name, sentence in sentences.items()
        ]

    def _get_printed_drivers(self):
        """Return (name, quantity times rate, cost) of what serving cost in the last 365 days."""
        drivers = self.with_company(self.company_id)._get_cost_drivers()
        rows = []
        for driver, rate in drivers.items():
            quantity = self.sudo()[f"{driver}_365"]  # those who see the profit see its parts
            if not (rate and quantity):
                continue
            number = reader.write_number(
                self.env, quantity, 0 if quantity == round(quantity) else 1
            )
            per_unit = reader.write_digits(self.env, f"{rate:.6g}")
            name = self._fields[f"{driver}_365"]._description_string(self.env)
            rows.append((name, f"{number} × {per_unit}", self._print_money(quantity * rate)))
        return rows

    def _get_printed_sums(self):
        """Return the formulas with the customer's own numbers, as sentences."""
        sums = []
        if self.net_profit_365 is not False:
            sums.append(
                self.env._(
                    "Net profit of the last 365 days: %(gross)s gross profit − %(cost)s cost to "
                    "serve = %(net)s.",
                    gross=self._print_money(self.gross_profit_365),
                    cost=self._print_money(self.cost_to_serve_365),
                    net=self._print_money(self.net_profit_365),
                )
            )
        if self.lifetime_value is not False:
            sums.append(
                self.env._(
                    "Lifetime value: %(past)s net profit so far + %(future)s expected over the "
                    "time looked ahead = %(value)s.",
                    past=self._print_money(self.net_profit_total),
                    future=self._print_money(self.predicted_profit),
                    value=self._print_money(self.lifetime_value),
                )
            )
        else:
            sums.append(self.env._("Lifetime value: not enough data for a prediction."))
        return sums

    def _get_printed_items(self, names):
        """Return (name, value) of numbers of the profile the user may see and that are known."""
        rows = []
        for name in names:
            field = self._fields[name]
            if not self._has_field_access(field, "read") or self[name] is False:
                continue
            rows.append((field._description_string(self.env), self._print_value(name)))
        return rows

    def _print_value(self, name):
        """Return the value of one field as its reader writes it."""
        field, value = self._fields[name], self[name]
        if field.type == "date":
            return reader.write_date(self.env, value)
        if field.type == "monetary":
            return self._print_money(value)
        if name.endswith(("_ratio", "_probability")):
            return reader.write_percent(self.env, value)
        return reader.write_number(self.env, value, 1 if field.type == "float" else 0)

    def _print_money(self, value):
        return reader.write_money(self.env, value, self.currency_id)

    def _print_amount(self, name):
        """Return an amount, or that there is not enough data for it."""
        is_known = self[name] is not False
        return self._print_money(self[name]) if is_known else self.env._("Not enough data")

    def _get_printed_chart(self):
        """Return the bars of the revenue by month with the names below them; none without any."""
        trend = self._get_card_trend() or []
        if not trend:
            return False
        chart = draw_bars([point["amount"] for point in trend])
        months = [self._fields["last_occasion_date"].to_date(point["month"]) for point in trend]
        # Counted from the newest month, so that it has a name.
        for number, (bar, month) in enumerate(
            zip(reversed(chart["bars"]), reversed(months), strict=True)
        ):
            named = number % NAMED_MONTHS == 0
            bar["name"] = reader.write_month(self.env, month) if named else ""
        return chart | {"highest": self._print_money(max(point["amount"] for point in trend))}

    # === LOYALTY STATEMENT ===

    def _get_loyalty_statement(self):
        """Return what the loyalty statement tells the customer, in the customer's language.

        Nothing the user may not see, and nothing that is ours: no profit, no score.

        :raise AccessError: for users who may not read the profile
        """
        self.ensure_one()
        self.check_access("read")
        today = self._get_today(self.company_id)
        return {
            "customer": self.partner_id.display_name,
            "company": self.company_id.name,
            "day": reader.write_date(self.env, today),
            "tier": self.tier_id.name or "",
            "standing": self._get_told_standing(),
            "gives": self._get_told_benefits(),
            "next": self._get_told_progress(),
            "happened": self._get_told_history(),
            "points": self._get_loyalty_statement_points(),
        }

    def _get_loyalty_statement_points(self):
        """Return (name, value) about the customer's points, where there is a room of points."""
        field = self._fields.get("points_balance")
        if not field or not self._has_field_access(field, "read") or not self.has_points:
            return []
        balance = reader.write_number(self.env, self.points_balance)
        return [(field._description_string(self.env), balance)]

    def _get_told_standing(self):
        """Return since and until when the tier is held, as sentences."""
        if not self.tier_id:
            return [
                self.env._(
                    "You have no tier yet. With your next purchases you can reach the first one."
                )
            ]
        since = reader.write_date(self.env, self.tier_since_date)
        until = reader.write_date(self.env, self.tier_until_date)
        sentences = [self.env._("Your tier since %(day)s.", day=since)] if since else []
        if until:
            sentences.append(self.env._("It is yours until %(day)s at least.", day=until))
        return sentences

    def _get_told_benefits(self):
        """Return what the tier gives the customer, as sentences.

        Prices and payment terms stand on every quotation; a credit limit is for those who may
        read the journal of benefits.
        """
        journal = self.env["customer.benefit.grant"]
        told = {"pricelist", "payment_term"}
        if journal.has_access("read"):
            told.update({*self.env["customer.tier"]._get_benefit_kinds(), "gift"})
        grants = journal.sudo().search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "granted"),
                ("kind", "in", sorted(told)),
            ],
            order="id",
        )
        labels = dict(self.env["customer.tier"]._get_benefit_labels())
        gives = []
        for grant in grants:
            # The name of a pricelist is ours.
            is_prices = grant.kind == "pricelist"
            gives.append(
                self.env._("Special prices on everything you buy from us.")
                if is_prices
                else f"{labels.get(grant.kind, grant.kind)}: "
                f"{reader.write_digits(self.env, grant.new_text)}"
            )
        tier = self.tier_id
        if tier and tier.points_multiplier != 1:
            times = reader.write_digits(self.env, f"{tier.points_multiplier:g}")
            gives.append(self.env._("Your loyalty points count %(times)s times.", times=times))
        return gives + [line for line in (tier.benefit_text or "").splitlines() if line.strip()]

    def _get_told_progress(self):
        """Return the next tier and how far its rules are met; ``False`` for the highest."""
        explanation = self.tier_explanation or {}
        following = explanation.get("next")
        if not following:
            return False
        tier = self.env["customer.tier"].browse(following["id"])
        told = [rule for rule in following["rules"] if rule["rule"] in TOLD_RULES]
        return {
            "name": following["name"],
            "sentence": self.env._(
                "The next tier is %(tier)s. Counted over: %(window)s.",
                tier=following["name"],
                window=following["window"],
            ),
            "rules": [self._get_told_rule(rule) for rule in told],
            "has_more": len(told) < len(tier._get_limits()),
        }

    def _get_told_rule(self, rule):
        """Return one rule: name, what is needed, what is reached, and the percent of the way."""
        limit, value = rule["limit"], rule["value"]
        is_known = value is not False
        is_most = rule["rule"] == "days_late"
        reached = value / limit if is_known and limit > 0 and not is_most else float(rule["met"])
        return {
            "label": rule["label"],
            "limit": self._print_rule(rule, limit),
            "value": self._print_rule(rule, value) if is_known else self.env._("Not known yet"),
            "met": rule["met"],
            "percent": round(100 * min(max(reached, 0.0), 1.0)),
        }

    def _print_rule(self, rule, value):
        return (
            self._print_money(value) if rule["is_money"] else reader.write_number(self.env, value)
        )

    def _get_told_history(self):
        """Return (day, what happened) of the latest changes of tier, newest first."""
        told = []
        for change in self.tier_change_ids[:TOLD_CHANGES]:
            old, new = change.old_tier_id.name, change.new_tier_id.name
            if new and old == new:
                text = self.env._("You keep %(tier)s for longer", tier=new)
            elif new and old:
                text = self.env._("From %(old)s to %(new)s", old=old, new=new)
            elif new:
                text = self.env._("You became a %(new)s customer", new=new)
            else:
                text = self.env._("%(old)s ended", old=old)
            told.append((reader.write_date(self.env, change.date), text))
        return told
