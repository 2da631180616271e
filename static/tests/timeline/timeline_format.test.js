import { beforeEach, describe, expect, mockDate, mockTimeZone, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

import {
    formatAmount,
    formatDayHeading,
    formatTime,
    getMoment,
    groupByDay,
} from "@customer_value/timeline/timeline_format";

import { defineCustomerValueModels, makePersianEnv } from "../customer_value_test_helpers";

describe.current.tags("headless");
defineCustomerValueModels();
beforeEach(() => mockDate("2026-06-15 12:00:00", 0));

const heading = (date) => formatDayHeading(getMoment({ date }));

test("a time is the one of the reader, and a day has none", async () => {
    await makeMockEnv();
    mockTimeZone("Asia/Tehran");
    expect(formatTime({ date: "2026-06-14 21:05:00", is_day: false })).toBe("00:35");
    expect(formatTime({ date: "2026-06-14 00:00:00", is_day: true })).toBe("");
});

test("no amount is written as nothing, an amount of zero as zero", async () => {
    await makeMockEnv();
    expect(formatAmount({ amount: false, currency_id: 1 })).toBe("");
    expect(formatAmount({ amount: 0, currency_id: 1 })).toBe("$\u00a00.00");
    expect(formatAmount({ amount: -1234.5, currency_id: 2 })).toBe("-1,234.50\u00a0€");
});

test("today and yesterday are said", async () => {
    await makeMockEnv();
    expect(heading("2026-06-15 00:00:00")).toBe("Today, Monday, June 15, 2026");
    expect(heading("2026-06-14 23:59:59")).toBe("Yesterday, Sunday, June 14, 2026");
    expect(heading("2026-06-13 12:00:00")).toBe("Saturday, June 13, 2026");
    expect(heading("2026-06-16 12:00:00")).toBe("Tuesday, June 16, 2026");
});

test("yesterday is one day ago also where the clock was changed in between", async () => {
    await makeMockEnv();
    mockDate("2026-03-30 12:00:00", "Europe/Brussels"); // after a day of 23 hours
    expect(heading("2026-03-29 11:00:00")).toBe("Yesterday, Sunday, March 29, 2026");
    mockDate("2026-10-26 12:00:00", "Europe/Brussels"); // after one of 25 hours
    expect(heading("2026-10-25 11:00:00")).toBe("Yesterday, Sunday, October 25, 2026");
});

test("a Persian heading is by the Persian calendar, in the order people write", async () => {
    await makePersianEnv();
    expect(heading("2026-03-25 12:00:00")).toBe("چهارشنبه 5 فروردین 1405");
    expect(heading("2026-03-20 12:00:00")).toBe("جمعه 29 اسفند 1404");
});

test("entries are put under the day of the reader", async () => {
    await makeMockEnv();
    mockTimeZone("Asia/Tehran");
    const entries = [
        { id: 3, date: "2026-06-10 20:31:00" },
        { id: 2, date: "2026-06-10 20:29:00" },
        { id: 1, date: "2026-06-09 20:31:00" },
    ];
    const days = groupByDay(entries);
    expect(days.map(({ key }) => key)).toEqual(["2026-06-11", "2026-06-10"]);
    expect(days.map((day) => day.entries.map(({ id }) => id))).toEqual([[3], [2, 1]]);
    expect(days[0].title).toBe("Thursday, June 11, 2026");
});

test("a day that goes on from the page before has no second heading", async () => {
    await makeMockEnv();
    const entries = [
        { id: 2, date: "2026-06-10 10:00:00" },
        { id: 1, date: "2026-06-09 10:00:00" },
    ];
    const titles = groupByDay(entries, "2026-06-10").map(({ title }) => title);
    expect(titles).toEqual(["", "Tuesday, June 9, 2026"]);
    expect(groupByDay([], "2026-06-10")).toEqual([]);
});

test("the key of a day stays Gregorian and latin in Persian", async () => {
    await makePersianEnv();
    expect(groupByDay([{ id: 1, date: "2026-03-25 12:00:00" }])[0].key).toBe("2026-03-25");
});
