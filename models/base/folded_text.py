"""Text that is found however it is written: ي and ی, ك and ک, half spaces, digits, tashdid.

The one place where spellings are folded is PostgreSQL's function ``customer_text_fold``. A search
whose term has letters of the Arabic script compares folded texts, so what is stored already is
found, too; digits of one script find those of the others. Every other search stays Odoo's own.

``customer_text_grams`` are the threes of letters of a folded text: a GIN index on them needs no
extension, which an embedded or managed server may not have. Changing one of the functions means
to REINDEX what is built on them.
"""

import html
import re
import unicodedata

from odoo import fields, models
from odoo.tools import SQL

# Letters and digits of the Arabic script in all their forms, and the half space (ZWNJ).
ARABIC_SCRIPT = re.compile("[\u0600-\u06ff\u0750-\u077f\u200c\ufb50-\ufdff\ufe70-\ufefc]")
FOLDABLE = re.compile(f"{ARABIC_SCRIPT.pattern}|[0-9]")
# In PostgreSQL: anything but ASCII. Companies that write Latin letters pay nothing for the index.
NEEDS_FOLDING = r"[^\x01-\x7f]"
# Odoo's wildcards, and quotes, which look otherwise in the JSON of a translated field: the text
# has what stands between them as it is.
NOT_LITERAL = re.compile(r'\\.|[%_"\\]', re.DOTALL)
GRAM = 3
# What Persian keyboards and old programs write in different ways, and the digits of both scripts.
LETTERS = {"ي": "ی", "ى": "ی", "ے": "ی", "ك": "ک", "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه"}
DIGITS = dict(zip("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2, strict=True))
TO_ASCII_DIGITS = str.maketrans(DIGITS)
# Tatweel draws a word out; the others are invisible: soft hyphen, joiners, marks of direction.
SILENT = (
    "\u0640\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
# Combining marks: accents, tashdid and the other harakat, and what NFKD takes off آ أ ؤ ئ.
MARKS = "[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8]"
# A space beside a letter of this script is often a half space that was not written.
INNER_SPACE = "(?<=[\u0620-\u06d5])\\s+(?=[\u0620-\u06d50-9])|(?<=[0-9])\\s+(?=[\u0620-\u06d5])"
FOLD = str.maketrans({**LETTERS, **DIGITS, **dict.fromkeys(SILENT)})
# Markup inside a word, other markup, and what stands for a space or for nothing.
HTML_PARTS = (
    (r"</?(?:a|b|em|font|i|mark|small|span|strong|sub|sup|u)(?: [^>]*)?>", ""),
    ("<[^>]*>", " "),
    ("&(?:nbsp|#160|#xa0);", " "),
    ("&(?:zwnj|zwj|lrm|rlm|shy|#820[4-7]|#x200[c-f]|#173|#xad);", ""),
)


class _Folded:
    has_grams = False  # whether the model has a GramsIndex on the field

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        plain = super().condition_to_sql(field_expr, operator, value, model, alias, query)
        is_text = isinstance(value, str) and field_expr == self.name
        if not is_text or not operator.endswith("ilike") or not FOLDABLE.search(value):
            return plain
        positive = operator.removeprefix("not ")
        term = value.strip().translate(TO_ASCII_DIGITS)
        found = self._get_folded_condition(term, "=" in positive, model, alias, query)
        if not ARABIC_SCRIPT.search(term):
            # Text in Latin letters and digits is not folded: it is compared as Odoo does.
            as_written = super().condition_to_sql(field_expr, positive, term, model, alias, query)
            found = SQL("(%s OR %s)", as_written, found)
        return found if positive == operator else SQL("(%s) IS NOT TRUE", found)

    def filter_function(self, records, field_expr, operator, value):
        """Compare in Python as a search does in PostgreSQL, for ``filtered_domain``."""
        plain = super().filter_function(records, field_expr, operator, value)
        is_text = isinstance(value, str) and operator.endswith("ilike")
        if not is_text or not FOLDABLE.search(value):
            return plain
        term = value.strip().translate(TO_ASCII_DIGITS)
        pattern = _like_pattern(fold_text(term), "=" in operator)
        getter = self.expression_getter(field_expr)

        def is_found(record):
            text = getter(record) or ""
            return not text.isascii() and pattern.fullmatch(fold_text(self._get_plain(text)))

        if ARABIC_SCRIPT.search(term):
            return is_found
        as_written = super().filter_function(records, field_expr, operator, term)
        return lambda record: as_written(record) or is_found(record)

    def _get_plain(self, text):
        """Return a value as its readers see it."""
        return text

    def _get_plain_sql(self, text):
        """Return a value as its readers see it, in SQL."""
        return text

    def _get_folded_condition(self, term, is_exact, model, alias, query):
        """Return that a text that needs folding contains a term with Odoo's wildcards, or is it."""
        text = model._field_to_sql(alias, self.name, query)
        indexed = self._get_indexed_text(alias) if self.has_grams else text
        conditions = [SQL("%s ~ %s", indexed, NEEDS_FOLDING)]
        literals = [part for part in NOT_LITERAL.split(term) if len(part) >= GRAM]
        if self.has_grams and literals:
            grams = SQL(" || ").join(SQL("customer_text_grams(%s)", part) for part in literals)
            conditions.append(SQL("customer_text_grams(%s) @> (%s)", indexed, grams))
        pattern = term if is_exact else f"%{term}%"
        text = self._get_plain_sql(text)
        conditions.append(SQL("customer_text_fold(%s) LIKE customer_text_fold(%s)", text, pattern))
        return SQL("(%s)", SQL(" AND ").join(conditions))

    def _get_indexed_text(self, alias):
        """Return what the index is built on: a translated field in all its languages."""
        column = SQL.identifier(alias, self.name)
        if self.translate:
            return SQL("jsonb_path_query_array(%s, '$.*')::text", column)
        return column


class FoldedChar(_Folded, fields.Char):
    """A line of text, found however it is written."""


class IndexedFoldedChar(FoldedChar):
    """A line of text, found however it is written, by a ``GramsIndex`` of its model."""

    has_grams = True


class FoldedText(_Folded, fields.Text):
    """A text, found however it is written."""


class FoldedHtml(_Folded, fields.Html):
    """A text with markup, found however it is written, and whatever markup is in it."""

    def _get_plain(self, text):
        for part, replacement in HTML_PARTS:
            text = re.sub(part, replacement, text, flags=re.IGNORECASE)
        return html.unescape(text)

    def _get_plain_sql(self, text):
        for part, replacement in HTML_PARTS:
            text = SQL("regexp_replace(%s, %s, %s, 'gi')", text, part, replacement)
        for sign in "<>&":
            text = SQL("replace(%s, %s, %s)", text, html.escape(sign), sign)
        return text


class GramsIndex(models.Index):
    """The index for searching an ``IndexedFoldedChar``; brings the functions it is built on."""

    def __init__(self, column, translate=False):
        """:param translate: the column holds a text per language"""
        text = f"jsonb_path_query_array({column}, '$.*')::text" if translate else column
        super().__init__(
            f"USING gin (customer_text_grams({text})) WHERE {text} ~ '{NEEDS_FOLDING}'"
        )

    def apply_to_database(self, model):
        """Create the functions if need be, and the index."""
        create_fold_functions(model.env)
        return super().apply_to_database(model)


def fold_text(text):
    """Fold a text as ``customer_text_fold`` does in PostgreSQL."""
    if text.isascii():
        return text.lower()
    plain = re.sub(MARKS, "", unicodedata.normalize("NFKD", text)).translate(FOLD).lower()
    return re.sub(INNER_SPACE, "", plain)


def _like_pattern(term, is_exact):
    """Return what matches whole texts that a term with Odoo's wildcards is, or is a part of."""
    signs = {"%": ".*", "_": "."}
    parts = re.findall(r"\\.|.", term, re.DOTALL)
    found = "".join(
        re.escape(part[1]) if len(part) > 1 else signs.get(part) or re.escape(part)
        for part in parts
    )
    return re.compile(found if is_exact else f".*{found}.*", re.DOTALL)


def create_fold_functions(env):
    """Create both functions; the inner one is named with its schema for ``pg_restore``."""
    [(schema,)] = env.execute_query(SQL("SELECT current_schema"))
    env.cr.execute(
        SQL(
            r"""CREATE OR REPLACE FUNCTION customer_text_fold(text) RETURNS text
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
                SELECT CASE WHEN $1 ~ %(needs_folding)s THEN
                    regexp_replace(
                        lower(translate(
                            regexp_replace(normalize($1, NFKD), %(marks)s, '', 'g'),
                            %(old)s, %(new)s)),
                        %(inner_space)s, '', 'g')
                ELSE lower($1) END
            $$;

            CREATE OR REPLACE FUNCTION customer_text_grams(text) RETURNS text[]
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
                SELECT ARRAY(
                    SELECT substr(folded, place, %(gram)s)
                      FROM %(schema)s.customer_text_fold($1) AS folded,
                           generate_series(1, length(folded) - %(gram)s + 1) AS place)
            $$""",
            needs_folding=NEEDS_FOLDING,
            marks=MARKS,
            old="".join([*LETTERS, *DIGITS]) + SILENT,
            new="".join([*LETTERS.values(), *DIGITS.values()]),
            inner_space=INNER_SPACE,
            gram=GRAM,
            schema=SQL.identifier(schema),
        )
    )
