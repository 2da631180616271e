import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { formatAmount, formatTime, KIND_ICONS } from "./timeline_format";

/** The entries of one day; drawn again only when the day gets more of them. */
export class TimelineDay extends Component {
    static template = "customer_value.TimelineDay";
    static props = { day: Object, kinds: Object, channels: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ openId: false, preview: null });
        this.formatAmount = formatAmount;
        this.formatTime = formatTime;
    }

    getIcon(entry) {
        return KIND_ICONS[entry.kind] || KIND_ICONS.other;
    }

    getDirection(entry) {
        return {
            in: _t("Incoming"),
            out: _t("Outgoing"),
            both: _t("Both ways"),
            none: "",
        }[entry.direction];
    }

    /** What the preview tells besides the text: label and value. */
    getFacts(entry) {
        return [
            [_t("Channel"), this.props.channels[entry.channel]],
            [_t("Direction"), this.getDirection(entry)],
            [_t("Status"), entry.status],
            [_t("Amount"), formatAmount(entry)],
            [_t("Contact"), entry.partner],
            [_t("Our person"), entry.user],
        ].filter(([, value]) => value);
    }

    async togglePreview(entry) {
        if (this.state.openId === entry.id) {
            this.state.openId = false;
            return;
        }
        this.state.openId = entry.id;
        this.state.preview = null;
        const preview = await this.orm.call("customer.timeline", "get_preview", [[entry.id]]);
        if (this.state.openId === entry.id) {
            this.state.preview = preview;
        }
    }

    async openDocument(entry) {
        await this.action.doAction(
            await this.orm.call("customer.timeline", "action_open_document", [[entry.id]])
        );
    }
}
