import { describe, expect, queryAll, queryAllAttributes, queryAllTexts, test } from "@odoo/hoot";
import {
    defineModels,
    fields,
    models,
    mountView,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";

import { PredictionCard } from "@customer_value/prediction/prediction_card";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

function makePrediction(values = {}) {
    return {
        missing: "",
        sentence: "Buys every month.",
        answers: [
            {
                key: "stay",
                question: "Will they stay?",
                answer: "80 % buy",
                note: "Like 12 others",
            },
            { key: "next", question: "Next purchase around", answer: "Not enough data", note: "" },
        ],
        confidence: "High",
        grade: "B",
        grade_text: "Better than guessing",
        retention: { verdict: "offer", label: "Make an offer", sum: "100 against 20" },
        ...values,
    };
}

async function mountPrediction(values) {
    await mountWithCleanup(PredictionCard, { props: { prediction: makePrediction(values) } });
}

test("the answers, how sure they are, and whether the customer is worth it", async () => {
    await mountPrediction();
    expect(queryAllTexts("[data-answer]")).toEqual([
        "Will they stay?\n80 % buy\nLike 12 others",
        "Next purchase around\nNot enough data",
    ]);
    expect(".o_customer_prediction_confidence").toHaveText("Confidence: High");
    expect(".o_customer_prediction_grade").toHaveText("Grade B");
    expect(".o_customer_prediction_grade").toHaveClass("text-bg-warning");
    expect(".o_customer_prediction_grade").toHaveAttribute("data-tooltip", "Better than guessing");
    expect(".o_customer_prediction_retention .badge").toHaveText("Make an offer");
    expect(".o_customer_prediction_retention .badge").toHaveClass("text-bg-success");
});

test("without enough data there is the reason, and nothing that looks like an answer", async () => {
    await mountPrediction({ missing: "No purchase yet", sentence: "", confidence: false });
    expect(".o_customer_prediction_missing").toHaveText("No purchase yet");
    expect("[data-answer]").toHaveCount(0);
    expect(".o_customer_prediction_retention").toHaveCount(0);
    expect(".o_customer_prediction_confidence").toHaveCount(0);
});

test("a model without a grade says so, with the reason", async () => {
    await mountPrediction({ grade: false, grade_text: "Too few customers", retention: false });
    expect(".o_customer_prediction_grade").toHaveCount(0);
    expect(".badge:contains(Not graded)").toHaveAttribute("data-tooltip", "Too few customers");
    expect(".o_customer_prediction_retention").toHaveCount(0);
});

test("no model, no word about its grade", async () => {
    await mountPrediction({ grade: false, grade_text: "", confidence: false, retention: false });
    expect(".badge").toHaveCount(0);
});

test("a verdict of another module is shown plainly", async () => {
    await mountPrediction({ retention: { verdict: "visit", label: "Visit them", sum: "" } });
    expect(".o_customer_prediction_retention .badge").toHaveClass("text-bg-light");
});

class PredictionModel extends models.Model {
    _name = "prediction.model";
    chart = fields.Json();
    _records = [
        {
            id: 1,
            chart: [
                { decile: 1, predicted: 0.805, actual: 0.75, customers: 40 },
                { decile: 2, predicted: 0, actual: 0.1, customers: 39 },
            ],
        },
        { id: 2, chart: [] },
        { id: 3, chart: false },
    ];
}

async function mountChart(resId) {
    defineModels([PredictionModel]);
    await mountView({
        type: "form",
        resModel: "prediction.model",
        resId,
        arch: `<form><field name="chart" widget="customer_prediction_chart"/></form>`,
    });
}

test("a pair of bars for each tenth of the customers, as high as their shares", async () => {
    await mountChart(1);
    const heights = queryAll(".o_customer_prediction_bar").map((bar) => bar.style.height);
    expect(heights).toEqual(["80.5%", "75%", "0%", "10%"]);
    expect(queryAllTexts(".o_customer_prediction_pair")).toEqual(["1", "2"]);
    expect(queryAllAttributes(".o_customer_prediction_pair", "title")).toEqual([
        "40 customers: 80.5% predicted, 75% bought",
        "39 customers: 0% predicted, 10% bought",
    ]);
});

for (const [resId, name] of [
    [2, "no tenths"],
    [3, "no chart"],
]) {
    test(`${name}: a word, no picture`, async () => {
        await mountChart(resId);
        expect(".o_customer_prediction_chart").toHaveCount(0);
        expect(".o_field_customer_prediction_chart").toHaveText("Not enough data");
    });
}
