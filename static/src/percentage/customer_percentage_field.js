import { registry } from "@web/core/registry";
import { PercentageField, percentageField } from "@web/views/fields/percentage/percentage_field";

/** A percentage that stays empty, instead of 0 %, when there is not enough data. */
export class CustomerPercentageField extends PercentageField {
    get formattedValue() {
        return this.props.record.data[this.props.name] === false ? "" : super.formattedValue;
    }
}

registry.category("fields").add("customer_percentage", {
    ...percentageField,
    component: CustomerPercentageField,
});
