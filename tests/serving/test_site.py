"""The page's files: all in the wheel, all given out, nothing of another host in them."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "src" / "tenfold" / "serving" / "page"
FILES = sorted(path for path in PAGE.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_given_out(client, path):
    """As it is, with a type that the browser takes; asked again with its tag, it is not sent twice."""
    name = path.relative_to(PAGE).as_posix()
    answer = client.get("/" if name == "index.html" else f"/{name}")
    assert answer.content == path.read_bytes()
    assert answer.headers["content-type"].partition("/")[0] in ("text", "image")
    again = client.get(answer.request.url.path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix in (".html", ".css", ".js")], ids=lambda path: path.name
)
def test_nothing_names_another_host(path):
    """No address with a scheme but SVG's name space, no inline script or style, which the policy would refuse."""
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://|//[a-z]+\.[a-z]|\son[a-z]+=|style=\"|<style|<script>", text) == []


@pytest.mark.slow
def test_the_wheel_holds_the_page(tmp_path):
    """Every file of the page and its gallery."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, ROOT], check=True)
    inside = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    assert {f"tenfold/serving/page/{path.relative_to(PAGE).as_posix()}" for path in FILES} <= set(inside)
