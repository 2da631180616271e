import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { writeDigits } from "../calendar/reader_number";

/** Predicted against actual by tenth of customers, from the JSON field `chart` of a model. */
export class PredictionChart extends Component {
    static template = "customer_value.PredictionChart";
    static props = { ...standardFieldProps };

    get bars() {
        const deciles = this.props.record.data[this.props.name] || [];
        return deciles.map(({ decile, predicted, actual, customers }) => ({
            decile,
            predicted: predicted * 100,
            actual: actual * 100,
            title: writeDigits(
                _t("%(customers)s customers: %(predicted)s predicted, %(actual)s bought", {
                    customers,
                    predicted: formatPercentage(predicted),
                    actual: formatPercentage(actual),
                })
            ),
        }));
    }
}

registry.category("fields").add("customer_prediction_chart", {
    component: PredictionChart,
    displayName: _t("Predicted against actual"),
    supportedTypes: ["json"],
});
