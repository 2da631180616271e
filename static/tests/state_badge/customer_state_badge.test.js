import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

class Judged extends models.Model {
    state = fields.Selection({
        selection: [["content", "Content"]],
        falsy_value_label: "Not asked",
    });
    mood = fields.Selection({ selection: [["good", "Good"]] });
    _records = [{ id: 1, state: "content", mood: "good" }, { id: 2 }];
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
