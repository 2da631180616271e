"""Terms and translations as files (needs polib, so it runs in the virtual environment)."""

import re
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[sdifrxXeEgGc%]|\$\{[^}]*\}|\{\w*\}")
# Dates would change at every export and hide the real changes.
UNSTABLE = ("POT-Creation-Date", "PO-Revision-Date")


def read(path):
    """Parse a file; polib would take the name of a missing one for its content."""
    if not Path(path).exists():
        raise FileNotFoundError(f"{path} is missing: run ./dev i18n")
    return polib.pofile(str(path))


def update(draft, pot, persian):
    """Write the template with stable headers and merge it into the translation; print what is
    missing.
    """
    template = polib.pofile(draft)
    for name in UNSTABLE:
        template.metadata.pop(name, None)
    template.save(pot)
    translation = merged(template, persian)
    translation.save(persian)
    empty = len([entry for entry in translation if not entry.msgstr])
    print(f"({len(translation)} terms, {empty} untranslated) ", end="", flush=True)


def merged(template, persian):
    """The template's terms with the old file's translations; terms that are gone are dropped."""
    old = polib.pofile(persian) if Path(persian).exists() else polib.POFile()
    known = {entry.msgid: entry for entry in old if not entry.obsolete}
    result = polib.POFile(wrapwidth=template.wrapwidth)
    result.header = template.header
    result.metadata = {**template.metadata, "Language": "fa"}
    for entry in template:
        before = known.get(entry.msgid)
        result.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=before.msgstr if before else "",
                occurrences=entry.occurrences,
                comment=entry.comment,
                tcomment=before.tcomment if before else "",
                flags=before.flags if before else [],
            )
        )
    return result


def problems(po, pot=None):
    """What is wrong with a translation: empty, fuzzy, missing or with other placeholders."""
    found = []
    for entry in (entry for entry in po if not entry.obsolete):
        if not entry.msgstr.strip():
            found.append(f"no translation: {entry.msgid!r}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {entry.msgid!r}")
        elif sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr)):
            found.append(f"other placeholders: {entry.msgid!r} / {entry.msgstr!r}")
    if pot is not None:
        terms = {entry.msgid for entry in pot}
        translated = {entry.msgid for entry in po if not entry.obsolete}
        found += [f"not in the translation: {term!r}" for term in sorted(terms - translated)]
        found += [f"no term any more: {term!r}" for term in sorted(translated - terms)]
    return found
