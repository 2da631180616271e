"""One room says one thing about a model once: no method or field twice, in whichever files."""

from pathlib import Path

from . import model_classes, sources

# Registries: a topic adds its part to what `super()` returns, in any order (docs/architecture.md).
REGISTRIES = (
    "_get_boards",
    "_get_fact_defaults",
    "_get_fact_families",
    "_get_metric_documents",
    "_get_timeline_branches",
    "_get_timeline_shared_tables",
)


def layers(names):
    """Methods and fields that one folder gives one model twice."""
    found, first = [], {}
    for name in sources.select(names, ".py", inside=["models/", "wizards/", "reports/"]):
        for model in model_classes.read(name):
            for member, line in model.members:
                scope = name if member in REGISTRIES else Path(name).parent
                place = first.setdefault((scope, model.model, member), f"{name}:{line}")
                if place != f"{name}:{line}":
                    found.append(f"{name}:{line}: {model.model} has {member} already at {place}")
    return found
