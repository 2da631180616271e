import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "customer.first.steps";
const POLL_MS = 3000;

/** What a company decides on its first day: each thing with what it does, costs, and its switch. */
export class FirstStepsList extends Component {
    static template = "customer_value.FirstStepsList";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ page: null, isBusy: false });
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
        return _t("%(done)s of %(total)s are on", { done: count, total: steps.length });
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

    async toggle(step) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            this.show(await this.orm.call(MODEL, "switch", [step.key, step.state !== "on"]));
        } finally {
            this.state.isBusy = false;
        }
    }

    async run(step) {
        this.show(await this.orm.call(MODEL, "switch", [step.key, true]));
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
