import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { CallCard } from "./call_card";

/** The cards of all calls that go on, the latest at the bottom; work goes on beside them. */
export class CallPopups extends Component {
    static template = "customer_value.CallPopups";
    static components = { CallCard };
    static props = {};

    setup() {
        this.service = useService("customer_call");
        this.calls = useState(this.service.calls);
    }
}

registry.category("main_components").add("customer_value.CallPopups", {
    Component: CallPopups,
    props: {},
});
