import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { CustomerCard } from "./customer_card";

/**
 * The customer card as a field: on a many2one to customer.profile, or on the id of a profile.
 *
 * Option `compact`: only the standing and the most important numbers, in one strip.
 * Option `hide_standing`: leave out the badges of a form that shows them elsewhere.
 */
export class CustomerCardField extends Component {
    static template = "customer_value.CustomerCardField";
    static components = { CustomerCard };
    static props = {
        ...standardFieldProps,
        compact: { type: Boolean, optional: true },
        hideStanding: { type: Boolean, optional: true },
        hasBanner: { type: Boolean, optional: true },
    };

    setup() {
        this.state = useState({ profileId: false, version: 0, said: "" });
        useRecordObserver((record) => {
            const value = record.data[this.props.name];
            this.state.profileId = (value?.id ?? value) || false;
            // A reloaded record brings new numbers under the same id.
            this.state.version++;
            this.state.said = record.data.list_reason || "";
        });
    }
}

registry.category("fields").add("customer_value_card", {
    component: CustomerCardField,
    displayName: _t("Customer card"),
    supportedTypes: ["many2one", "integer"],
    supportedOptions: [
        { label: _t("Compact"), name: "compact", type: "boolean" },
        { label: _t("Hide standing"), name: "hide_standing", type: "boolean" },
        { label: _t("Below a banner"), name: "banner", type: "boolean" },
    ],
    extractProps: ({ options }) => ({
        compact: Boolean(options.compact),
        hideStanding: Boolean(options.hide_standing),
        hasBanner: Boolean(options.banner),
    }),
});
