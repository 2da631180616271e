import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** A badge that says what no value means, in the words of the field, instead of nothing. */
export class CustomerStateBadge extends BadgeField {
    static template = "customer_value.CustomerStateBadge";

    get emptyLabel() {
        return this.props.record.fields[this.props.name].falsy_value_label || "";
    }

    /** Why, where the view has read it. */
    get meaning() {
        return this.props.record.data[`${this.props.name}_meaning`] || undefined;
    }
}

registry.category("fields").add("customer_state_badge", {
    ...badgeField,
    component: CustomerStateBadge,
});
