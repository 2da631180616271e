"""The folder says who speaks, the file says which model is spoken about.

One room gives a model one file; a second one, ``<model>_<topic>.py``, only where both together
would be too long to read at once.
"""

import collections
from pathlib import Path

from . import model_classes, rooms, sources

MAX_FOLDER_FILES = 20
MAX_CLASS_FILES = 10
MAX_FILE_LINES = 330
MODEL_FOLDERS = ("models/", "wizards/", "reports/")


def layout(names):
    """Folders that are too full, and files that are not named after the model they hold."""
    in_models = sources.select(names, ".py", inside=["models/"])
    in_models = [name for name in in_models if Path(name).name != "__init__.py"]
    found = _full_folders(names)
    for name in in_models:
        found += _place(name)
    for name in sources.select(names, ".py", inside=MODEL_FOLDERS):
        found += _one_model(name)
    return found + _spread(in_models)


def _full_folders(names):
    counts = collections.Counter(
        (str(Path(name).parent), Path(name).suffix)
        for name in sources.select(names, ".py", ".xml")
        if Path(name).name != "__init__.py"
    )
    return [
        f"{folder}/:1: {count} {suffix} files, at most {MAX_FOLDER_FILES}"
        for (folder, suffix), count in sorted(counts.items())
        if count > MAX_FOLDER_FILES
    ]


def _place(name):
    if not rooms.room_of(name):
        return [f"{name}:1: models/ holds one folder for each room, and this is in none"]
    return [
        f"{name}:{model.line}: holds {model.model}, so its name is {stems(model.model)[0]}.py "
        f"or {stems(model.model)[0]}_<topic>.py"
        for model in model_classes.read(name)
        if not any(_is_named(Path(name).stem, stem) for stem in stems(model.model))
    ]


def stems(model):
    """Return the file names, without ending, of a model: a mixin may do without saying so."""
    stem = model.replace(".", "_")
    short = stem.removesuffix("_mixin")
    return [stem] if short == stem else [stem, short]


def _is_named(stem, model_stem):
    return stem == model_stem or stem.startswith(f"{model_stem}_")


def _one_model(name):
    first, *others = model_classes.read(name) or [None]
    return [
        f"{name}:{model.line}: a second class, {model.model}, beside {first.model}"
        for model in others
        if not (name.startswith("wizards/") and model.model.startswith(f"{first.model}."))
    ]


# === FILES OF ONE MODEL IN ONE ROOM ===


def _spread(names):
    files = collections.defaultdict(list)
    for name in names:
        for model in model_classes.read(name)[:1]:
            files[str(Path(name).parent), model.model].append(name)
    found = []
    for (folder, model), parts in sorted(files.items()):
        if len(parts) > MAX_CLASS_FILES:
            found.append(
                f"{folder}/:1: {model} is spread over {len(parts)} files, at most {MAX_CLASS_FILES}"
            )
        if len(parts) > 1:
            found += _needless_topic(model, parts)
    return found


def _needless_topic(model, parts):
    lines = sum(len(sources.text(name).splitlines()) for name in parts)
    if lines > MAX_FILE_LINES:
        return []
    return [f"{max(parts)}:1: {model} has two files with {lines} lines together: one would do"]
