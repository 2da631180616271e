import { advanceTime, animationFrame, describe, expect, press, test } from "@odoo/hoot";
import { Component, xml } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    getMockEnv,
    makeServerError,
    models,
    mountViewInDialog,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { showLogged } from "@customer_value/interaction_log/logged_action";

import { collectActions, defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

const NOTE = ".o_interaction_logged";

class Screen extends Component {
    static props = [];
    static template = xml`<div/>`;
}

async function showOnScreen(params = {}) {
    await mountWithCleanup(Screen);
    const next = showLogged(getMockEnv(), {
        params: { interaction_ids: [3, 4], message: "Two calls were logged.", ...params },
    });
    await animationFrame();
    return next;
}

test("what was logged is told, and the way goes on", async () => {
    const next = { type: "ir.actions.act_window_close" };
    expect(await showOnScreen({ next })).toBe(next);
    expect(NOTE).toHaveText(/Two calls were logged\./);
    expect(`${NOTE} button:contains(Undo)`).toHaveCount(1);
});

test("it can be taken back, once", async () => {
    const actions = collectActions();
    onRpc("customer.interaction", "action_undo", ({ args }) => {
        expect.step(args[0]);
        return true;
    });
    await showOnScreen();
    await contains(`${NOTE} button:contains(Undo)`).click();
    await animationFrame();
    expect.verifySteps([[3, 4]]);
    expect(NOTE).toHaveCount(0);
    expect(".o_notification_content").toHaveText("Nothing was logged.");
    expect(actions).toEqual(["soft_reload"]);
});

test("when the server refuses, nobody is told that it was taken back", async () => {
    expect.errors(1);
    const actions = collectActions();
    onRpc("customer.interaction", "action_undo", () => {
        throw makeServerError({ message: "Too late" });
    });
    await showOnScreen();
    await contains(`${NOTE} button:contains(Undo)`).click();
    await animationFrame();
    expect(".o_notification:contains(Nothing was logged)").toHaveCount(0);
    expect(actions).toEqual([]);
    expect.verifyErrors(["Too late"]);
});

test("there is time to read it, and then it goes by itself", async () => {
    await showOnScreen();
    await advanceTime(14000);
    expect(NOTE).toHaveCount(1);
    await advanceTime(2000);
    expect(NOTE).toHaveCount(0);
});

class Log extends models.Model {
    subject = fields.Char();
    duration = fields.Float();
    partner_id = fields.Many2one({ relation: "log" });
    note = fields.Text();
    _records = [{ id: 1, subject: "Call", duration: 1, note: "" }];
}

async function mountLog() {
    defineModels([Log]);
    onRpc("log", "web_save", ({ args }) => expect.step(args[1]));
    onRpc("log", "action_save", () => {
        expect.step("saved");
        return false;
    });
    await mountViewInDialog({
        type: "form",
        resModel: "log",
        resId: 1,
        arch: `<form js_class="customer_interaction_log_form">
            <field name="subject"/><field name="duration"/>
            <field name="partner_id"/><field name="note"/>
            <footer><button name="action_save" type="object" string="Log"/></footer>
        </form>`,
    });
}

test("Enter in a line logs, with what was just typed", async () => {
    await mountLog();
    await contains("[name=subject] input").edit("Asked for a price", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect.verifySteps([{ subject: "Asked for a price" }, "saved"]);
});

test("Enter after the minutes logs too", async () => {
    await mountLog();
    await contains("[name=duration] input").edit("5", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect.verifySteps([{ duration: 5 }, "saved"]);
});

test("Enter in the note is a new line", async () => {
    await mountLog();
    await contains("[name=note] textarea").edit("First", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect.verifySteps([]);
});

test("Enter that ends the composing of a character does not log", async () => {
    await mountLog();
    await contains("[name=subject] input").edit("こんに", { confirm: false });
    await press("Enter", { isComposing: true });
    await animationFrame();
    expect.verifySteps([]);
});

test("Enter that chooses a suggestion does not log", async () => {
    await mountLog();
    await contains("[name=partner_id] input").click();
    await press("Enter");
    await animationFrame();
    expect.verifySteps([]);
});
