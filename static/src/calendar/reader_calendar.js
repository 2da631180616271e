import { deserializeDate, today } from "@web/core/l10n/dates";
import { session } from "@web/session";
import { user } from "@web/core/user";
import { formatDate } from "@web/views/fields/formatters";

const { DateTime } = luxon;

/**
 * Whether dates are shown in the Jalali calendar: to readers of Persian, unless the company keeps
 * to the Gregorian one. Only what is shown: values stay as they are.
 */
export function readsJalali() {
    const gregorian = session.customer_gregorian_company_ids || [];
    return (
        (DateTime.local().locale || "").startsWith("fa") &&
        !gregorian.includes(user.activeCompany?.id)
    );
}

function getJalaliParts(moment, options) {
    const format = new Intl.DateTimeFormat("fa-IR-u-ca-persian-nu-latn", {
        ...options,
        timeZone: moment.zone.isUniversal ? "UTC" : moment.zoneName,
    });
    return Object.fromEntries(
        format.formatToParts(moment.toJSDate()).map(({ type, value }) => [type, value])
    );
}

/** Write a day as Odoo does beside it; a Jalali one with its year unless that is this year. */
export function formatReaderDay(day) {
    if (!readsJalali()) {
        return formatDate(day);
    }
    const options = { day: "numeric", month: "long", year: "numeric" };
    const parts = getJalaliParts(day, options);
    const text = `${parts.day} ${parts.month}`;
    return parts.year === getJalaliParts(today(), options).year ? text : `${text} ${parts.year}`;
}

/**
 * Write a month for the axis of a picture.
 *
 * @param {string} first its first day, YYYY-MM-DD: day 01 is a Gregorian month, else a Jalali one
 * @param {{ isLong?: boolean }} [options] with the whole year: "Oct 26" alone reads as a day
 */
export function formatReaderMonth(first, { isLong = false } = {}) {
    const day = deserializeDate(first);
    if (!day.isValid) {
        return first; // a name, not a month
    }
    const writeYear = (year) => (isLong ? year : year.slice(-2));
    if (day.day === 1 && readsJalali()) {
        // A Gregorian month reaches over two Jalali ones.
        const from = getJalaliParts(day, { month: "long", year: "numeric" });
        const until = getJalaliParts(day.endOf("month"), { month: "long", year: "numeric" });
        return `${from.month}–${until.month} ${writeYear(until.year)}`;
    }
    if (day.day === 1) {
        return day
            .reconfigure({ outputCalendar: "gregory" })
            .toLocaleString(
                isLong ? { month: "long", year: "numeric" } : { month: "short", year: "2-digit" }
            );
    }
    const parts = getJalaliParts(day, { month: "long", year: "numeric" });
    return `${parts.month} ${writeYear(parts.year)}`;
}
