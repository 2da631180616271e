import { advanceTime, animationFrame, describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { contains, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { FirstStepsList } from "@customer_value/desk/first_steps";

import { collectActions, defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

function makeStep(key, values = {}) {
    return {
        key,
        title: key,
        what: "What it does",
        cost: "Time",
        state: "off",
        status: "Switched off.",
        switch: false,
        progress: false,
        action: false,
        action_name: "",
        button: "",
        confirm: "",
        inputs: [],
        ...values,
    };
}

function makePage(steps, values = {}) {
    return { company: "Oak Ltd", can_switch: true, who: "Mina switches this.", steps, ...values };
}

async function mountPage(page) {
    onRpc("customer.first.steps", "get_steps", () => page);
    await mountWithCleanup(FirstStepsList);
}

test("each step says what it does, what it costs and whether it is on", async () => {
    await mountPage(makePage([makeStep("feedback"), makeStep("tiers", { state: "on" })]));
    expect("[data-step=feedback]").toHaveText(/What it does\n+It costs:Time\n+Switched off\./);
    expect(queryAllTexts("[data-step] .badge")).toEqual(["Off", "On"]);
    expect(".o_customer_first_steps_list [role=status]").toHaveText("1 of 2 are on");
});

test("a switch has the name of its step, and switches", async () => {
    onRpc("customer.first.steps", "switch", ({ args }) => {
        expect.step(args);
        return makePage([makeStep("feedback", { switch: true, state: "on" })]);
    });
    await mountPage(makePage([makeStep("feedback", { switch: true })]));
    expect("input[role=switch]").toHaveAttribute("aria-labelledby", "o_customer_step_feedback");
    expect("#o_customer_step_feedback").toHaveText("feedback");
    await contains("input[role=switch]").click();
    expect.verifySteps([["feedback", true]]);
    expect("input[role=switch]").toBeChecked();
});

test("who may not switch sees who may", async () => {
    await mountPage(makePage([makeStep("feedback", { switch: true })], { can_switch: false }));
    expect("input[role=switch]").toHaveCount(0);
    expect(".o_customer_first_steps_who").toHaveText("Mina switches this.");
    expect("[data-step=feedback]").toHaveText(/Mina switches this\./);
});

test("a run shows how far it is, until it is done", async () => {
    const page = makePage([makeStep("run", { state: "running", progress: 40 })]);
    await mountPage(page);
    expect(".progress").toHaveAttribute("aria-valuenow", "40");
    page.steps = [makeStep("run", { state: "on", switch: true, button: "Work out now" })];
    await advanceTime(3000);
    await animationFrame();
    expect(".progress").toHaveCount(0);
    expect("button[name=run]").toHaveText("Work out now");
    expect("input[role=switch]").toHaveCount(0);
});

test("what takes something away is asked first", async () => {
    onRpc("customer.first.steps", "switch", ({ args }) => {
        expect.step(args);
        return makePage([makeStep("tiers", { switch: true, confirm: "They lose it." })]);
    });
    await mountPage(
        makePage([makeStep("tiers", { switch: true, state: "on", confirm: "They lose it." })])
    );
    await contains("input[role=switch]").click();
    expect.verifySteps([]);
    expect(".modal-body").toHaveText("They lose it.");
    await contains(".modal-footer .btn-secondary").click();
    expect("input[role=switch]").toBeChecked();
    await contains("input[role=switch]").click();
    await contains(".modal-footer .btn-primary").click();
    expect.verifySteps([["tiers", false]]);
    expect("input[role=switch]").not.toBeChecked();
});

test("rates are entered in place, and what was there can be put back", async () => {
    const makeRates = (value) =>
        makePage([
            makeStep("rates", {
                switch: true,
                state: value ? "on" : "off",
                inputs: [
                    { name: "delivery", label: "Cost per delivery", help: "", value, unit: "€" },
                ],
            }),
        ]);
    onRpc("customer.first.steps", "set_rates", ({ args }) => {
        expect.step(args);
        return makeRates(args[0].delivery);
    });
    onRpc("customer.first.steps", "switch", ({ args }) => {
        expect.step(args);
        return makeRates(8);
    });
    await mountPage(makeRates(0));
    await contains("input[role=switch]").click();
    expect("input[name=delivery]").toHaveValue("8");
    await contains("input[name=delivery]").edit("۷.5");
    expect.verifySteps([["rates", true], [{ delivery: 7.5 }]]);
    await contains("button[name=undo]").click();
    expect.verifySteps([[{ delivery: 8 }]]);
    expect("button[name=undo]").toHaveCount(0);
    await contains("input[name=delivery]").edit("much");
    expect("[role=alert]").toHaveText("“much” is no number.");
    await contains("input[name=delivery]").edit("-1");
    expect("[role=alert]").toHaveText("A rate cannot be below 0.");
    expect.verifySteps([]);
});

test("rates that were switched off by mistake come back, not the suggestions", async () => {
    let rate = 6;
    const makeRates = (value) => {
        rate = value;
        return makePage([
            makeStep("rates", {
                switch: true,
                state: rate ? "on" : "off",
                inputs: [
                    { name: "delivery", label: "Per delivery", help: "", value: rate, unit: "€" },
                ],
            }),
        ]);
    };
    onRpc("customer.first.steps", "switch", ({ args }) => makeRates(args[1] ? 8 : 0));
    onRpc("customer.first.steps", "set_rates", ({ args }) => makeRates(args[0].delivery));
    await mountPage(makeRates(6));
    await contains("input[role=switch]").click();
    expect("input[name=delivery]").toHaveValue("0");
    await contains("input[role=switch]").click();
    expect("input[name=delivery]").toHaveValue("8");
    await contains("button[name=undo]").click();
    expect("input[name=delivery]").toHaveValue("6");
    expect("button[name=undo]").toHaveCount(0);
});

test("a link opens where the rest is decided", async () => {
    const actions = collectActions();
    await mountPage(makePage([makeStep("rates", { action: "x.y", action_name: "Set the rates" })]));
    await contains("button[name=open]").click();
    expect(actions).toEqual(["x.y"]);
});
