import {
    advanceTime,
    animationFrame,
    describe,
    expect,
    queryAllAttributes,
    queryAllTexts,
    test,
} from "@odoo/hoot";
import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

const NOTICE = ".o_customer_computing_notice";

class Profile extends models.Model {
    _name = "customer.profile";
    segment = fields.Selection({
        selection: [
            ["loyal", "Loyal"],
            ["lost", "Lost"],
        ],
    });
    segment_sentence = fields.Char();
    is_computing = fields.Boolean();
    _records = [
        { id: 1, segment: "loyal", segment_sentence: "Buys a lot: offer more." },
        { id: 2, segment: "lost", segment_sentence: "Has stopped: let go." },
        { id: 3 },
    ];
}
class Month extends models.Model {
    _name = "customer.profile.snapshot";
    stage = fields.Selection({ selection: [["slipping", "Slipping"]] });
    previous_stage = fields.Selection({ selection: [["slipping", "Slipping"]] });
    grade = fields.Selection({ selection: [["A", "A"]] });
    grade_reason = fields.Selection({ selection: [["better", "Better than a rule"]] });
    _records = [
        {
            id: 1,
            stage: "slipping",
            previous_stage: "slipping",
            grade: "A",
            grade_reason: "better",
        },
        { id: 2 },
    ];
}
defineModels([Profile, Month]);

const LIST = `
    <list js_class="customer_standing_list">
        <field name="segment" widget="customer_segment_badge" decoration-success="segment == 'loyal'"/>
    </list>`;

function setComputing(value) {
    for (const record of Profile._records) {
        record.is_computing = value;
    }
}

async function mountList() {
    await mountView({ type: "list", resModel: "customer.profile", arch: LIST });
    await animationFrame();
}

test("the badge of a segment tells what it means", async () => {
    setComputing(false);
    await mountList();
    expect(queryAllTexts(".badge")).toEqual(["Loyal", "Lost"]);
    expect(".badge:first").toHaveAttribute("data-tooltip", "Buys a lot: offer more.");
    expect(".badge:first").toHaveClass("text-bg-success");
    expect(NOTICE).toHaveCount(0);
});

test("a value explains itself where no sentence stands beside it", async () => {
    patchWithCleanup(session, { customer_meanings: { stage: { slipping: "Get in touch." } } });
    await mountView({
        type: "list",
        resModel: "customer.profile.snapshot",
        arch: `
            <list>
                <field name="previous_stage" widget="customer_meaning_badge"/>
                <field name="stage" widget="customer_meaning_badge"/>
                <field name="grade" widget="customer_meaning_badge" options="{'meaning': 'grade_reason'}"/>
                <field name="grade_reason"/>
            </list>`,
    });
    expect(queryAllTexts(".badge")).toEqual(["Slipping", "Slipping", "A"]);
    expect(queryAllAttributes(".badge", "data-tooltip")).toEqual([
        "Get in touch.",
        "Get in touch.",
        "Better than a rule",
    ]);
});

test("lists say that customers are being compared anew, and read them again when it is done", async () => {
    setComputing(true);
    let computing = 1;
    onRpc("customer.profile", "search_count", ({ args }) => {
        expect.step("asked");
        expect(args[0]).toEqual([["is_computing", "=", true]]);
        return computing;
    });
    onRpc("customer.profile", "web_search_read", () => {
        expect.step("read");
    });
    await mountList();
    expect(NOTICE).toHaveCount(1);
    expect(queryAllTexts(".o_data_row .badge")).toEqual(Array(3).fill("Being computed"));
    expect.verifySteps(["read", "asked"]);
    await advanceTime(10_000);
    expect.verifySteps(["asked"]);
    computing = 0;
    await advanceTime(10_000);
    await animationFrame();
    expect(NOTICE).toHaveCount(0);
    expect.verifySteps(["asked", "read"]);
    await advanceTime(60_000);
    expect.verifySteps([]);
});

test("a list is shown even if nobody can tell", async () => {
    setComputing(false);
    onRpc("customer.profile", "search_count", () => {
        throw new Error("no answer");
    });
    await mountList();
    expect(".o_data_row").toHaveCount(3);
    expect(NOTICE).toHaveCount(0);
});
