import { describe, expect, queryAllAttributes, queryAllTexts, test } from "@odoo/hoot";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

import { TierExplanation } from "@customer_value/tier_explanation/tier_explanation";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

function makeRule(rule, value, limit, values = {}) {
    return { rule, label: rule, value, limit, met: false, is_money: false, ...values };
}

function makeTier(name, rules, hidden = 0) {
    return { id: 1, name, window: "in 365 days", rules, hidden };
}

async function mountExplanation(current, next, props = {}) {
    await mountWithCleanup(TierExplanation, {
        props: { explanation: { current, next }, currencyId: 1, ...props },
    });
}

const getProgress = () => queryAllAttributes("[role=progressbar]", "aria-valuenow").map(Number);

test("why this tier, and what is missing for the next", async () => {
    await mountExplanation(
        makeTier("Silver", [makeRule("revenue", 500, 100, { met: true, is_money: true })]),
        makeTier("Gold", [
            makeRule("revenue", 500, 2000, { is_money: true }),
            makeRule("orders", 3, 2, { met: true }),
        ])
    );
    expect(queryAllTexts("h4")).toEqual([
        "Why Silver\nin 365 days",
        "What is missing for Gold\nin 365 days",
    ]);
    expect(queryAllTexts("[data-part=next] [data-rule] bdi")).toEqual([
        "revenue",
        "$ 500.00",
        "$ 2,000.00",
        "orders",
        "3",
        "2",
    ]);
    expect(queryAllAttributes("[data-part=next] i", "aria-label")).toEqual(["Not met", "Met"]);
    expect(getProgress()).toEqual([25, 100]);
    expect("p").toHaveCount(0);
});

test("the way is not at its end before the limit is", async () => {
    await mountExplanation(
        false,
        makeTier("Gold", [
            makeRule("nearly", 999.9, 1000),
            makeRule("negative", -50, 1000),
            makeRule("nothing", 0, 1000),
            makeRule("free", 5, 0),
            makeRule("days_late", 20, 30),
        ])
    );
    expect(getProgress()).toEqual([99, 0, 0, 0, 0]);
});

test("what is not known is no zero", async () => {
    await mountExplanation(
        false,
        makeTier("Gold", [
            makeRule("margin", false, 0.5),
            makeRule("money", null, 10, { is_money: true }),
            makeRule("orders", 0, 2),
        ])
    );
    expect(
        queryAllTexts("[data-rule] bdi:nth-child(1)").filter((text) => /data|0/.test(text))
    ).toEqual(["Not enough data", "Not enough data", "0"]);
    expect(getProgress()).toEqual([0, 0, 0]);
});

test("the highest tier", async () => {
    await mountExplanation(makeTier("Gold", [makeRule("orders", 3, 2, { met: true })]), false);
    expect("p").toHaveText("This is the highest tier.");
    expect("[role=progressbar]").toHaveCount(0);
});

test("no tiers at all", async () => {
    await mountExplanation(false, false);
    expect("p").toHaveCount(1);
    expect("p").toHaveText("There are no tiers yet.");
});

test("set by hand, without rules, or with rules one may not see", async () => {
    await mountExplanation(makeTier("Gold", []), makeTier("Platinum", [], 2), { isManual: true });
    expect(queryAllTexts("[data-part=current] p")).toEqual([
        "This tier was set by hand; these are its rules.",
        "This tier has no rules.",
    ]);
    expect(queryAllTexts("[data-part=next] p")).toEqual([
        "Further rules depend on amounts that you may not see.",
    ]);
});
