"""`./dev photograph FILE`: what an installed addon is, as data that two commits can be compared by.

Moving code must not change the product. A picture holds everything Odoo knows of the addon once
it is installed: fields, methods (layer by layer, with a hash of their code), records with their
values, combined views, routes, tables. `./dev photograph OLD --compare NEW` lists what differs.
"""

import hashlib
import inspect
import json
import logging
import os
import subprocess
import types
from pathlib import Path

from . import databases, odoo, paths, postgres, test_run
from .steps import Fail, Reporter

PREFIX = f"odoo.addons.{paths.ADDON}."
FIELD_FACTS = (
    *("type", "store", "string", "help", "comodel_name", "inverse_name", "relation", "related"),
    *("required", "readonly", "index", "copy", "groups", "tracking", "company_dependent"),
    *("currency_field", "aggregator", "translate", "ondelete", "check_company", "precompute"),
)
NO_RECORDS = {"ir.model", "ir.model.fields", "ir.model.fields.selection", "ir.model.constraint"}
NO_RECORDS |= {"ir.model.inherit", "ir.model.relation"}
SIMPLE = {"char", "text", "html", "selection", "boolean", "integer", "float", "monetary"}
VOLATILE = {"arch_fs", "arch_prev", "arch_updated", "nextcall", "lastcall", "create_date"}
VOLATILE |= {
    "id",
    "parent_path",
    "write_date",
    "create_uid",
    "write_uid",
    "complete_name",
    "number_next_actual",
}
CATALOGUE = {
    "columns": """SELECT table_name || '.' || column_name,
                         data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
                    FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
                        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "triggers": """SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
                     FROM pg_trigger WHERE NOT tgisinternal""",
}


# === COMMAND ===


def command(options):
    """Take a picture of a database (default: a fresh install), or compare two pictures."""
    if options.compare:
        return _report(_load(options.file), _load(options.compare))
    target = Path(options.file).absolute()
    if options.db:
        with postgres.running("demo") as server:
            if not databases.exists(server, options.db):
                raise Fail(f"There is no database {options.db}: ./dev demo makes one.")
            return _take(server, options.db, target)
    reporter = Reporter(6)
    test_run.prepare(reporter)
    with (
        postgres.running("test") as server,
        test_run.installed_clone(server, reporter, "photograph") as (name, log, code),
    ):
        if code:
            raise Fail(f"The addon could not be installed: see {log}")
        return _take(server, name, target)


def add_options(parser):
    """Describe the options of the command."""
    parser.add_argument("file", help="where the picture goes, or the old one to compare")
    parser.add_argument("--db", help="a database of the demo server instead of a fresh install")
    parser.add_argument("--compare", metavar="NEW", help="list what differs between two pictures")


def _take(server, database, target):
    conf = odoo.configuration(server)
    environment = odoo.environment(server)
    environment["PYTHONPATH"] += os.pathsep + str(paths.ROOT)
    code = f"from devtools.photograph import save; save(env, {str(target)!r})\n"
    answer = subprocess.run(
        odoo.command("shell", conf, "-d", database, "--no-http", "--log-level=error"),
        env=environment,
        input=code,
        text=True,
    )
    if answer.returncode or not target.exists():
        raise Fail("The picture could not be taken: see what is printed above.")
    print(f"{target}: {hashlib.sha256(target.read_bytes()).hexdigest()[:16]}")
    return 0


def _load(path):
    if not Path(path).is_file():
        raise Fail(f"There is no picture {path}: ./dev photograph {path} takes one.")
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _report(old, new):
    found = list(differences(old, new))
    for where, before, after in found:
        print(f"{where}\n  - {before}\n  + {after}")
    print(f"{len(found)} differences" if found else "The pictures are equal.")
    return int(bool(found))


def differences(old, new, where=""):
    """Yield (place, old, new) for every leaf two pictures do not share; None: it is not there."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from differences(old.get(name), new.get(name), f"{where}/{name}")
    elif old != new:
        yield where, old, new


# === THE PICTURE (inside an Odoo shell) ===


def save(env, path):
    """Write the picture of the database of `env` to a JSON file."""
    picture = {
        "models": {name: _model(env, name) for name in sorted(env.registry) if _ours(env, name)},
        "records": _records(env),
        "views": _combined_views(env),
        "routes": _routes(),
        **{name: dict(_rows(env, sql)) for name, sql in CATALOGUE.items()},
    }
    text = json.dumps(picture, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    Path(path).write_text(text + "\n", encoding="utf-8")


def _rows(env, sql):
    env.cr.execute(sql)
    return env.cr.fetchall()


def _layers(model):
    return [cls for cls in type(model).__mro__ if cls.__module__.startswith(PREFIX)]


def _ours(env, name):
    return bool(_layers(env[name]))


def _model(env, name):
    model = env[name]
    fields = {
        key: {fact: _method_name(getattr(field, fact, None)) for fact in FIELD_FACTS}
        | {part: _method_name(getattr(field, part)) for part in ("compute", "inverse", "search")}
        | {"selection": _selection(field), "default": _default(field)}
        for key, field in model._fields.items()
        if paths.ADDON in field._modules
    }
    methods = {}
    for layer in _layers(model):
        for key, value in vars(layer).items():
            if code := _code_of(value):
                methods.setdefault(key, []).append([f"{layer.__name__}.{key}", code])
    facts = ("_auto", "_description", "_order", "_rec_name", "_table", "_transient", "_abstract")
    facts += ("_log_access", "_check_company_auto", "_parent_store", "_rec_names_search")
    return {
        "facts": {fact: str(getattr(model, fact, None)) for fact in facts},
        "fields": fields,
        "methods": methods,
    }


def _method_name(value):
    return getattr(value, "__name__", value) if callable(value) else value


def _selection(field):
    value = getattr(field, "selection", None)
    return value if isinstance(value, list) else _method_name(value)


def _default(field):
    return _code_of(field.default) or repr(field.default)


def _code_of(value):
    """Hash of what a function, property or decorated method does; None if it is none of them."""
    if isinstance(value, property):
        return "+".join(filter(None, (_code_of(part) for part in (value.fget, value.fset))))
    function = inspect.unwrap(getattr(value, "__func__", value))
    if not isinstance(function, types.FunctionType):
        return None
    marks = (
        {key: repr(mark) for key, mark in sorted(vars(value).items()) if not callable(mark)}
        if hasattr(value, "__dict__")
        else {}
    )
    marks.pop("__wrapped__", None)
    content = (_code(function.__code__, function.__globals__, set()), function.__defaults__, marks)
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def _code(code, names, seen):
    """What a code object does, without where it stands: line numbers and paths are left out.

    Constants and functions of its module that it uses belong to it: two joined files could bring
    different ones of the same name.
    """
    if code in seen:
        return code.co_name
    seen.add(code)
    consts = [_code(c, names, seen) if inspect.iscode(c) else _plain(c) for c in code.co_consts]
    used = [_used(names[name], seen) for name in code.co_names if _is_own(name, names)]
    return (code.co_code.hex(), consts, code.co_names, code.co_varnames, used)


def _is_own(name, names):
    return name in names and not name.startswith("__")


def _used(value, seen):
    if isinstance(value, types.FunctionType):
        inner = inspect.unwrap(value)
        if inner.__module__ and inner.__module__.startswith(PREFIX):
            return _code(inner.__code__, inner.__globals__, seen)
        return value.__name__
    if isinstance(value, logging.Logger):
        return "logger"
    if isinstance(value, (types.ModuleType, type)):
        return value.__name__.rsplit(".", 1)[-1]
    return _plain(value)


def _plain(value):
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, dict):
        return [(_plain(key), _plain(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    text = repr(value)
    return type(value).__name__ if " at 0x" in text else text


def _records(env):
    """Every record with one of our external ids, with its values as others would write them."""
    found = {}
    for name in env["ir.model.data"].search([("module", "=", paths.ADDON)]):
        values = {"model": name.model, "noupdate": name.noupdate}
        if name.model not in NO_RECORDS:
            record = env[name.model].with_context(lang="en_US").browse(name.res_id).exists()
            values |= {
                key: _value(record[key], field)
                for key, field in record._fields.items()
                if field.store and key not in VOLATILE
            }
            values = {key: value for key, value in values.items() if value is not None}
        found[name.name] = values
    return found


def _value(value, field):
    if field.type in SIMPLE:
        return value
    if field.type in ("many2one", "many2many"):
        known = value.get_external_id()
        return sorted(known[record.id] or record.display_name or "" for record in value)
    return None


def _combined_views(env):
    """The whole text of every view that one of ours takes part in."""
    views = env["ir.ui.view"].with_context(lang="en_US", active_test=False)
    ours = views.search([("model_data_id.module", "=", paths.ADDON)])
    roots = views.browse()
    for view in ours:
        while view.inherit_id and view.mode != "primary":
            view = view.inherit_id
        roots |= view
    return {view.xml_id or view.name: view.get_combined_arch() for view in roots}


def _routes():
    from odoo import http

    found = {}
    todo = [http.Controller]
    while todo:
        for cls in todo.pop().__subclasses__():
            todo.append(cls)
            if cls.__module__.startswith(PREFIX):
                for key, value in vars(cls).items():
                    if code := _code_of(value):
                        routing = getattr(value, "original_routing", None)
                        found[f"{cls.__name__}.{key}"] = [str(routing), code]
    return found
