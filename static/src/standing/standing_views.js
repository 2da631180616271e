import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

const SECONDS_BETWEEN_LOOKS = 10;

/**
 * Says above lists and charts of customers that what compares them is being computed anew, looks
 * again from time to time, and reads the customers again when it is done.
 */
export class StandingControlPanel extends ControlPanel {
    static template = "customer_value.StandingControlPanel";

    setup() {
        super.setup();
        this.state.isComputing = false;
        onMounted(() => this.look());
        onWillUnmount(() => browser.clearTimeout(this.nextLook));
    }

    async look() {
        const before = this.state.isComputing;
        const domain = [["is_computing", "=", true]];
        const count = this.orm.silent.searchCount("customer.profile", domain, { limit: 1 });
        // Who cannot be asked must not keep the list from being shown.
        this.state.isComputing = Boolean(await count.catch(() => 0));
        if (this.state.isComputing) {
            const wait = 1000 * SECONDS_BETWEEN_LOOKS;
            this.nextLook = browser.setTimeout(() => this.look(), wait);
        } else if (before) {
            this.env.searchModel.search();
        }
    }
}

/** Registers a view of customers that says so. */
export function addStandingView(type, view) {
    registry
        .category("views")
        .add(`customer_standing_${type}`, { ...view, ControlPanel: StandingControlPanel });
}

addStandingView("list", listView);
addStandingView("kanban", kanbanView);
