"""The board of a measurement: the machine on top, then one line per bar, held or not."""

import os
import sys

ENOUGH = 0.005  # what is printed as equal is equal


class Board:
    """Prints bars and figures as they come, and remembers whether one fell short."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stdout
        self.fell_short = []
        self.figures = {}

    def head(self, env, **sizes):
        """Print the machine, the database and the sizes, which every figure depends on."""
        [(version,)] = env.execute_query(_sql("SHOW server_version"))
        with open("/proc/meminfo", encoding="ascii") as info:
            memory = int(info.readline().split()[1]) / 1024 / 1024
        self._write(
            f"machine: {os.cpu_count()} cores, {memory:.0f} GB, PostgreSQL {version},"
            f" load {os.getloadavg()[0]:.1f}"
        )
        self._write("sizes: " + ", ".join(f"{count:,} {name}" for name, count in sizes.items()))
        self._write(f"{'what':<66} {'asked':>12} {'measured':>12}")

    def bar(self, what, measured, *, at_most=None, at_least=None, unit=""):
        """Print one bar and whether it holds."""
        if at_least is None:
            sign, limit, holds = "<=", at_most, measured <= at_most + ENOUGH
        else:
            sign, limit, holds = ">=", at_least, measured >= at_least - ENOUGH
        self.figures[what] = measured
        if not holds:
            self.fell_short.append(what)
        asked = f"{sign} {limit:,.6g}"
        verdict = "holds" if holds else "falls short"
        self._write(f"{what:<66} {asked:>12} {measured:>12,.2f} {unit:<9} {verdict}")

    def figure(self, what, measured, unit=""):
        """Print a figure nothing is asked of."""
        self.figures[what] = measured
        self._write(f"{what:<66} {'':>12} {measured:>12,.2f} {unit}".rstrip())

    def note(self, text):
        """Print a remark below the last line."""
        self._write(f"  {text}")

    def _write(self, line):
        self.stream.write(f"{line}\n")
        self.stream.flush()


def _sql(text):
    from odoo.tools import SQL  # noqa: PLC0415 - the board is used without Odoo as well

    return SQL(text)
