import { Component } from "@odoo/owl";

/** Colours of the grade of a model: how it did on held-out history. */
const GRADE_CLASSES = { A: "text-bg-success", B: "text-bg-warning", C: "text-bg-danger" };
const BAND_CLASSES = {
    low: "text-bg-success",
    medium: "text-bg-warning",
    high: "text-bg-danger",
};
const VERDICT_CLASSES = {
    offer: "text-bg-success",
    contact: "text-bg-info",
    let_go: "text-bg-secondary",
    stays: "text-bg-light border",
};

/** Will they stay, when do they buy next, what are they worth: with how sure that is. */
export class PredictionCard extends Component {
    static template = "customer_value.PredictionCard";
    static props = { prediction: Object };

    get gradeClass() {
        return GRADE_CLASSES[this.props.prediction.grade];
    }

    get bandClass() {
        return BAND_CLASSES[this.props.prediction.band];
    }

    get verdictClass() {
        return VERDICT_CLASSES[this.props.prediction.retention.verdict] ?? "text-bg-light border";
    }
}
