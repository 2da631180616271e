import {
    animationFrame,
    describe,
    expect,
    queryAllAttributes,
    queryAllTexts,
    test,
    waitFor,
} from "@odoo/hoot";
import { Component, xml } from "@odoo/owl";
import {
    contains,
    MockServer,
    mountWithCleanup,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";

import { CallCard } from "@customer_value/telephony/call_card";

import { collectActions, defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

const CARD = ".o_customer_call";

function makeCall(id, values = {}) {
    return {
        id,
        state: "ringing",
        direction: "in",
        number: `+1 202-555-017${id}`,
        others: [],
        can_log: false,
        can_create_lead: false,
        can_create_complaint: false,
        ...values,
    };
}

class Screen extends Component {
    static props = [];
    static template = xml`<div/>`;
}

function send(event, call) {
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, "customer_value.call", {
        event,
        call,
    });
}

const show = (id, values) => send("show", makeCall(id, values));
const hide = (id) => send("hide", { id });

/** Ring with a call that comes after all that was sent: once it is there, all else is. */
async function settle() {
    show(9);
    await waitFor(`${CARD}[data-call="9"]`);
    await animationFrame();
    return queryAllAttributes(CARD, "data-call").map(Number);
}

async function mountCall(values) {
    await mountWithCleanup(CallCard, {
        props: { call: makeCall(1, values), close: () => {} },
    });
}

test("nobody calls: nothing is shown", async () => {
    await mountWithCleanup(Screen);
    expect(".o_customer_calls").toHaveCount(1);
    expect(CARD).toHaveCount(0);
});

test("a call appears, and the next one below it", async () => {
    await mountWithCleanup(Screen);
    show(2, { partner: { id: 7, name: "Brandon" } });
    await waitFor(CARD);
    expect(`${CARD}_name`).toHaveText("Brandon");
    show(1);
    expect(await settle()).toEqual([2, 1, 9]);
});

test("an answered call is replaced where it stands", async () => {
    await mountWithCleanup(Screen);
    show(1);
    show(2);
    await waitFor(`${CARD}[data-call="2"]`);
    expect(`${CARD}[data-call="1"] .o_customer_call_rings`).toHaveCount(1);
    show(1, { state: "answered", partner: { id: 7, name: "Brandon" } });
    expect(await settle()).toEqual([1, 2, 9]);
    expect(`${CARD}[data-call="1"]`).toHaveText(/Call in progress/);
    expect(`${CARD}[data-call="1"] ${CARD}_name`).toHaveText("Brandon");
    expect(`${CARD}[data-call="1"] .o_customer_call_rings`).toHaveCount(0);
    expect(`${CARD}[data-call="2"] .o_customer_call_rings`).toHaveCount(1);
});

test("a call that is over goes away, the others stay", async () => {
    await mountWithCleanup(Screen);
    show(1);
    show(2);
    await waitFor(`${CARD}[data-call="2"]`);
    hide(1);
    expect(await settle()).toEqual([2, 9]);
});

test("what comes in after the end does not bring a call back", async () => {
    await mountWithCleanup(Screen);
    hide(1);
    show(1);
    expect(await settle()).toEqual([9]);
});

test("a call that was dismissed stays away, also when it is answered", async () => {
    await mountWithCleanup(Screen);
    show(1);
    show(2);
    await waitFor(`${CARD}[data-call="2"]`);
    await contains(`${CARD}[data-call="1"] .btn-close`).click();
    expect(queryAllAttributes(CARD, "data-call")).toEqual(["2"]);
    show(1, { state: "answered" });
    expect(await settle()).toEqual([2, 9]);
});

test("who calls: a contact, an unknown number, or nobody knows", async () => {
    await mountWithCleanup(Screen);
    show(1, { partner: { id: 7, name: "Brandon" }, others: ["Azure", "Deco"] });
    show(2);
    show(3, { number: false });
    await settle();
    expect(queryAllTexts(`${CARD}_name`).slice(0, 3)).toEqual([
        "Brandon",
        "Unknown number",
        "Withheld number",
    ]);
    expect(`${CARD}[data-call="1"]`).toHaveText(/Also: Azure, Deco/);
    expect(`${CARD}[data-call="2"]`).not.toHaveText(/Also/);
    expect(`${CARD}[data-call="2"] bdi`).toHaveText("+1 202-555-0172");
    expect(`${CARD}[data-call="2"] bdi`).toHaveAttribute("dir", "ltr");
    expect(`${CARD}[data-call="3"] bdi`).toHaveCount(0);
});

test("whose call it is", async () => {
    await mountWithCleanup(Screen);
    show(1);
    show(2, { state: "answered" });
    show(3, { direction: "out" });
    show(4, { direction: "out", state: "answered" });
    await settle();
    expect(queryAllTexts(`${CARD} .fa-phone + span`).slice(0, 4)).toEqual([
        "Incoming call",
        "Call in progress",
        "Outgoing call",
        "Outgoing call",
    ]);
});

test("the standing of who calls, as far as it is known", async () => {
    await mountCall({
        tier: { name: "Gold", color: 3, icon: false },
        stage: "Active",
        satisfaction: "Dissatisfied",
        is_dissatisfied: true,
        open_complaints: 2,
    });
    expect(queryAllTexts(`${CARD} .badge`)).toEqual([
        "Gold",
        "Active",
        "Dissatisfied",
        "Open complaints: 2",
    ]);
    expect(".badge:contains(Dissatisfied)").toHaveClass("text-bg-danger");
    expect(`${CARD}_tier i`).toHaveClass("fa-star-o");
});

test("no standing, no complaints: no badges", async () => {
    await mountCall({ tier: false, stage: false, satisfaction: "Content", open_complaints: 0 });
    expect(queryAllTexts(`${CARD} .badge`)).toEqual(["Content"]);
    expect(`${CARD} .badge`).not.toHaveClass("text-bg-danger");
});

test("the last interactions, of which each opens beside the work", async () => {
    const actions = collectActions();
    const interaction = { kind: "E-mail", direction: "in", date: "2018-03-01 10:00:00" };
    await mountCall({
        interactions: [
            { ...interaction, id: 4, subject: "Delivery came late" },
            { ...interaction, id: 3, subject: "Oak desks", direction: "out" },
        ],
    });
    expect(queryAllTexts(`${CARD} li a`)).toEqual([
        "E-mail · Delivery came late",
        "E-mail · Oak desks",
    ]);
    expect(`${CARD} li:first`).toHaveText(/Mar 1, 2018/);
    expect(`${CARD} li:eq(0) i`).toHaveClass("fa-arrow-down");
    expect(`${CARD} li:eq(1) i`).toHaveClass("fa-arrow-up");
    await contains(`${CARD} li:eq(1) a`).click();
    const { res_model: model, res_id: id, target } = actions[0];
    expect([model, id, target]).toEqual(["customer.interaction", 3, "new"]);
});

test("no interactions yet is said, but not to who may not read them", async () => {
    await mountCall({ interactions: [] });
    expect(CARD).toHaveText(/No interactions yet/);
});

test("who may not read interactions is not told that there are none", async () => {
    await mountCall();
    expect(CARD).not.toHaveText(/No interactions/);
});

test("what one may not do has no button", async () => {
    await mountCall();
    expect(`${CARD} button[name]`).toHaveCount(0);
});

test("a known caller opens", async () => {
    const actions = collectActions();
    await mountCall({ partner: { id: 7, name: "Brandon" } });
    await contains(`${CARD} button[name=open]`).click();
    expect([actions[0].res_model, actions[0].res_id]).toEqual(["res.partner", 7]);
});

test("a caller who is a lead has a name, and one button opens the lead", async () => {
    const actions = collectActions();
    onRpc("customer.call", "action_create_lead", ({ args }) => ({ of: args[0] }));
    await mountCall({ lead: { id: 5, name: "Lee" }, can_create_lead: true });
    expect(`${CARD} .o_customer_call_name`).toHaveText("Lee");
    expect(`${CARD} button[name]`).toHaveCount(1);
    expect(`${CARD} button[name=lead]`).toHaveText("Open lead");
    await contains(`${CARD} button[name=lead]`).click();
    expect(actions).toEqual([{ of: [1] }]);
});

for (const [name, right, method] of [
    ["log", "can_log", "action_log"],
    ["lead", "can_create_lead", "action_create_lead"],
    ["complaint", "can_create_complaint", "action_create_complaint"],
]) {
    test(`the button "${name}" asks the server, and does what it says`, async () => {
        const actions = collectActions();
        onRpc("customer.call", method, ({ args }) => ({ of: args[0] }));
        await mountCall({ [right]: true });
        expect(`${CARD} button[name]`).toHaveCount(1);
        await contains(`${CARD} button[name=${name}]`).click();
        expect(actions).toEqual([{ of: [1] }]);
    });
}

test("the card tells what the caller most often calls about", async () => {
    const facts = [
        { key: "overdue", text: "Overdue: $ 90.00", is_bad: true },
        { key: "last_order", text: "Last order: S00042", is_bad: false },
    ];
    await mountWithCleanup(CallCard, { props: { call: makeCall(1, { facts }), close: () => {} } });
    expect(queryAllTexts(".o_customer_call_facts li")).toEqual([
        "Overdue: $ 90.00",
        "Last order: S00042",
    ]);
    expect("[data-fact=overdue]").toHaveClass("text-danger");
});
