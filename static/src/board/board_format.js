import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { writeDigits } from "../calendar/reader_number";

function isolate(text) {
    return `\u2066${text}\u2069`;
}

/** Write a number of a board; the isolate keeps sign and digits in order right to left. */
export function formatNumber(value, unit, currencyId, options = {}) {
    if (value === null || value === undefined || value === false) {
        return _t("Not enough data");
    }
    if (unit === "money") {
        return isolate(formatMonetary(value, { currencyId, ...options }));
    }
    if (unit === "share") {
        return isolate(`${formatFloat(value * 100, { digits: [16, 1] })} %`);
    }
    if (unit === "score" || unit === "hours") {
        return isolate(formatFloat(value, { digits: [16, 2] }));
    }
    return isolate(formatInteger(Math.round(value)));
}

/** A number short enough for the axis of a picture. */
export function formatShort(value, unit, currencyId) {
    const short = { humanReadable: true, digits: [16, 0], minDigits: 2 };
    return unit === "money"
        ? formatNumber(value, unit, currencyId, short)
        : formatNumber(value, unit, currencyId);
}

function isKnown(value) {
    return value !== null && value !== undefined;
}

function getChangeText(change, same, values) {
    if (same) {
        return _t("%(what)s: %(before)s, the same", values);
    }
    return change > 0
        ? _t("%(what)s: %(before)s, up by %(change)s", values)
        : _t("%(what)s: %(before)s, down by %(change)s", values);
}

function getVerdict(change, same, good) {
    if (same || !good) {
        return "neutral";
    }
    return change > 0 === good > 0 ? "better" : "worse";
}

/**
 * What became of a number: better, worse or the same, and by how much.
 *
 * @returns {{ verdict: string, icon: string, text: string } | null} null without a number before
 */
export function compare(tile, currencyId) {
    const { value, before, unit, good } = tile;
    if (!tile.before_text || !isKnown(value) || !isKnown(before)) {
        return null;
    }
    const change = value - before;
    const same = Math.abs(change) < 1e-9;
    const direction = change > 0 ? "fa-arrow-up" : "fa-arrow-down";
    return {
        verdict: getVerdict(change, same, good),
        icon: same ? "fa-minus" : direction,
        text: writeDigits(
            getChangeText(change, same, {
                what: tile.before_text,
                before: formatNumber(before, unit, currencyId),
                change: formatNumber(Math.abs(change), unit, currencyId),
            })
        ),
    };
}

export function isRtl() {
    return localization.direction === "rtl";
}
