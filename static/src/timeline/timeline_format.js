import { deserializeDateTime, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";
import { readsJalali } from "../calendar/reader_calendar";

export const KIND_ICONS = {
    call: "fa-phone",
    visit: "fa-map-marker",
    meeting: "fa-users",
    email: "fa-envelope-o",
    sms: "fa-mobile",
    chat: "fa-comments-o",
    message: "fa-comment-o",
    fax: "fa-fax",
    letter: "fa-pencil-square-o",
    activity: "fa-check-square-o",
    lead: "fa-lightbulb-o",
    opportunity: "fa-star-o",
    quotation: "fa-file-text-o",
    order: "fa-shopping-cart",
    invoice: "fa-file-text",
    credit_note: "fa-undo",
    payment: "fa-money",
    delivery: "fa-truck",
    return: "fa-reply",
    rating: "fa-smile-o",
    survey: "fa-list-ol",
    points: "fa-gift",
    mailing: "fa-bullhorn",
    website_visit: "fa-globe",
    complaint: "fa-exclamation-triangle",
    feedback: "fa-smile-o",
    other: "fa-circle-o",
};

/** Local moment of an entry, from the UTC text of the server. */
export function getMoment(entry) {
    return deserializeDateTime(entry.date);
}

export function getDayKey(moment) {
    return moment.toFormat("yyyy-MM-dd", { numberingSystem: "latn" });
}

/** Weekday, day, month, year: the browser puts them in an order nobody writes. */
function formatPersianDay(moment, options) {
    const parts = Object.fromEntries(
        moment.toLocaleParts(options).map(({ type, value }) => [type, value])
    );
    return `${parts.weekday} ${parts.day} ${parts.month} ${parts.year}`;
}

/**
 * Write a day as a heading: in the Persian language by the Persian calendar.
 *
 * Only the heading is written so: dates sent to the server stay Gregorian.
 */
export function formatDayHeading(moment) {
    const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
    const day = readsJalali()
        ? formatPersianDay(moment.reconfigure({ outputCalendar: "persian" }), options)
        : moment.reconfigure({ outputCalendar: "gregory" }).toLocaleString(options);
    const age = Math.round(today().diff(moment.startOf("day"), "days").days);
    if (age === 0) {
        return _t("Today, %(day)s", { day });
    }
    return age === 1 ? _t("Yesterday, %(day)s", { day }) : day;
}

export function formatTime(entry) {
    return entry.is_day ? "" : getMoment(entry).toFormat("HH:mm");
}

export function formatAmount(entry) {
    return entry.amount === false
        ? ""
        : formatMonetary(entry.amount, { currencyId: entry.currency_id });
}

/**
 * Put the entries of a page, newest first, into days.
 *
 * @param {Object[]} entries
 * @param {string} [lastKey] the day the page before ended with: it has its heading already
 */
export function groupByDay(entries, lastKey) {
    const days = [];
    for (const entry of entries) {
        const moment = getMoment(entry);
        const key = getDayKey(moment);
        if (days.at(-1)?.key === key) {
            days.at(-1).entries.push(entry);
        } else {
            const title = key === lastKey ? "" : formatDayHeading(moment);
            days.push({ key, title, entries: [entry] });
        }
    }
    return days;
}
