import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

import { writeDigits } from "../calendar/reader_number";
import { PredictionCard } from "../prediction/prediction_card";
import { RevenueTrend } from "../revenue_trend/revenue_trend";
import { TierExplanation } from "../tier_explanation/tier_explanation";
import { formatDay, formatItem } from "./formatting";

/**
 * What the company knows about a customer, as far as the user may see it.
 *
 * Contact and profile show it in full, invoice and quotation as one compact strip. Every number
 * that is made of documents is a button that opens them.
 */
export class CustomerCard extends Component {
    static template = "customer_value.CustomerCard";
    static components = { PredictionCard, RevenueTrend, TierExplanation };
    static props = {
        profileId: { type: [Number, Boolean] },
        version: { type: Number, optional: true },
        compact: { type: Boolean, optional: true },
        hideStanding: { type: Boolean, optional: true },
        hasBanner: { type: Boolean, optional: true },
        said: { type: String, optional: true },
    };
    static defaultProps = { compact: false, hideStanding: false, hasBanner: false, said: "" };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ card: null });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => {
            if (next.profileId !== this.props.profileId || next.version !== this.props.version) {
                return this.load(next);
            }
        });
    }

    async load({ profileId, compact }) {
        const card = profileId
            ? this.orm.call("customer.profile", "get_card", [[profileId]], { compact })
            : Promise.resolve(null);
        this.state.card = await this.keepLast.add(card);
    }

    get standing() {
        const {
            segment,
            segment_sentence: sentence,
            stage,
            stage_meaning: stageMeaning,
            value_class: valueClass,
            value_class_meaning: classMeaning,
            satisfaction_state: satisfaction,
            satisfaction_basis: basis,
        } = this.state.card.standing;
        return [
            {
                key: "segment",
                icon: "fa-users",
                label: _t("Segment"),
                value: segment,
                title: sentence && `${_t("Segment")}: ${sentence}`,
            },
            {
                key: "stage",
                icon: "fa-refresh",
                label: _t("Lifecycle stage"),
                value: stage,
                title: stageMeaning && `${_t("Lifecycle stage")}: ${stageMeaning}`,
            },
            {
                key: "value_class",
                icon: "fa-pie-chart",
                label: _t("Value class"),
                value: valueClass,
                title: classMeaning && `${_t("Value class")}: ${classMeaning}`,
            },
            {
                key: "satisfaction",
                icon: "fa-smile-o",
                label: _t("Satisfaction"),
                value: satisfaction,
                title: basis && `${_t("Satisfaction")}: ${basis}`,
            },
        ].filter((entry) => entry.value);
    }

    /** What the segment means, unless the form says it above. */
    get segmentSentence() {
        const { segment_sentence: sentence } = this.state.card.standing;
        return sentence && !this.props.said.includes(sentence) ? sentence : "";
    }

    /** What must not be overlooked; the banner of a document already tells the gravest. */
    get alerts() {
        return this.state.card.alerts.slice(this.props.hasBanner ? 1 : 0);
    }

    /** The strip on a document says what is known, and nothing else. */
    get highlights() {
        return this.state.card.highlights.filter((item) => item.value !== false);
    }

    /** Sections with what is known: it stands first, what is not known is folded below. */
    get sections() {
        return this.state.card.sections
            .map((section) => ({
                ...section,
                items: section.items.filter((item) => item.value !== false),
            }))
            .filter((section) => section.items.length);
    }

    get missing() {
        return this.state.card.sections
            .flatMap((section) => section.items)
            .filter((item) => item.value === false);
    }

    get missingText() {
        const count = this.missing.length;
        return count === 1
            ? _t("Not enough data yet for 1 number")
            : _t("Not enough data yet for %s numbers", writeDigits(count));
    }

    format(item) {
        return formatItem(item, this.state.card.currency_id);
    }

    formatDay(value) {
        return formatDay(value);
    }

    getTitle(item) {
        return [item.help, ...item.detail].filter(Boolean).join("\n");
    }

    getValueClass(item) {
        if (item.value === false) {
            return "o_customer_card_unknown";
        }
        const isBad =
            (item.name === "overdue_amount" && item.value > 0) ||
            (["monetary", "percent"].includes(item.type) && item.value < 0);
        return isBad ? "o_customer_card_bad" : "";
    }

    /** Scores are 1 to 5: show them as dots. */
    getDots(item) {
        return [1, 2, 3, 4, 5].map((step) => step <= item.value);
    }

    async openDocuments(item) {
        const action = await this.orm.call(
            "customer.profile",
            "action_open_documents",
            [[this.state.card.id]],
            { context: { metric: item.name } }
        );
        await this.action.doAction(action);
    }

    openProfile() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Customer value"),
            res_model: "customer.profile",
            res_id: this.state.card.id,
            views: [[false, "form"]],
        });
    }
}
