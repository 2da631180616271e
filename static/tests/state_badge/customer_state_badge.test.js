import { describe, expect, queryAll, queryAllTexts, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

class Judged extends models.Model {
    state = fields.Selection({
        selection: [["content", "Content"]],
        falsy_value_label: "Not asked",
    });
    state_meaning = fields.Char();
    mood = fields.Selection({ selection: [["good", "Good"]] });
    _records = [
        { id: 1, state: "content", state_meaning: "Goes by: answers.", mood: "good" },
        { id: 2, state_meaning: "No answer." },
    ];
}
defineModels([Judged]);

test("no state reads as the field says", async () => {
    await mountView({
        type: "list",
        resModel: "judged",
        arch: `<list>
            <field name="state" widget="customer_state_badge" decoration-success="state == 'content'"/>
            <field name="mood" widget="customer_state_badge"/>
        </list>`,
    });
    expect(queryAllTexts("td[name=state]")).toEqual(["Content", "Not asked"]);
    expect("td[name=state] .badge").toHaveClass("text-bg-success");
    expect(queryAllTexts("td[name=mood]")).toEqual(["Good", ""]);
});

test("a state says what it goes by, where the view reads it", async () => {
    await mountView({
        type: "list",
        resModel: "judged",
        arch: `<list>
            <field name="state_meaning" column_invisible="True"/>
            <field name="state" widget="customer_state_badge"/>
        </list>`,
    });
    expect(queryAll("td[name=state] [data-tooltip]").map((el) => el.dataset.tooltip)).toEqual([
        "Goes by: answers.",
        "No answer.",
    ]);
});
