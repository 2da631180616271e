"""Files that take minutes begin first: else, in the end, one worker waits for the other's."""

from pathlib import Path

import pytest

# The slowest first, as `./dev test --durations=60` tells.
SLOW = (
    "desk/test_roles_managing.py",
    "desk/test_roles_serving.py",
    "desk/test_roles_selling.py",
    "desk/test_every_screen.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Move the tests of slow files to the front; all others stay in their order."""
    places = {name: place for place, name in enumerate(SLOW)}

    def get_place(item):
        return places.get("/".join(Path(item.path).parts[-2:]), len(places))

    items.sort(key=get_place)
