import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { formatReaderDay } from "../calendar/reader_calendar";

/** Write a percentage with one decimal at most. */
function formatShare(value) {
    const percent = Number((value * 100).toFixed(1));
    return `${formatFloat(percent, { digits: [16, 1], trailingZeros: false })}%`;
}

/**
 * Write the value of a card item the way the user's language does.
 *
 * @param {{type: string, value: any}} item see `get_card()` of customer.profile
 * @param {number} currencyId currency of the profile
 * @returns {string} "Not enough data" for `false`
 */
export function formatItem({ type, value, digits }, currencyId) {
    if (value === false || value === null) {
        return _t("Not enough data");
    }
    switch (type) {
        case "monetary":
            return formatMonetary(value, { currencyId });
        case "percent":
            return formatShare(value);
        case "date":
            return formatDay(value);
        case "float":
            return formatFloat(value, { digits: [16, digits] });
        case "integer":
            return formatInteger(value);
    }
    return String(value);
}

/** Write a day that came as YYYY-MM-DD. */
export function formatDay(value) {
    return formatReaderDay(deserializeDate(value));
}
