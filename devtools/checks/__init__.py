"""The project's own lint checks, one idea a file.

A check is a function of the names of the project's files that returns complaints as
``path:line: text``; its first sentence says what it looks for. `devtools/lint.py` lists them.
"""
