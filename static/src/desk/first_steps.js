import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { parseFloat as parseNumber } from "@web/views/fields/parsers";
import { formatFloat } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { writeDigits } from "../calendar/reader_number";

const MODEL = "customer.first.steps";
const POLL_MS = 3000;
const PERSIAN_ZERO = "۰".codePointAt(0);

/** A number as its reader types it, Persian digits included. */
function readNumber(text) {
    const latin = (digit) => String(digit.codePointAt(0) - PERSIAN_ZERO);
    return parseNumber(text.replace(/[۰-۹]/g, latin) || "0");
}

/** What a company decides on its first day: each thing with what it does, costs, and its switch. */
export class FirstStepsList extends Component {
    static template = "customer_value.FirstStepsList";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.state = useState({ page: null, isBusy: false, undo: null, wrong: "" });
        onWillStart(() => this.load());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    async load() {
        this.show(await this.orm.call(MODEL, "get_steps", []));
    }

    /** Show the steps, and look again while something is being worked out. */
    show(page) {
        this.state.page = page;
        browser.clearTimeout(this.timer);
        if (page.steps.some((step) => step.state === "running")) {
            this.timer = browser.setTimeout(() => this.load(), POLL_MS);
        }
    }

    get doneText() {
        const { steps } = this.state.page;
        const count = steps.filter((step) => step.state === "on").length;
        return _t("%(done)s of %(total)s are on", {
            done: writeDigits(count),
            total: writeDigits(steps.length),
        });
    }

    getStateText(step) {
        return {
            on: _t("On"),
            off: _t("Off"),
            running: _t("Running"),
            waiting: _t("Waiting"),
        }[step.state];
    }

    getStateClass(step) {
        return {
            on: "text-bg-success",
            off: "text-bg-light border",
            running: "text-bg-info",
            waiting: "text-bg-warning",
        }[step.state];
    }

    hasSwitch(step) {
        return step.switch && !step.button && this.state.page.can_switch;
    }

    hasButton(step) {
        return step.switch && step.button && this.state.page.can_switch;
    }

    /** Switch; what takes something away from customers is asked first. */
    toggle(step, event) {
        const isOn = step.state !== "on";
        if (isOn || !step.confirm) {
            return this.change("switch", [step.key, isOn], step);
        }
        event.target.checked = true;
        this.dialog.add(ConfirmationDialog, {
            title: step.title,
            body: step.confirm,
            confirmLabel: _t("Switch off"),
            confirm: () => this.change("switch", [step.key, false], step),
            cancel: () => {},
        });
    }

    run(step) {
        return this.change("switch", [step.key, true]);
    }

    /** Do something once at a time; numbers that were there before can be put back. */
    async change(method, args, step) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        const before = (step?.inputs || []).map(({ name, value }) => [name, value]);
        try {
            this.show(await this.orm.call(MODEL, method, args));
            this.keepUndo(step, before);
        } finally {
            this.state.isBusy = false;
        }
    }

    /** Numbers that were taken away stay what is put back, also when suggestions came instead. */
    keepUndo(step, before) {
        const { undo } = this.state;
        const hadNone = before.every(([, value]) => !value);
        if (before.length && !(hadNone && undo?.key === step.key)) {
            this.state.undo = { key: step.key, values: Object.fromEntries(before) };
        } else if (!before.length) {
            this.state.undo = null;
        }
    }

    formatInput(input) {
        return formatFloat(input.value, { digits: [16, 2], trailingZeros: false });
    }

    /** Write one number; what is none is said beside the inputs. */
    async enter(step, input, text) {
        let value;
        try {
            value = readNumber(text);
        } catch {
            this.state.wrong = _t("“%s” is no number.", text);
            return;
        }
        this.state.wrong = value < 0 ? _t("A rate cannot be below 0.") : "";
        if (value >= 0 && value !== input.value) {
            await this.change("set_rates", [{ [input.name]: value }], step);
        }
    }

    undo() {
        return this.change("set_rates", [this.state.undo.values]);
    }

    open(step) {
        return this.action.doAction(step.action);
    }
}

/** The page with the list. */
export class FirstSteps extends Component {
    static template = "customer_value.FirstSteps";
    static components = { FirstStepsList, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.display = { controlPanel: {} };
    }
}

registry.category("actions").add("customer_value_first_steps", FirstSteps);
