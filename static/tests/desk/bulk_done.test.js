import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv, mockService, onRpc } from "@web/../tests/web_test_helpers";

import { showBulkDone } from "@customer_value/desk/bulk_done";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

test("a step for many is told with a button that takes it back", async () => {
    let shown;
    mockService("notification", {
        add: (message, options) => {
            shown = { message, options };
            return () => expect.step("closed");
        },
    });
    mockService("action", { doAction: (action) => expect.step(action.params.message) });
    onRpc("customer.bulk", "action_undo", ({ args }) => {
        expect.step(args[0]);
        return { type: "ir.actions.client", params: { message: "Taken back for: 3." } };
    });
    const env = await makeMockEnv();
    const next = { type: "ir.actions.act_window_close" };
    expect(showBulkDone(env, { params: { bulk_id: 7, message: "Done for 3 of 4.", next } })).toBe(
        next
    );
    expect(shown.message).toBe("Done for 3 of 4.");
    await shown.options.buttons[0].onClick();
    expect.verifySteps(["closed", [7], "Taken back for: 3."]);
});
