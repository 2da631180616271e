import { describe, expect, mockTimeZone, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

import { formatDay, formatItem } from "@customer_value/customer_card/formatting";

import { defineCustomerValueModels, makePersianEnv } from "../customer_value_test_helpers";

describe.current.tags("headless");
defineCustomerValueModels();

const format = (type, value, digits = 0) => formatItem({ type, value, digits }, 1);

test("what is not known is never a number", async () => {
    await makeMockEnv();
    for (const type of ["monetary", "percent", "date", "float", "integer", "char"]) {
        expect(String(format(type, false))).toBe("Not enough data");
        expect(String(format(type, null))).toBe("Not enough data");
    }
});

test("zero is a number", async () => {
    await makeMockEnv();
    expect(format("monetary", 0)).toBe("$\u00a00.00");
    expect(format("percent", 0)).toBe("0%");
    expect(format("float", 0, 1)).toBe("0.0");
    expect(format("integer", 0)).toBe("0");
});

test("money is written in the currency of the profile", async () => {
    await makeMockEnv();
    const item = { type: "monetary", value: -1234567.891 };
    expect(formatItem(item, 1)).toBe("$\u00a0-1,234,567.89");
    expect(formatItem(item, 2)).toBe("-1,234,567.89\u00a0€");
});

test("a share is a percentage with one decimal at most", async () => {
    await makeMockEnv();
    expect(format("percent", 1)).toBe("100%");
    expect(format("percent", 0.1234)).toBe("12.3%");
    expect(format("percent", 0.29)).toBe("29%");
    expect(format("percent", -0.255)).toBe("-25.5%");
    expect(format("percent", 12.5)).toBe("1,250%");
    expect(format("percent", -0.0004)).toBe("0%", { message: "and no minus before zero" });
});

test("other numbers have the digits of their field", async () => {
    await makeMockEnv();
    expect(format("float", 12.345, 1)).toBe("12.3");
    expect(format("float", 12, 2)).toBe("12.00");
    expect(format("float", 12.345, 0)).toBe("12");
    expect(format("integer", 1234567)).toBe("1,234,567");
});

test("text is written as it is", async () => {
    await makeMockEnv();
    expect(format("char", "Every 30 days")).toBe("Every 30 days");
});

test("a day is the same day everywhere", async () => {
    await makeMockEnv();
    for (const zone of ["America/Los_Angeles", "Asia/Tehran", "Pacific/Auckland"]) {
        mockTimeZone(zone);
        expect(formatDay("2018-03-01")).toBe("Mar 1, 2018");
        expect(format("date", "2018-03-01")).toBe("Mar 1, 2018");
    }
});

test("a Persian screen has its own signs in numbers", async () => {
    await makePersianEnv();
    expect(format("monetary", 1234.5)).toBe("$\u00a01٬234٫50");
    expect(format("percent", 0.125)).toBe("12٫5%");
    expect(format("integer", 1234)).toBe("1٬234");
});
