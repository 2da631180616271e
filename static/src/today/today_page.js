import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { writeDigits } from "../calendar/reader_number";
import { formatReaderDay } from "../calendar/reader_calendar";

const MODEL = "customer.today";
// Reasons for which it is worth asking why a customer has gone.
const LEAVING_KINDS = ["slipping"];
// By the place of the key, so that they work with a Persian keyboard, too.
const KEYS = { KeyL: "log", KeyM: "mail", KeyS: "later", KeyN: "notNow", Enter: "open" };

/**
 * Who to contact today and why; all that is done with a customer is done from here.
 *
 * A row leaves when the server no longer names the customer: nothing is ticked off by hand.
 */
export class TodayPage extends Component {
    static template = "customer_value.TodayPage";
    static components = { DateTimeInput, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        this.state = useState({ day: null, isTeam: false, openId: false, panel: "" });
        onWillStart(() => this.begin());
    }

    /** Who leads but has no customers to contact begins with those of the team. */
    async begin() {
        await this.load();
        const { can_team: canTeam, empty } = this.state.day;
        if (canTeam && empty === "nothing") {
            await this.toggleTeam();
        }
    }

    async load() {
        this.state.day = await this.orm.call(MODEL, "get_day", [this.state.isTeam]);
        this.state.openId = false;
    }

    get headline() {
        const { rows, total } = this.state.day;
        return _t("%(shown)s of %(total)s customers with a reason to contact them today", {
            shown: writeDigits(rows.length),
            total: writeDigits(total),
        });
    }

    getBandText(row) {
        return {
            high: _t("Much at stake"),
            medium: _t("Something at stake"),
            low: _t("Little at stake"),
        }[row.band];
    }

    getBandClass(row) {
        return {
            high: "text-bg-danger",
            medium: "text-bg-warning",
            low: "text-bg-light border",
        }[row.band];
    }

    getPhoneUri(row) {
        return `tel:${row.phone.replace(/[^\d+*#]/g, "")}`;
    }

    get emptyTexts() {
        return {
            no_profiles: [
                _t("No customer has been worked out yet"),
                _t(
                    "Customers appear here once they have been invoiced and their numbers worked out."
                ),
            ],
            put_off: [
                _t("Nobody left for today"),
                _t("Whoever you have put aside comes back on the day you chose."),
            ],
            contacted: [
                _t("Nobody left for today"),
                _t("Everybody with a reason has been contacted today, or tried to be."),
            ],
            nothing: [
                _t("Nobody needs to be contacted today"),
                this.state.isTeam
                    ? _t("Among all customers, none waits for us and none is due.")
                    : _t(
                          "Among the customers you are responsible for, and those of nobody, none waits for us and none is due."
                      ),
            ],
        }[this.state.day.empty];
    }

    get tomorrow() {
        return today().plus({ days: 1 });
    }

    get days() {
        const day = today();
        return [
            [_t("Tomorrow"), serializeDate(this.tomorrow)],
            [_t("In a week"), serializeDate(day.plus({ days: 7 }))],
            [_t("In a month"), serializeDate(day.plus({ months: 1 }))],
        ];
    }

    async toggleTeam() {
        this.state.isTeam = !this.state.isTeam;
        await this.load();
    }

    toggle(row, panel) {
        const isOpen = this.state.openId === row.id && this.state.panel === panel;
        this.state.openId = !isOpen && row.id;
        this.state.panel = panel;
    }

    onKeydown(event, row) {
        if (
            event.target !== event.currentTarget ||
            event.ctrlKey ||
            event.altKey ||
            event.metaKey
        ) {
            return;
        }
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) {
            event.preventDefault();
            const rows = [...this.root.el.querySelectorAll(".o_customer_today_row")];
            rows[rows.indexOf(event.currentTarget) + step]?.focus();
        } else if (KEYS[event.code]) {
            event.preventDefault();
            this[KEYS[event.code]](row);
        }
    }

    /** The profile is the place to work; a contact without one is opened itself. */
    open(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.profile_id ? "customer.profile" : "res.partner",
            res_id: row.profile_id || row.id,
            views: [[false, "form"]],
        });
    }

    /** What to offer, where each product is a click away from a quotation. */
    async openOffers(row) {
        const action = await this.orm.call("res.partner", "action_open_recommendations", [
            [row.id],
        ]);
        await this.action.doAction(action);
    }

    log(row) {
        return this.action.doAction("customer_value.customer_interaction_log_action", {
            additionalContext: {
                active_model: "res.partner",
                active_id: row.id,
                active_ids: [row.id],
            },
            onClose: () => this.load(),
        });
    }

    isLeaving(row) {
        return this.state.day.can_log && LEAVING_KINDS.includes(row.kind);
    }

    interview(row) {
        return this.action.doAction("customer_value.customer_lost_interview_action_new", {
            additionalContext: { default_partner_id: row.id },
            onClose: () => this.load(),
        });
    }

    mail(row) {
        if (!row.mail_partner_id) {
            return;
        }
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Write a mail"),
                res_model: "mail.compose.message",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_model: "res.partner",
                    default_res_ids: [row.id],
                    default_partner_ids: [row.mail_partner_id],
                    default_composition_mode: "comment",
                },
            },
            { onClose: () => this.load() }
        );
    }

    later(row) {
        this.toggle(row, "later");
    }

    notNow(row) {
        this.toggle(row, "notNow");
    }

    async putOff(row, day) {
        const until = writeDigits(formatReaderDay(deserializeDate(day)));
        const message = _t("%(name)s comes back on %(day)s.", { name: row.name, day: until });
        await this.putAside("put_off", [row.id, day], message);
    }

    async putOffUntil(row, day) {
        if (day) {
            await this.putOff(row, serializeDate(day));
        }
    }

    async refuse(row, reason) {
        const args = [row.id, row.kind, reason];
        await this.putAside("not_now", args, _t("Not now: %s", row.name));
    }

    /** Put a row aside and offer to take that back. */
    async putAside(method, args, message) {
        const id = await this.orm.call(MODEL, method, args);
        const close = this.notification.add(message, {
            type: "info",
            className: "o_customer_today_put_aside",
            buttons: [
                {
                    name: _t("Undo"),
                    icon: "fa-undo",
                    onClick: async () => {
                        close();
                        await this.orm.call(MODEL, "take_back", [id]);
                        await this.load();
                    },
                },
            ],
        });
        await this.load();
    }
}

registry.category("actions").add("customer_value_today", TodayPage);
