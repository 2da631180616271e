import {
    animationFrame,
    describe,
    expect,
    keyDown,
    mockDate,
    press,
    queryAll,
    queryAllTexts,
    queryFirst,
    queryOne,
    test,
} from "@odoo/hoot";
import { contains, mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { TodayPage } from "@customer_value/today/today_page";

import { getDefaultConfig } from "@web/views/view";

import { defineCustomerValueModels, makePersianEnv } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

const ROW = ".o_customer_today_row";

function makeRow(id, name, values = {}) {
    return {
        id,
        profile_id: 10 * id,
        name,
        kind: "contact_due",
        band: "medium",
        tier: false,
        others: [],
        user: "",
        reason: `Why ${name}`,
        last_contact: false,
        offer: false,
        phone: false,
        mail_partner_id: id,
        ...values,
    };
}

const AZURE = makeRow(7, "Azure", { phone: "+1 (202) 555-0123", band: "high", kind: "slipping" });
const DECO = makeRow(8, "Deco", { others: ["Open complaint"], offer: "Oak desk" });
const GEMINI = makeRow(9, "Gemini", { mail_partner_id: false, user: "Sima", band: "low" });

function makeDay(rows, values = {}) {
    return {
        rows,
        total: rows.length,
        limit: 20,
        empty: rows.length ? false : "contacted",
        reasons: [
            ["no_need", "No need"],
            ["no_time", "No time"],
        ],
        can_team: false,
        can_log: true,
        ...values,
    };
}

/** Mount the page; ``day.current`` is what the server says whenever it is asked. */
async function mountToday(day) {
    const server = { current: day, asked: [] };
    onRpc("customer.today", "get_day", ({ args }) => {
        server.asked.push(args);
        return server.current;
    });
    server.page = await mountWithCleanup(TodayPage, {
        componentEnv: { config: getDefaultConfig() },
        props: { action: {}, actionId: 1 },
    });
    return server;
}

/** Collect what is asked of the action service; the windows are closed by the test. */
function mockWindows() {
    const windows = [];
    mockService("action", {
        doAction(action, options = {}) {
            windows.push({ action, ...options });
        },
    });
    return windows;
}

/** Collect the messages, with their buttons. */
function mockMessages() {
    const shown = [];
    mockService("notification", {
        add(message, options) {
            shown.push({ message, ...options });
            return () => expect.step("closed");
        },
    });
    return shown;
}

test("a row says who, why, how much is at stake and what to offer", async () => {
    await mountToday(makeDay([AZURE, DECO], { total: 12 }));
    expect("h1").toHaveText("2 of 12 customers with a reason to contact them today");
    expect(queryAllTexts(".o_customer_today_name")).toEqual(["Azure", "Deco"]);
    expect(queryAllTexts(".o_customer_today_reason")).toEqual(["Why Azure", "Why Deco"]);
    expect(queryAllTexts(`${ROW} .badge`)).toEqual([
        "Much at stake",
        "Something at stake",
        "Open complaint",
    ]);
    expect(`${ROW}:last-child .o_customer_today_offer`).toHaveText(/To offer:\s+Oak desk/);
});

test("the call dials the number without what only people read", async () => {
    await mountToday(makeDay([AZURE, DECO]));
    expect(".o_customer_today_call").toHaveCount(1);
    expect(".o_customer_today_call").toHaveAttribute("href", "tel:+12025550123");
    expect(".o_customer_today_call bdi").toHaveAttribute("dir", "ltr");
});

test("a logged contact takes the row away", async () => {
    const windows = mockWindows();
    const server = await mountToday(makeDay([AZURE, DECO]));
    await contains(`${ROW}:first-child button[name=log]`).click();
    expect(windows[0].action).toBe("customer_value.customer_interaction_log_action");
    expect(windows[0].additionalContext).toEqual({
        active_model: "res.partner",
        active_id: 7,
        active_ids: [7],
    });
    expect(ROW).toHaveCount(2);
    server.current = makeDay([DECO]);
    await windows[0].onClose();
    await animationFrame();
    expect(queryAllTexts(".o_customer_today_name")).toEqual(["Deco"]);
});

test("who may not log has no button for it", async () => {
    await mountToday(makeDay([AZURE], { can_log: false }));
    expect("button[name=log]").toHaveCount(0);
    expect("button[name=interview]").toHaveCount(0);
    expect("button[name=mail]").toHaveCount(1);
});

test("a mail is written to the customer, where there is an address", async () => {
    const windows = mockWindows();
    const server = await mountToday(makeDay([DECO, GEMINI]));
    expect("button[name=mail]").toHaveCount(1);
    await contains("button[name=mail]").click();
    expect(windows[0].action.res_model).toBe("mail.compose.message");
    expect(windows[0].action.target).toBe("new");
    expect(windows[0].action.context.default_res_ids).toEqual([8]);
    await windows[0].onClose();
    expect(server.asked).toHaveLength(2);
});

test("only who slips away is asked why", async () => {
    const windows = mockWindows();
    await mountToday(makeDay([AZURE, DECO]));
    expect("button[name=interview]").toHaveCount(1);
    await contains("button[name=interview]").click();
    expect(windows[0].additionalContext).toEqual({ default_partner_id: 7 });
});

test("later: a day is chosen, the row leaves, and comes back by one button", async () => {
    mockDate("2026-06-15 09:00:00");
    const messages = mockMessages();
    const server = await mountToday(makeDay([AZURE, DECO]));
    onRpc("customer.today", "put_off", ({ args }) => {
        expect.step(args);
        server.current = makeDay([DECO]);
        return 31;
    });
    onRpc("customer.today", "take_back", ({ args }) => {
        expect.step(args);
        server.current = makeDay([AZURE, DECO]);
        return true;
    });
    const button = `${ROW}:first-child button[name=later]`;
    expect(button).toHaveAttribute("aria-expanded", "false");
    await contains(button).click();
    expect(button).toHaveAttribute("aria-expanded", "true");
    expect(queryAllTexts("button[data-day]")).toEqual(["Tomorrow", "In a week", "In a month"]);
    await contains("button[data-day='2026-06-22']").click();
    expect.verifySteps([[7, "2026-06-22"]]);
    expect(queryAllTexts(".o_customer_today_name")).toEqual(["Deco"]);
    expect(".o_customer_today_panel").toHaveCount(0);
    expect(messages[0].message).toBe("Azure comes back on Jun 22.");
    await messages[0].buttons[0].onClick();
    await animationFrame();
    expect.verifySteps(["closed", [31]]);
    expect(queryAllTexts(".o_customer_today_name")).toEqual(["Azure", "Deco"]);
});

test("not now: says why, for this reason to contact only", async () => {
    const messages = mockMessages();
    const server = await mountToday(makeDay([AZURE, DECO]));
    onRpc("customer.today", "not_now", ({ args }) => {
        expect.step(args);
        server.current = makeDay([AZURE]);
        return 32;
    });
    await contains(`${ROW}:last-child button[name=not_now]`).click();
    expect(queryAllTexts("button[data-reason]")).toEqual(["No need", "No time"]);
    await contains("button[data-reason=no_time]").click();
    expect.verifySteps([[8, "contact_due", "no_time"]]);
    expect(queryAllTexts(".o_customer_today_name")).toEqual(["Azure"]);
    expect(messages[0].message).toBe("Not now: Deco");
});

test("one panel is open at a time, and the same button closes it", async () => {
    await mountToday(makeDay([AZURE, DECO]));
    await contains(`${ROW}:first-child button[name=later]`).click();
    await contains(`${ROW}:last-child button[name=not_now]`).click();
    expect(".o_customer_today_panel").toHaveCount(1);
    expect(`${ROW}:last-child .o_customer_today_panel`).toHaveCount(1);
    await contains(`${ROW}:last-child button[name=not_now]`).click();
    expect(".o_customer_today_panel").toHaveCount(0);
});

test("keys: up and down, log, mail, later, not now, open", async () => {
    const windows = mockWindows();
    await mountToday(makeDay([AZURE, DECO]));
    queryFirst(ROW).focus();
    await press("ArrowDown");
    expect(queryOne(`${ROW}:last-child`)).toBe(document.activeElement);
    await press("ArrowUp");
    expect(queryOne(`${ROW}:first-child`)).toBe(document.activeElement);
    for (const code of ["KeyL", "KeyM", "Enter"]) {
        await press("x", { code });
    }
    expect(windows.map(({ action }) => action.res_model || action)).toEqual([
        "customer_value.customer_interaction_log_action",
        "mail.compose.message",
        "customer.profile",
    ]);
    expect(windows[2].action.res_id).toBe(70);
    await press("s", { code: "KeyS" });
    await animationFrame();
    expect("button[data-day]").toHaveCount(3);
    await press("n", { code: "KeyN" });
    await animationFrame();
    expect("button[data-reason]").toHaveCount(2);
});

test("a name opens the customer; what to offer, the list it is quoted from", async () => {
    const windows = mockWindows();
    onRpc("res.partner", "action_open_recommendations", ({ args }) => {
        expect.step(args[0]);
        return { type: "ir.actions.act_window", res_model: "customer.recommendation" };
    });
    await mountToday(makeDay([{ ...AZURE, profile_id: false }, DECO]));
    for (const name of queryAll(".o_customer_today_name")) {
        await contains(name).click();
    }
    await contains("button[name=offer]").click();
    expect.verifySteps([[8]]);
    expect(windows.map(({ action }) => [action.res_model, action.res_id])).toEqual([
        ["res.partner", 7],
        ["customer.profile", 80],
        ["customer.recommendation", undefined],
    ]);
});

test("keys work with a Persian keyboard, and leave the browser's own alone", async () => {
    const windows = mockWindows();
    await makePersianEnv();
    await mountToday(makeDay([AZURE]));
    queryFirst(ROW).focus();
    await keyDown("م", { code: "KeyL" });
    expect(windows).toHaveLength(1);
    await keyDown("l", { code: "KeyL", ctrlKey: true });
    queryFirst("button[name=later]").focus();
    await keyDown("l", { code: "KeyL" });
    expect(windows).toHaveLength(1);
});

test("managers switch to the whole team, and see whose each customer is", async () => {
    const server = await mountToday(makeDay([AZURE], { can_team: true }));
    expect(server.asked).toEqual([[false]]);
    server.current = makeDay([AZURE, GEMINI], { can_team: true });
    await contains("#o_customer_today_team").click();
    expect(server.asked).toEqual([[false], [true]]);
    expect(`${ROW}:last-child bdi:contains(Sima)`).toHaveCount(1);
});

test("an empty day tells why it is empty", async () => {
    const server = await mountToday(makeDay([], { empty: "contacted" }));
    expect(".o_customer_today_empty h1").toHaveText("Nobody left for today");
    expect("#o_customer_today_team").toHaveCount(0);
    for (const empty of ["no_profiles", "put_off", "nothing"]) {
        server.current = makeDay([], { empty });
        await server.page.load();
        await animationFrame();
        expect(queryAllTexts(".o_customer_today_empty p")[0]).not.toBe("");
    }
    expect(".o_customer_today_empty h1").toHaveText("Nobody needs to be contacted today");
});
