import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv, mockService, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { getLanguageItem } from "@customer_value/language_menu/language_menu";

describe.current.tags("desktop");

test("another language is one click away, the present one is not offered", async () => {
    patchWithCleanup(user, { context: { ...user.context, lang: "en_US" } });
    patchWithCleanup(browser.location, { reload: () => expect.step("reload") });
    mockService("orm", {
        write: async (...call) => expect.step(call),
    });
    onRpc("/web/session/get_session_info", () => {
        expect.step("session");
        return {};
    });
    const env = await makeMockEnv();
    const persian = getLanguageItem(env, ["fa_IR", "Persian / فارسی"]);
    expect(persian.description).toBe("Persian / فارسی");
    expect(persian.show()).toBe(true);
    expect(getLanguageItem(env, ["en_US", "English (US)"]).show()).toBe(false);
    await persian.callback();
    const written = ["res.users", [user.userId], { lang: "fa_IR" }];
    expect.verifySteps([written, "session", "reload"]);
});
