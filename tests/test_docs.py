"""What the documents say is what happens."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
QUICK = ("read", "--version")
"""Commands whose printed output is compared; the others take minutes or write files."""


def blocks(page: Path, kind: str) -> list[str]:
    """The fenced code blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def shown_commands() -> list[tuple[str, str, str]]:
    """(page, command, output) for every `$ command` of a console block."""
    found = []
    for page in PAGES:
        for block in blocks(page, "console"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append((page.name, command, output))
    return found


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_snippets_run(page):
    """Every Python block of a page runs as it stands, one after another, from the project's root."""
    program = "\n".join(blocks(page, "python"))
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("page", "command", "output"), shown_commands())
def test_shown_output_is_real(page, command, output, capsys, monkeypatch):
    """What a page shows below a quick command is what the command prints."""
    words = shlex.split(command)
    if words[0] != "tenfold" or words[1] not in QUICK:
        pytest.skip("takes too long, or writes files")
    monkeypatch.chdir(ROOT)
    main(words[1:])
    assert capsys.readouterr().out == output, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_commands_and_options_exist(page, capsys):
    """Every `tenfold COMMAND --option` in a page is one that the help knows."""
    known = {command.__name__.replace("_", "-"): command for command in COMMANDS}
    for line in re.findall(r"^(?: {4}|\$ )tenfold (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE):
        words = line.split("#")[0].split()
        if words[0].startswith("-"):
            continue
        assert words[0] in known, f"{page.name}: {line}"
        options = {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}
        main([words[0], "--help"])
        text = capsys.readouterr().out
        missing = [option for option in options if option not in text]
        assert not missing, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """Every relative link and picture of a page is a file of the project."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", prose):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_is_documented():
    """Each command is named in some page."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = [command.__name__ for command in COMMANDS if f"tenfold {command.__name__.replace('_', '-')}" not in text]
    assert not missing, missing
