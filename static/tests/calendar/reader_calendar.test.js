import { describe, expect, mockDate, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { session } from "@web/session";

import {
    formatReaderDay,
    formatReaderMonth,
    readsJalali,
} from "@customer_value/calendar/reader_calendar";

import { defineCustomerValueModels, makePersianEnv } from "../customer_value_test_helpers";

const { DateTime } = luxon;
describe.current.tags("desktop");
defineCustomerValueModels();

test("Persian readers get Jalali days, with the year unless it is this one", async () => {
    mockDate("2026-11-28 12:00:00");
    await makePersianEnv();
    expect(readsJalali()).toBe(true);
    expect(formatReaderDay(DateTime.fromISO("2026-03-21"))).toBe("1 فروردین");
    expect(formatReaderDay(DateTime.fromISO("2026-03-20"))).toBe("29 اسفند 1404");
});

test("months name the calendar they belong to", async () => {
    await makePersianEnv();
    expect(formatReaderMonth("2026-03-21")).toBe("فروردین 05");
    expect(formatReaderMonth("2025-12-22")).toBe("دی 04");
    expect(formatReaderMonth("2026-01-01")).toBe("دی–بهمن 04");
    expect(formatReaderMonth("2026-03-21", { isLong: true })).toBe("فروردین 1405");
    expect(formatReaderMonth("2026-01-01", { isLong: true })).toBe("دی–بهمن 1404");
    expect(formatReaderMonth("Quality")).toBe("Quality");
});

test("a company that keeps to Gregorian dates", async () => {
    await makePersianEnv();
    patchWithCleanup(session, { customer_gregorian_company_ids: [1] });
    expect(readsJalali()).toBe(false);
});

test("other languages: as Odoo writes days", async () => {
    mockDate("2026-11-28 12:00:00");
    expect(readsJalali()).toBe(false);
    expect(formatReaderDay(DateTime.fromISO("2025-03-21"))).toBe("Mar 21, 2025");
    expect(formatReaderMonth("2026-03-01")).toBe("Mar 26");
});
