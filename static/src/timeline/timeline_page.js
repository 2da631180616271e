import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { useNearby } from "./nearby";
import { formatAmount, formatTime, KIND_ICONS } from "./timeline_format";

/**
 * The entries of one request, by day.
 *
 * Far from what is visible only the room they take is kept, so that ten thousand entries weigh
 * no more on the browser than some hundred.
 */
export class TimelinePage extends Component {
    static template = "customer_value.TimelinePage";
    static props = { page: Object, kinds: Object, channels: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ openId: false, preview: null, isDrawn: true, height: 0 });
        useNearby(useRef("root"), (isNear, height) => this.onNearbyChange(isNear, height));
        this.formatAmount = formatAmount;
        this.formatTime = formatTime;
    }

    onNearbyChange(isNear, height) {
        if (!isNear && height && this.state.isDrawn) {
            this.state.height = height;
        }
        // Hidden altogether, as under another tab, a page has no height to keep room for.
        this.state.isDrawn = isNear || !this.state.height;
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
