import { Chatter } from "@mail/chatter/web_portal/chatter";
import { Component, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Messages and activities of the customer's contact, on a record that has none of its own. */
export class CustomerChatter extends Component {
    static template = xml`
        <div t-if="partnerId" class="o_customer_chatter">
            <Chatter threadId="partnerId" threadModel="'res.partner'" has_activities="true"/>
        </div>`;
    static components = { Chatter };
    static props = { ...standardWidgetProps, partnerField: String };

    get partnerId() {
        return this.props.record.data[this.props.partnerField]?.id;
    }
}

registry.category("view_widgets").add("customer_chatter", {
    component: CustomerChatter,
    extractProps: ({ options }) => ({ partnerField: options.partner || "partner_id" }),
});
