import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { writeDigits } from "../calendar/reader_number";
import { formatReaderDay } from "../calendar/reader_calendar";

const DIRECTION_ICONS = {
    in: "fa-arrow-down text-success",
    out: "fa-arrow-up text-info",
    both: "fa-exchange text-muted",
};

/** Who is calling: standing, last interactions, and what to do next. */
export class CallCard extends Component {
    static template = "customer_value.CallCard";
    static props = { call: Object, close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get title() {
        const { direction, state } = this.props.call;
        if (direction === "out") {
            return _t("Outgoing call");
        }
        return state === "answered" ? _t("Call in progress") : _t("Incoming call");
    }

    get name() {
        const { partner, lead, number } = this.props.call;
        if (partner || lead) {
            return (partner || lead).name;
        }
        return number ? _t("Unknown number") : _t("Withheld number");
    }

    get othersText() {
        return _t("Also: %s", this.props.call.others.join(", "));
    }

    get complaintsText() {
        return writeDigits(_t("Open complaints: %s", this.props.call.open_complaints));
    }

    formatDay(text) {
        return formatReaderDay(deserializeDateTime(text));
    }

    getDirectionIcon(direction) {
        return DIRECTION_ICONS[direction];
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: this.props.call.partner.id,
            views: [[false, "form"]],
        });
    }

    openInteraction(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "customer.interaction",
            res_id: id,
            views: [[false, "form"]],
            target: "new",
        });
    }

    log() {
        return this.run("action_log");
    }

    createLead() {
        return this.run("action_create_lead");
    }

    createComplaint() {
        return this.run("action_create_complaint");
    }

    async run(method) {
        const action = await this.orm.call("customer.call", method, [[this.props.call.id]]);
        await this.action.doAction(action);
    }
}
