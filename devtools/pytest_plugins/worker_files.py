"""Test workers side by side: each has its own copy of the database, and so of its files."""

import contextlib
import os
import shutil

import pytest_odoo

from odoo.tools import config


@contextlib.contextmanager
def own_filestore(original, database):
    """Link the files of the original into a folder of the worker's database.

    The plugin lets all workers share one folder; the garbage collection of one then deletes
    what another has just written.
    """
    if original == database:
        yield
        return
    folder = config.filestore(database)
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.isdir(config.filestore(original)):
        shutil.copytree(config.filestore(original), folder, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


pytest_odoo._shared_filestore = own_filestore
