import { user } from "@web/core/user";

const PERSIAN_ZERO = "۰".codePointAt(0);
const PERSIAN_SEPARATORS = { ",": "٬", ".": "٫" };

/** A sentence, or a number for one, with one kind of digits: those of its language, as translated texts have them. */
export function writeDigits(text) {
    return user.lang?.startsWith("fa")
        ? String(text)
              .replace(/(?<=\d)[,.](?=\d)/g, (sign) => PERSIAN_SEPARATORS[sign])
              .replace(/\d/g, (digit) => String.fromCodePoint(PERSIAN_ZERO + Number(digit)))
        : text;
}
