import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";

import { defineCustomerValueModels } from "../customer_value_test_helpers";

describe.current.tags("desktop");
defineCustomerValueModels();

class Share extends models.Model {
    share = fields.Float({ digits: [16, 3] });
    _records = [{ id: 1, share: 0.1255 }, { id: 2, share: 0 }, { id: 3 }];
}
defineModels([Share]);

/** The mock server knows no empty float; ours are, when there is not enough data. */
function emptyTheThird() {
    onRpc("share", ["web_read", "web_search_read"], async ({ parent }) => {
        const result = await parent();
        for (const record of result.records || result) {
            record.share = record.id === 3 ? false : record.share;
        }
        return result;
    });
}

async function mountForm(resId, attributes = "") {
    emptyTheThird();
    await mountView({
        type: "form",
        resModel: "share",
        resId,
        arch: `<form><field name="share" widget="customer_percentage" ${attributes}/></form>`,
    });
}

test("in a list: zero is a share, no data is empty", async () => {
    emptyTheThird();
    await mountView({
        type: "list",
        resModel: "share",
        arch: `<list><field name="share" widget="customer_percentage"/></list>`,
    });
    expect(queryAllTexts("td[name=share]")).toEqual(["12.55%", "0%", ""]);
});

test("on a form: read", async () => {
    await mountForm(1, `readonly="1"`);
    expect("[name=share] span").toHaveText("12.55%");
});

test("on a form: no data is empty", async () => {
    await mountForm(3, `readonly="1"`);
    expect("[name=share] span").toHaveText("");
});

test("on a form: digits of the view", async () => {
    await mountForm(1, `readonly="1" options="{'digits': [16, 1]}"`);
    expect("[name=share] span").toHaveText("12.6%");
});

test("on a form: written as a percentage, saved as a share", async () => {
    onRpc("share", "web_save", ({ args }) => {
        expect.step(args[1].share);
    });
    await mountForm(1);
    expect("[name=share] input").toHaveValue("12.55");
    await contains("[name=share] input").edit("28");
    await contains(".o_form_button_save").click();
    expect.verifySteps([0.28]);
    expect("[name=share] input").toHaveValue("28");
});

test("in a pivot: no data is empty there too", async () => {
    await makeMockEnv();
    const format = registry.category("formatters").get("customer_percentage");
    expect(format(false)).toBe("");
    expect(format(0)).toBe("0%");
    expect(format(0.125)).toBe("12.5%");
    const options = format.extractOptions({ attrs: {}, options: { digits: [16, 0] } });
    expect(format(0.129, options)).toBe("13%");
});
