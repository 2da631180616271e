"""Leaving out tests whose packages are not installed: they are in requirements-test.txt only."""

import contextlib
import logging

_logger = logging.getLogger(__name__)


@contextlib.contextmanager
def left_out_without(package):
    """Let imports fail that need a package (or one it needs itself): the rest of Odoo goes on.

    Odoo imports the tests of all installed modules, even to run those of another one; a failure
    would end in "Failed to load registry". What is missing of Odoo or of ours remains an error.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "odoo":
            raise
        _logger.info("Tests that need %s are left out: %s", package, error)
