"""The examples of docs/serving.md are run: shell, Python, and JavaScript in a browser."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tenfold.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def blocks(kind: str) -> list[str]:
    """The fenced blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(service, *command: str) -> str:
    """What a command prints, from the project's root, told where the service is."""
    environment = {**os.environ, "TENFOLD": service.url}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(service):
    """Every call answers with readings."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(lines) == 3
    for line in lines:
        assert '"status": "ok"' in run(service, "sh", "-c", f"{line} --silent --fail")


def test_python(service):
    """One reads a picture, the other sends tensors."""
    pictures, tensors = blocks("py")
    assert run(service, sys.executable, "-c", pictures) == "2\n"
    assert run(service, sys.executable, "-c", tensors) == "[7 2]\n"


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_javascript(service):
    """On a page of the service's own, as the browser's rules want it."""
    playwright = pytest.importorskip("playwright.sync_api")
    (script,) = blocks("js")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(service.url)
        page.evaluate(f"async () => {{ {script} }}")
        browser.close()
    assert said == ["2"]


def test_every_status_of_the_table_is_documented_for_machines_too(client):
    """A status that docs/serving.md names stands in the OpenAPI document, but those of the HTTP layer itself."""
    named = set(re.findall(r"^\| (\d{3})", PAGE, re.MULTILINE)) - {"404", "431"}
    document = client.get("/openapi.json").json()
    known = {code for path in document["paths"].values() for verb in path.values() for code in verb["responses"]}
    assert named <= known


def test_the_container_files_start_what_there_is(tmp_path, capsys):
    """The options in Containerfile and compose.yaml are the command's, the paths are the repository's."""
    folder = ROOT / "examples" / "container"
    compose = yaml.safe_load((folder / "compose.yaml").read_text())["services"]["tenfold"]
    context = (folder / compose["build"]["context"]).resolve()
    containerfile = context / compose["build"]["dockerfile"]
    entry = json.loads(re.search(r"^ENTRYPOINT (.*)$", containerfile.read_text(), re.MULTILINE)[1])
    assert entry[0].endswith("/tenfold")
    main([entry[1], "--help"])
    known = capsys.readouterr().out
    assert [word for word in [*entry[2:], *compose["command"]] if word.startswith("--") and word not in known] == []
    for copied in re.findall(r"--constraint (\S+)", containerfile.read_text()):
        assert (context / copied).is_file()
