import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";

/** In pivots: a share of nothing stays empty, instead of 0 %. */
function formatCustomerPercentage(value, options) {
    return value === false ? "" : formatPercentage(value, options);
}
formatCustomerPercentage.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("customer_percentage", formatCustomerPercentage);
