/* global Chart */
import { describe, expect, queryOne, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

class Foretold extends models.Model {
    month = fields.Date();
    expected_amount = fields.Float({ string: "Expected" });
    actual_amount = fields.Float({ string: "Invoiced" });
    low_amount = fields.Float({ string: "At least" });

    _records = [
        { id: 1, month: "2026-05-01", expected_amount: 100, actual_amount: 90, low_amount: 80 },
        { id: 2, month: "2026-06-01", expected_amount: 110, actual_amount: 40, low_amount: 85 },
    ];
}
defineModels([Foretold]);

async function mountGraph(measure) {
    await mountView({
        type: "graph",
        resModel: "foretold",
        arch: `
            <graph string="Did it come?" js_class="customer_compared_graph" stacked="0">
                <field name="month" interval="month"/>
                <field name="${measure}" type="measure"/>
            </graph>`,
    });
    const { data } = Chart.getChart(queryOne("canvas"));
    return data.datasets.map((series) => [series.label, [...series.data]]);
}

test("what came stands beside what was expected, below the question", async () => {
    expect(await mountGraph("expected_amount")).toEqual([
        ["Expected", [100, 110]],
        ["Invoiced", [90, 40]],
    ]);
    expect("h1.o_customer_question").toHaveText("Did it come?");
});

test("another measure is shown alone", async () => {
    expect(await mountGraph("low_amount")).toEqual([["At least", [80, 85]]]);
});
