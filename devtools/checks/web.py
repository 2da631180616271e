"""JavaScript: ESLint for faults (eslint.config.cjs), Prettier for looks (.prettierrc.yaml)."""

import json
import os
import subprocess

from .. import node, paths
from ..steps import Fail
from . import sources

FOLDERS = ("static/src/", "static/tests/")
ESLINT = ("eslint/bin/eslint.js", "--config=eslint.config.cjs", "--format=json")
PRETTIER = ("prettier/bin/prettier.cjs", "--config=.prettierrc.yaml")


def javascript(names):
    """Faults in JavaScript, as ESLint sees them."""
    answer = _run(ESLINT, names)
    if not isinstance(answer, subprocess.CompletedProcess):
        return answer
    if not answer.stdout.startswith("["):  # the configuration itself is at fault
        return answer.stderr.splitlines()[-5:]
    return [
        f"{os.path.relpath(file['filePath'], paths.ROOT)}:{message.get('line', 1)}: "
        f"{message['message']} ({message['ruleId']})"
        for file in json.loads(answer.stdout)
        for message in file["messages"]
    ]


def js_format(names):
    """JavaScript that Prettier would write otherwise."""
    answer = _run((*PRETTIER, "--list-different"), names)
    if not isinstance(answer, subprocess.CompletedProcess):
        return answer
    lines = [f"{name}:1: ./dev lint --format would change it" for name in answer.stdout.split()]
    lines += answer.stderr.splitlines()
    return lines or ["Prettier failed"] * bool(answer.returncode)


def write_format(names):
    """Let Prettier write the files as it wants them; return its complaints."""
    answer = _run((*PRETTIER, "--write"), names)
    if isinstance(answer, subprocess.CompletedProcess):
        return answer.stderr.splitlines()
    return answer


def _run(command, names):
    """Run a program from npm on the JavaScript; return its answer, or complaints without one."""
    files = sources.select(names, ".js", inside=FOLDERS)
    if not files:
        return []
    try:
        modules = node.ensure_linters()
    except Fail as problem:
        return [str(problem)]
    program, *options = command
    return subprocess.run(
        ["node", str(modules / program), *options, *files],
        cwd=paths.ROOT,
        env={**os.environ, "NODE_PATH": str(modules)},  # for what eslint.config.cjs requires
        capture_output=True,
        text=True,
    )
