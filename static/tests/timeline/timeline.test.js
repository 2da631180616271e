import {
    advanceTime,
    animationFrame,
    beforeEach,
    describe,
    expect,
    mockDate,
    press,
    queryAllAttributes,
    queryAllTexts,
    queryOne,
    test,
} from "@odoo/hoot";
import {
    contains,
    fields,
    models,
    defineModels,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { Timeline } from "@customer_value/timeline/timeline";

import {
    collectActions,
    defineCustomerValueModels,
    holdCalls,
    makePersianEnv,
    mockNearby,
    mountWithProps,
} from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();
beforeEach(() => mockDate("2026-06-15 12:00:00", 0));

const ENTRY = ".o_customer_timeline_entry";
const HEADING = ".o_customer_timeline_heading";
const MORE = ".o_customer_timeline_more";
const ROW = ".o_customer_timeline_row";
const STATUS = ".o_customer_timeline [role=status]";

function makeEntry(id, values = {}) {
    return {
        id,
        date: "2026-06-10 10:00:00",
        is_day: false,
        kind: "call",
        direction: "in",
        channel: "phone",
        subject: `Talk ${id}`,
        status: false,
        amount: false,
        currency_id: 1,
        user: false,
        partner: false,
        ...values,
    };
}

function makePage(entries, hasMore = false) {
    return {
        entries,
        has_more: hasMore,
        kinds: [
            ["call", "Call"],
            ["invoice", "Invoice"],
            ["visit", "Visit"],
        ],
        channels: [["phone", "Telephone"]],
    };
}

/** Mount the timeline with its first page; return its props and the calls from then on. */
async function mountTimeline(firstPage, props = { customerId: 7 }) {
    const calls = holdCalls("customer.timeline", "get_timeline");
    const mounting = mountWithProps(Timeline, props);
    while (!calls.length) {
        await animationFrame();
    }
    const [first] = calls.splice(0);
    await first.answer(firstPage);
    return { calls, first, state: await mounting };
}

const getShownIds = () => queryAllAttributes(ENTRY, "data-entry").map(Number);

test("the first page is asked for without filters, and shown by day", async () => {
    const { first } = await mountTimeline(
        makePage([
            makeEntry(3, { amount: 99, kind: "invoice", direction: "out", user: "Sam" }),
            makeEntry(2, { date: "2026-06-09 08:30:00" }),
            makeEntry(1, { date: "2026-06-09 00:00:00", is_day: true }),
        ])
    );
    expect(first.args).toEqual([7]);
    const { kinds, text, before } = first.kwargs;
    expect({ kinds, text, before }).toEqual({ kinds: [], text: "", before: false });
    expect("date_from" in first.kwargs).toBe(false);
    expect(getShownIds()).toEqual([3, 2, 1]);
    expect(queryAllTexts(HEADING)).toEqual(["Wednesday, June 10, 2026", "Tuesday, June 9, 2026"]);
    expect(queryAllTexts(".o_customer_timeline_time")).toEqual(["10:00", "08:30", ""]);
    expect(queryAllTexts(".o_customer_timeline_kind")).toEqual(["Invoice", "Call", "Call"]);
    expect(queryAllTexts(".o_customer_timeline_amount")).toEqual(["$ 99.00", "", ""]);
    expect(STATUS).toHaveText("3 entries shown");
    expect(MORE).toHaveCount(0);
});

test("more is asked for from the last entry on, and goes on under its day", async () => {
    mockNearby();
    const { calls } = await mountTimeline(makePage([makeEntry(4), makeEntry(3)], true));
    await contains(MORE).click();
    expect(calls).toHaveLength(1);
    expect(calls[0].kwargs.before).toEqual({ date: "2026-06-10 10:00:00", id: 3 });
    expect(MORE).not.toBeEnabled();
    await calls[0].answer(makePage([makeEntry(2), makeEntry(1, { date: "2026-06-08 10:00:00" })]));
    expect(getShownIds()).toEqual([4, 3, 2, 1]);
    expect(queryAllTexts(HEADING)).toEqual(["Wednesday, June 10, 2026", "Monday, June 8, 2026"]);
    expect(STATUS).toHaveText("4 entries shown");
    expect(MORE).toHaveCount(0);
});

test("what is open stays open while more comes in", async () => {
    mockNearby();
    onRpc("customer.timeline", "get_preview", () => ({ text: "They said yes", is_cut: false }));
    const { calls } = await mountTimeline(makePage([makeEntry(2)], true));
    await contains(ROW).click();
    expect(".o_customer_timeline_text").toHaveText("They said yes");
    await contains(MORE).click();
    await calls[0].answer(makePage([makeEntry(1)]));
    expect(getShownIds()).toEqual([2, 1]);
    expect(".o_customer_timeline_text").toHaveText("They said yes");
});

test("scrolling to the end brings more only after somebody asked for more", async () => {
    const move = mockNearby();
    const { calls } = await mountTimeline(makePage([makeEntry(3)], true));
    await move(queryOne(MORE).parentElement, true);
    expect(calls).toHaveLength(0);
    await contains(MORE).click();
    await move(queryOne(MORE).parentElement, true);
    expect(calls).toHaveLength(1, { message: "no second request while one is under way" });
    await calls[0].answer(makePage([makeEntry(2)], true));
    await move(queryOne(MORE).parentElement, false);
    expect(calls).toHaveLength(1);
    await move(queryOne(MORE).parentElement, true);
    expect(calls).toHaveLength(2);
    expect(calls[1].kwargs.before.id).toBe(2);
    await calls[1].answer(makePage([makeEntry(1)]));
    expect(getShownIds()).toEqual([3, 2, 1]);
});

test("far away, only the room that entries take is kept", async () => {
    const move = mockNearby();
    await mountTimeline(makePage([makeEntry(1)]));
    const page = queryOne(".o_customer_timeline_page");
    await move(page, false, 0);
    expect(ENTRY).toHaveCount(1, { message: "under another tab it has no height" });
    await move(page, false, 640);
    expect(ENTRY).toHaveCount(0);
    expect(page).toHaveStyle({ height: "640px" });
    await move(page, true, 640);
    expect(ENTRY).toHaveCount(1);
    expect(page.style.height).toBe("");
});

test("kinds are chosen together, counted and let go together", async () => {
    const { calls } = await mountTimeline(makePage([makeEntry(1)]));
    expect(".o_customer_timeline_kinds").toHaveText("All kinds");
    await contains(".o_customer_timeline_kinds").click();
    expect(queryAllTexts(".o-dropdown--menu .dropdown-item")).toEqual(["Call", "Invoice", "Visit"]);
    await contains(".o_customer_timeline_choice_call").click();
    await calls[0].answer(makePage([makeEntry(1)]));
    await contains(".o_customer_timeline_choice_visit").click();
    await calls[1].answer(makePage([]));
    expect(calls.map(({ kwargs }) => kwargs.kinds)).toEqual([["call"], ["call", "visit"]]);
    expect(".o_customer_timeline_kinds").toHaveText("2 kinds");
    expect(".o_customer_timeline_empty").toHaveText(/Nothing fits these filters/);
    await contains(".o_customer_timeline_choice_call").click();
    expect(calls[2].kwargs.kinds).toEqual(["visit"]);
    await contains("button:contains(Show all kinds)").click();
    expect(calls[3].kwargs.kinds).toEqual([]);
    await calls[3].answer(makePage([makeEntry(1)]));
    expect(".o_customer_timeline_kinds").toHaveText("All kinds");
    expect(getShownIds()).toEqual([1]);
});

test("a period counts back from today", async () => {
    const { calls } = await mountTimeline(makePage([makeEntry(1)]));
    await contains(".o_customer_timeline_period").select("30");
    expect(calls[0].kwargs.date_from).toBe("2026-05-16");
    expect("date_to" in calls[0].kwargs).toBe(false);
    await contains(".o_customer_timeline_period").select("all");
    expect("date_from" in calls[1].kwargs).toBe(false);
});

test("own dates are sent as days, the missing one as none", async () => {
    const { calls } = await mountTimeline(makePage([makeEntry(1)]));
    await contains(".o_customer_timeline_period").select("custom");
    await calls[0].answer(makePage([makeEntry(1)]));
    await contains(".o_customer_timeline_date:eq(1) input").edit("06/10/2026");
    const { date_from: dateFrom, date_to: dateTo } = calls.at(-1).kwargs;
    expect([dateFrom, dateTo]).toEqual([false, "2026-06-10"]);
});

test("own dates go to the server Gregorian from a Persian screen too", async () => {
    await makePersianEnv();
    const { calls } = await mountTimeline(makePage([makeEntry(1)]));
    await contains(".o_customer_timeline_period").select("custom");
    await calls[0].answer(makePage([makeEntry(1)]));
    await contains(".o_customer_timeline_date:eq(0) input").edit("2026/06/10");
    expect(calls.at(-1).kwargs.date_from).toBe("2026-06-10");
});

test("typing asks once, after a pause", async () => {
    const { calls } = await mountTimeline(makePage([makeEntry(1)]));
    await contains(".o_customer_timeline_search").edit("oak", { confirm: false });
    await advanceTime(250);
    expect(calls).toHaveLength(0);
    await contains(".o_customer_timeline_search").edit("oak desk", { confirm: false });
    await advanceTime(300);
    expect(calls.map(({ kwargs }) => kwargs.text)).toEqual(["oak desk"]);
    await calls[0].answer(makePage([]));
    expect(".o_customer_timeline_empty").toHaveText(/Nothing fits these filters/);
});

test("a late answer to an older question is not shown", async () => {
    const { calls } = await mountTimeline(makePage([makeEntry(9)], true));
    await contains(".o_customer_timeline_period").select("7");
    await contains(".o_customer_timeline_period").select("30");
    await calls[1].answer(makePage([makeEntry(2)]));
    await calls[0].answer(makePage([makeEntry(1)]));
    expect(getShownIds()).toEqual([2]);
});

test("more of the old question is not put under the new one", async () => {
    mockNearby();
    const { calls } = await mountTimeline(makePage([makeEntry(9)], true));
    await contains(MORE).click();
    await contains(".o_customer_timeline_period").select("7");
    await calls[1].answer(makePage([makeEntry(5)], true));
    await calls[0].answer(makePage([makeEntry(8)]));
    expect(getShownIds()).toEqual([5]);
    expect(MORE).toBeEnabled();
});

test("another contact: their entries, with the filters kept", async () => {
    const { calls, state } = await mountTimeline(makePage([makeEntry(1)], true));
    await contains(".o_customer_timeline_period").select("7");
    await calls[0].answer(makePage([makeEntry(1)], true));
    state.customerId = 8;
    await animationFrame();
    expect(calls[1].args).toEqual([8]);
    expect(calls[1].kwargs.date_from).toBe("2026-06-08");
    await calls[1].answer(makePage([makeEntry(5)]));
    expect(getShownIds()).toEqual([5]);
    expect(STATUS).toHaveText("1 entry shown");
});

test("filters may change while the entries of another contact are on their way", async () => {
    const { calls, state } = await mountTimeline(makePage([makeEntry(1)]));
    state.customerId = 8;
    await animationFrame();
    await contains(".o_customer_timeline_period").select("7");
    expect(calls.map(({ args }) => args[0])).toEqual([8, 8]);
    await calls[1].answer(makePage([makeEntry(5)]));
    await calls[0].answer(makePage([makeEntry(6)]));
    expect(getShownIds()).toEqual([5]);
    await contains(".o_customer_timeline_period").select("all");
    expect(calls[2].args).toEqual([8]);
    await calls[2].answer(makePage([makeEntry(4)]));
    expect(getShownIds()).toEqual([4]);
});

test("a new contact has nothing, also when the answer for the one before is late", async () => {
    const { calls, state } = await mountTimeline(makePage([makeEntry(1)]));
    state.customerId = 8;
    await animationFrame();
    state.customerId = false;
    await animationFrame();
    await calls[0].answer(makePage([makeEntry(5)]));
    expect(getShownIds()).toEqual([]);
    expect(".o_customer_timeline_empty").toHaveText(/Nothing has happened with this contact yet/);
    expect(calls).toHaveLength(1);
    expect(".o_customer_timeline").toHaveAttribute("aria-busy", "false");
});

test("an entry tells more when opened, and closes again", async () => {
    const previews = holdCalls("customer.timeline", "get_preview");
    const entry = makeEntry(1, { status: "Done", amount: 5, partner: "Brandon", user: "Sam" });
    await mountTimeline(makePage([entry]));
    expect(ROW).toHaveAttribute("aria-expanded", "false");
    await contains(ROW).click();
    expect(ROW).toHaveAttribute("aria-expanded", "true");
    expect(queryAllTexts(".o_customer_timeline_preview dt")).toEqual([
        "Channel:",
        "Direction:",
        "Status:",
        "Amount:",
        "Contact:",
        "Our person:",
    ]);
    expect(queryAllTexts(".o_customer_timeline_preview dd")).toEqual([
        "Telephone",
        "Incoming",
        "Done",
        "$ 5.00",
        "Brandon",
        "Sam",
    ]);
    expect(".o_customer_timeline_preview p").toHaveText("Loading …");
    expect(previews[0].args).toEqual([[1]]);
    await previews[0].answer({ text: "<b>Long</b>", is_cut: true });
    expect(".o_customer_timeline_preview p").toHaveText("<b>Long</b> …");
    await contains(ROW).click();
    expect(".o_customer_timeline_preview").toHaveCount(0);
});

test("what an entry does not have is left out", async () => {
    onRpc("customer.timeline", "get_preview", () => ({ text: "", is_cut: false }));
    await mountTimeline(makePage([makeEntry(1, { direction: "none", channel: "web" })]));
    await contains(ROW).click();
    expect(".o_customer_timeline_preview dt").toHaveCount(0);
    expect(".o_customer_timeline_preview p").toHaveCount(0);
});

test("the text of one entry is not shown under another", async () => {
    const previews = holdCalls("customer.timeline", "get_preview");
    await mountTimeline(makePage([makeEntry(2), makeEntry(1)]));
    await contains(`${ROW}:eq(0)`).click();
    await contains(`${ROW}:eq(1)`).click();
    await previews[0].answer({ text: "Of the first", is_cut: false });
    expect(".o_customer_timeline_preview p").toHaveText("Loading …");
    await previews[1].answer({ text: "Of the second", is_cut: false });
    expect(`${ENTRY}[data-entry="1"] .o_customer_timeline_text`).toHaveText("Of the second");
    expect(".o_customer_timeline_preview").toHaveCount(1);
});

test("entries and their documents open by keyboard", async () => {
    const actions = collectActions();
    onRpc("customer.timeline", "get_preview", () => ({ text: "", is_cut: false }));
    onRpc("customer.timeline", "action_open_document", ({ args }) => ({ opened: args[0] }));
    await mountTimeline(makePage([makeEntry(2), makeEntry(1)]));
    queryOne(`${ROW}:eq(0)`).focus();
    await press("Tab");
    expect(`${ROW}:eq(1)`).toBeFocused();
    await press("Enter");
    await animationFrame();
    expect(`${ENTRY}[data-entry="1"] .o_customer_timeline_preview`).toHaveCount(1);
    await press("Tab");
    expect(".o_customer_timeline_open").toBeFocused();
    await press("Enter");
    await animationFrame();
    expect(actions).toEqual([{ opened: [1] }]);
});

test("a kind of another module, without picture of its own, is shown all the same", async () => {
    await mountTimeline(makePage([makeEntry(1, { kind: "pigeon", subject: false })]));
    expect(`${ENTRY} .fa-circle-o`).toHaveCount(1);
    expect(".o_customer_timeline_subject").toHaveText("");
});

test("on the form of a contact: theirs, anew when saved; a new contact has none yet", async () => {
    class Contact extends models.Model {
        _name = "contact";
        name = fields.Char();
        _records = [{ id: 4, name: "Azure" }];
    }
    defineModels([Contact]);
    onRpc("customer.timeline", "get_timeline", ({ args }) => {
        expect.step(args[0]);
        return makePage([makeEntry(args[0])]);
    });
    const arch = `<form><field name="name"/><widget name="customer_timeline"/></form>`;
    await mountView({ type: "form", resModel: "contact", resId: 4, arch });
    expect.verifySteps([4]);
    await contains("[name=name] input").edit("Azure Interior");
    await contains(".o_form_button_save").click();
    expect.verifySteps([4]);
    await contains(".o_form_button_create").click();
    expect.verifySteps([]);
    expect(".o_customer_timeline_empty").toHaveCount(1);
});
