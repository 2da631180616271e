import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Timeline } from "./timeline";

/**
 * The timeline on the form of a contact; contacts show the one of their company.
 *
 * On another form, the option `partner` names the field with the contact.
 */
export class TimelineWidget extends Component {
    static template = "customer_value.TimelineWidget";
    static components = { Timeline };
    static props = { ...standardWidgetProps, partnerField: { type: String, optional: true } };

    setup() {
        this.state = useState({ customerId: false, version: 0 });
        useRecordObserver((record) => {
            // Saved or reloaded, a record gets new `data`: then there may be new entries as well.
            const { partnerField } = this.props;
            const id = partnerField ? record.data[partnerField]?.id : record.data && record.resId;
            this.state.customerId = id || false;
            this.state.version++;
        });
    }
}

registry.category("view_widgets").add("customer_timeline", {
    component: TimelineWidget,
    extractProps: ({ options }) => ({ partnerField: options.partner }),
});
