import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";

/** Why the customer holds this tier, and what is missing for the next one. */
export class TierExplanation extends Component {
    static template = "customer_value.TierExplanation";
    static props = {
        explanation: { type: Object },
        currencyId: { type: Number },
        isManual: { type: Boolean, optional: true },
    };

    get parts() {
        const { current, next } = this.props.explanation;
        return [
            current && {
                key: "current",
                title: _t("Why %(tier)s", { tier: current.name }),
                tier: current,
            },
            next && {
                key: "next",
                title: _t("What is missing for %(tier)s", { tier: next.name }),
                tier: next,
            },
        ].filter(Boolean);
    }

    format(rule, value) {
        if (value === false || value === null) {
            return _t("Not enough data");
        }
        return rule.is_money
            ? formatMonetary(value, { currencyId: this.props.currencyId })
            : formatFloat(value, { digits: [16, 1], trailingZeros: false });
    }

    getVerdict(rule) {
        return rule.met ? _t("Met") : _t("Not met");
    }

    /** Share of the way to the limit, 0 to 100; rules with an upper limit are met or not. */
    getProgress(rule) {
        if (rule.met) {
            return 100;
        }
        if (!rule.value || rule.rule === "days_late" || rule.limit <= 0) {
            return 0;
        }
        return Math.max(0, Math.min(99, Math.floor((rule.value / rule.limit) * 100)));
    }
}
