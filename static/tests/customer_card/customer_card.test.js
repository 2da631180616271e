import {
    animationFrame,
    describe,
    expect,
    queryAllAttributes,
    queryAllTexts,
    test,
} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { CustomerCard } from "@customer_value/customer_card/customer_card";

import {
    collectActions,
    defineCustomerValueModels,
    holdCalls,
    mountWithProps,
} from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

const NUMBER = ".o_customer_card_number";

function makeItem(name, values = {}) {
    return {
        name,
        label: name,
        help: "",
        type: "integer",
        value: 1,
        digits: 0,
        opens: false,
        detail: [],
        ...values,
    };
}

function makeCard(values = {}) {
    return {
        id: 5,
        customer: "Azure",
        currency_id: 1,
        standing: {
            tier: { name: "Gold", icon: "fa-star", color: 3 },
            segment: "Champions",
            stage: "Active",
            value_class: "A",
            satisfaction_state: false,
        },
        highlights: [],
        alerts: [],
        sections: [],
        scores: [],
        trend: false,
        explanation: false,
        override: false,
        tier_changes: [],
        ...values,
    };
}

/** Mount a card that shows these numbers in one section. */
async function mountCard(card, props = {}) {
    onRpc("customer.profile", "get_card", () => makeCard(card));
    return mountWithProps(CustomerCard, { profileId: 5, ...props });
}

const mountNumbers = (items) => mountCard({ sections: [{ key: "a", title: "A", items }] });

test("nobody asks about a contact without a profile", async () => {
    onRpc("customer.profile", "get_card", () => expect.step("asked"));
    await mountWithCleanup(CustomerCard, { props: { profileId: false } });
    expect(".o_customer_card_empty").toHaveText(/Nothing to tell about this contact/);
    expect.verifySteps([]);
});

test("on a document, nothing is said without a profile", async () => {
    await mountWithCleanup(CustomerCard, { props: { profileId: false, compact: true } });
    expect(".o_customer_card, .o_customer_card_empty").toHaveCount(0);
});

test("sections and their numbers stand in the order of the server", async () => {
    await mountCard({
        sections: [
            {
                key: "value",
                title: "Value",
                items: [
                    makeItem("revenue", { label: "Revenue", type: "monetary", value: 1234.5 }),
                    makeItem("margin", { label: "Margin", type: "percent", value: false }),
                ],
            },
            {
                key: "habits",
                title: "Habits",
                items: [makeItem("gap", { label: "Days between", value: 30 })],
            },
        ],
    });
    expect(queryAllTexts("[data-section] h4")).toEqual(["Value", "Habits"]);
    expect(queryAllTexts("[data-section=value] dt")).toEqual(["Revenue"]);
    expect(queryAllTexts(NUMBER)).toEqual(["$ 1,234.50", "30"]);
    expect(".o_customer_card_missing summary").toHaveText("Not enough data yet for 1 number");
    expect(".o_customer_card_missing [data-metric=margin]").toHaveCount(1);
    expect("[data-metric=revenue] .o_customer_card_number").not.toHaveClass(
        "o_customer_card_unknown"
    );
});

test("a number of documents opens them", async () => {
    const actions = collectActions();
    onRpc("customer.profile", "action_open_documents", ({ args, kwargs }) => {
        expect.step([args[0], kwargs.context.metric]);
        return { type: "ir.actions.act_window", res_model: "account.move" };
    });
    await mountNumbers([
        makeItem("orders", { label: "Orders", value: 12, opens: true }),
        makeItem("returns", { value: false, opens: true }),
        makeItem("score", { value: 4 }),
    ]);
    expect(`button${NUMBER}`).toHaveCount(1, { message: "nor is what is not known a button" });
    expect("[data-metric=orders] button").toHaveAttribute("aria-label", "Orders: 12");
    await contains("[data-metric=orders] button").click();
    expect.verifySteps([[[5], "orders"]]);
    expect(actions).toEqual([{ type: "ir.actions.act_window", res_model: "account.move" }]);
});

test("zero can be opened too", async () => {
    await mountNumbers([makeItem("orders", { value: 0, opens: true })]);
    expect("[data-metric=orders] button").toHaveText("0");
});

test("what is bad stands out", async () => {
    await mountNumbers([
        makeItem("overdue_amount", { type: "monetary", value: 10 }),
        makeItem("profit", { type: "monetary", value: -1 }),
        makeItem("margin", { type: "percent", value: -0.1 }),
        makeItem("revenue", { type: "monetary", value: 10 }),
        makeItem("days", { type: "float", value: -3 }),
        makeItem("unknown", { type: "monetary", value: false }),
    ]);
    expect(queryAllAttributes("[data-metric]:has(.o_customer_card_bad)", "data-metric")).toEqual([
        "overdue_amount",
        "profit",
        "margin",
    ]);
});

test("nothing overdue is not bad", async () => {
    await mountNumbers([makeItem("overdue_amount", { type: "monetary", value: 0 })]);
    expect(".o_customer_card_bad").toHaveCount(0);
});

test("a number explains itself and its parts", async () => {
    await mountNumbers([
        makeItem("cost", { help: "Of the last year", detail: ["Visits: 3", "Calls: 4"] }),
        makeItem("plain"),
    ]);
    expect("[data-metric=cost] dt").toHaveAttribute(
        "title",
        "Of the last year\nVisits: 3\nCalls: 4"
    );
    expect("[data-metric=cost] .fa-question-circle-o").toHaveCount(1);
    expect("[data-metric=plain] .fa-question-circle-o").toHaveCount(0);
});

test("scores are dots, unknown ones words", async () => {
    await mountCard({
        scores: [makeItem("recency", { value: 3 }), makeItem("money", { value: false })],
    });
    expect(".o_customer_card_score:eq(0) .fa-circle").toHaveCount(5);
    expect(".o_customer_card_score:eq(0) .text-primary").toHaveCount(3);
    expect(".o_customer_card_score:eq(0) [role=img]").toHaveAttribute("aria-label", "3 / 5");
    expect(".o_customer_card_score:eq(1) .fa-circle").toHaveCount(0);
    expect(".o_customer_card_score:eq(1)").toHaveText(/Not enough data/);
});

test("the standing leaves out what is not known", async () => {
    await mountCard();
    expect(queryAllTexts(".o_customer_card .badge")).toEqual(["Gold", "Champions", "Active", "A"]);
    expect(".o_customer_card_tier").toHaveClass("o_tag_color_3");
});

test("the state of satisfaction says by what it goes", async () => {
    const standing = { ...makeCard().standing, satisfaction_state: "Not asked" };
    await mountCard({ standing: { ...standing, satisfaction_basis: "no answer" } });
    expect(".o_customer_card .badge:last").toHaveText("Not asked");
    expect(".o_customer_card .badge:last").toHaveAttribute(
        "data-tooltip",
        "Satisfaction: no answer"
    );
});

test("why a customer is delighted with a low score stands beside the score", async () => {
    const standing = { ...makeCard().standing, satisfaction_state: "Delighted" };
    await mountCard({
        standing: { ...standing, satisfaction_basis: "Goes by what they get." },
        sections: [
            { key: "satisfaction", title: "Satisfaction", items: [makeItem("satisfaction")] },
            { key: "money", title: "Money", items: [makeItem("revenue")] },
        ],
    });
    expect("[data-section=satisfaction] .o_customer_card_basis").toHaveText(
        "Delighted: Goes by what they get."
    );
    expect(".o_customer_card_basis").toHaveCount(1);
});

test("what the form says above is not said again", async () => {
    const standing = { ...makeCard().standing, segment_sentence: "They buy a lot." };
    const props = await mountCard({ standing }, { said: "Champions: They buy a lot." });
    expect(".o_customer_card_segment").toHaveCount(0);
    props.said = "Contact was due.";
    await animationFrame();
    expect(".o_customer_card_segment").toHaveText("They buy a lot.");
});

test("no tier is said", async () => {
    const standing = { tier: false, segment: false, stage: false, value_class: false };
    await mountCard({ standing: { ...standing, satisfaction_state: "Content" } });
    expect(queryAllTexts(".o_customer_card .badge")).toEqual(["No tier", "Content"]);
});

test("a form that shows the standing itself does not get it twice", async () => {
    await mountCard({}, { hideStanding: true });
    expect(".o_customer_card_full").toHaveCount(1);
    expect(".o_customer_card .badge").toHaveCount(0);
});

test("what the user may not see has no box", async () => {
    await mountCard();
    expect(".o_customer_card_box").toHaveCount(0);
    expect(".o_customer_card .alert").toHaveCount(0);
});

test("a customer without an invoice has a trend that says so", async () => {
    await mountCard({ trend: [] });
    expect(".o_customer_card_box h4").toHaveText("Revenue by month");
    expect(".o_customer_card_box p").toHaveText("No invoice in the last two years.");
});

test("a tier set by hand says until when, by whom and why", async () => {
    await mountCard({
        override: { until: "2018-12-31", user: "Mitchell", reason: "Yearly contract" },
    });
    expect(queryAllTexts(".o_customer_card .alert > :not(i)")).toEqual([
        "Tier set by hand",
        "until Dec 31, 2018",
        "(Mitchell)",
        "Yearly contract",
    ]);
});

test("the tier history tells from what to what", async () => {
    const change = { from: "", to: "Gold", reason: "Rules", note: "" };
    await mountCard({
        tier_changes: [
            { ...change, id: 2, date: "2018-03-01", from: "Gold", to: "", note: "By mistake" },
            { ...change, id: 1, date: "2018-02-01" },
        ],
    });
    expect(queryAllTexts(".o_customer_card li")).toEqual([
        "Mar 1, 2018\nGold\nNo tier\nRules\nBy mistake",
        "Feb 1, 2018\nNo tier\nGold\nRules",
    ]);
});

test("on a document: one strip with the highlights and the way to the profile", async () => {
    const actions = collectActions();
    onRpc("customer.profile", "get_card", ({ args, kwargs }) => {
        expect.step([args[0], kwargs.compact]);
        return makeCard({
            highlights: [
                makeItem("revenue", { type: "monetary", value: 9 }),
                makeItem("late", { value: false }),
            ],
        });
    });
    await mountWithCleanup(CustomerCard, { props: { profileId: 5, compact: true } });
    expect.verifySteps([[[5], true]]);
    expect(".o_customer_card_full").toHaveCount(0);
    expect(queryAllTexts(NUMBER)).toEqual(["$ 9.00"]);
    await contains("button:contains(View customer)").click();
    expect(actions[0].res_model).toBe("customer.profile");
    expect(actions[0].res_id).toBe(5);
});

test("a late card of the customer before is not shown", async () => {
    const calls = holdCalls("customer.profile", "get_card");
    const state = await mountWithProps(CustomerCard, { profileId: false });
    state.profileId = 5;
    await animationFrame();
    state.profileId = 6;
    await animationFrame();
    expect(calls.map(({ args }) => args[0])).toEqual([[5], [6]]);
    const nameTier = (name) => makeCard({ standing: { tier: { name, icon: "", color: 1 } } });
    await calls[1].answer(nameTier("Silver"));
    await calls[0].answer(nameTier("Gold"));
    expect(".o_customer_card_tier").toHaveText("Silver");
});

test("a late card is not shown on a contact without a profile", async () => {
    const calls = holdCalls("customer.profile", "get_card");
    const state = await mountWithProps(CustomerCard, { profileId: false, version: 1 });
    Object.assign(state, { profileId: 5, version: 2 });
    await animationFrame();
    Object.assign(state, { profileId: false, version: 3 });
    await animationFrame();
    await calls[0].answer(makeCard());
    expect(".o_customer_card_full").toHaveCount(0);
    expect(".o_customer_card_empty").toHaveCount(1);
});

class CustomerProfile extends models.Model {
    _name = "customer.profile";
    name = fields.Char();
    _records = [
        { id: 5, name: "Azure" },
        { id: 6, name: "Deco" },
    ];
}

class Contact extends models.Model {
    _name = "contact";
    name = fields.Char();
    list_reason = fields.Char();
    profile_id = fields.Many2one({ relation: "customer.profile" });
    _records = [
        { id: 1, name: "Azure", profile_id: 5, list_reason: "Champions: They buy a lot." },
        { id: 2, name: "New", profile_id: false },
    ];
}

async function mountForm(resId, options = "{}") {
    defineModels([CustomerProfile, Contact]);
    onRpc("customer.profile", "get_card", ({ args, kwargs }) => {
        expect.step([args[0][0], kwargs.compact]);
        return makeCard();
    });
    await mountView({
        type: "form",
        resModel: "contact",
        resId,
        arch: `<form>
            <field name="name"/>
            <field name="profile_id" widget="customer_value_card" options="${options}"/>
        </form>`,
    });
}

test("as a field, the numbers come anew with the record", async () => {
    await mountForm(1);
    expect.verifySteps([[5, false]]);
    await contains("[name=name] input").edit("Azure Interior");
    await contains(".o_form_button_save").click();
    expect.verifySteps([[5, false]]);
    expect(".o_customer_card_full").toHaveCount(1);
});

test("as a field, compact and without standing where the view says so", async () => {
    await mountForm(1, "{'compact': True}");
    expect.verifySteps([[5, true]]);
    expect(".o_customer_card_compact .o_customer_card_tier").toHaveText("Gold");
});

test("as a field, it knows what the form says", async () => {
    const standing = { ...makeCard().standing, segment_sentence: "They buy a lot." };
    defineModels([CustomerProfile, Contact]);
    onRpc("customer.profile", "get_card", () => makeCard({ standing }));
    await mountView({
        type: "form",
        resModel: "contact",
        resId: 1,
        arch: `<form>
            <field name="list_reason"/>
            <field name="profile_id" widget="customer_value_card"/>
        </form>`,
    });
    expect(".o_customer_card_full").toHaveCount(1);
    expect(".o_customer_card_segment").toHaveCount(0);
});

test("as a field, the standing can be left to the form", async () => {
    await mountForm(1, "{'hide_standing': True}");
    expect.verifySteps([[5, false]]);
    expect(".o_customer_card_tier").toHaveCount(0);
});

test("as a field without a profile, nothing is asked", async () => {
    await mountForm(2);
    expect.verifySteps([]);
    expect(".o_customer_card_empty").toHaveCount(1);
});

test("the segment tells what it means, below the badges and on them", async () => {
    const standing = { tier: false, segment: "Loyal", segment_sentence: "Buys a lot: offer more." };
    await mountCard({ standing });
    expect(".o_customer_card_segment").toHaveText("Buys a lot: offer more.");
    expect(".badge:contains(Loyal)").toHaveAttribute(
        "data-tooltip",
        "Segment: Buys a lot: offer more."
    );
    expect(".o_customer_computing").toHaveCount(0);
});

test("what compares customers is said to be computed while it is", async () => {
    const standing = { tier: false, segment: false, stage: "Active", value_class: false };
    await mountCard({ standing, computing: "Being computed: many customers changed." });
    expect(queryAllTexts(".badge")).toEqual(["No tier", "Active", "Being computed"]);
    expect(".o_customer_computing_notice").toHaveText("Being computed: many customers changed.");
    expect(".o_customer_card_segment").toHaveCount(0);
});

test("what is not known is folded below what is, in words and in one place", async () => {
    await mountCard({
        sections: [
            { key: "a", title: "A", items: [makeItem("one", { value: false })] },
            {
                key: "b",
                title: "B",
                items: [makeItem("two"), makeItem("three", { value: false })],
            },
        ],
    });
    expect(queryAllTexts("[data-section] h4")).toEqual(["B"], { message: "A has nothing to say" });
    expect(".o_customer_card_missing").not.toHaveAttribute("open");
    expect(".o_customer_card_missing summary").toHaveText("Not enough data yet for 2 numbers");
});

test("the card tells what must not be overlooked, but not what a banner tells already", async () => {
    const alerts = ["loss", "overdue"].map((key) => ({ key, level: "danger", message: key }));
    await mountCard({ alerts });
    expect(queryAllTexts(".o_customer_card_alert")).toEqual(["loss", "overdue"]);
});

test("below a banner, the gravest is left to it", async () => {
    const alerts = ["loss", "overdue"].map((key) => ({ key, level: "danger", message: key }));
    await mountCard({ alerts }, { compact: true, hasBanner: true });
    expect(queryAllTexts(".o_customer_card_alert")).toEqual(["overdue"]);
});

test("stage and class say what they mean, on tap as well", async () => {
    const standing = { ...makeCard().standing, stage_meaning: "Buys in the usual rhythm." };
    await mountCard({ standing });
    const badge = ".badge:contains(Active)";
    expect(badge).toHaveAttribute("data-tooltip", "Lifecycle stage: Buys in the usual rhythm.");
    expect(badge).toHaveAttribute("data-tooltip-touch-tap-to-show", "true");
});
