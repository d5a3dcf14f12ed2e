"""The OpenAPI document says what the service does: Schemathesis tries to find otherwise."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from tenfold.reading import LAYOUTS
from tenfold.serving.schemas import Layout

FOLDER = Path(__file__).parent


def schemathesis(url: str, examples: int, folder: Path) -> subprocess.CompletedProcess:
    """Schemathesis with all its phases and checks, so many examples for each operation, the same every time."""
    command = [
        sys.executable,
        "-c",
        "from schemathesis.cli import schemathesis; schemathesis()",
        "run",
        f"{url}/openapi.json",
    ]
    options = ["--max-examples", str(examples), "--seed", "7", "--generation-deterministic", "--no-color"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "picture_media_types", "PYTHONPATH": str(FOLDER)}
    return subprocess.run([*command, *options], env=environment, cwd=folder, capture_output=True, text=True, check=False)


def test_the_service_keeps_to_its_document(service, tmp_path):
    """100 examples for each operation: statuses, types and shapes as documented, nothing invalid taken, no server error."""
    done = schemathesis(service.url, 100, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_service_keeps_to_its_document_at_length(service, tmp_path):
    """The same with 1,000 examples."""
    done = schemathesis(service.url, 1000, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_layouts_are_those_of_reading():
    """The document's layouts are the reader's."""
    assert get_args(Layout) == LAYOUTS


def test_every_operation_says_what_it_is_for(client):
    """A summary each; an example with every answer of /v1/read; no other host's scripts."""
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            assert operation["summary"], f"{verb} {path}"
    assert document["components"]["schemas"]["PictureReading"]["examples"]
    assert client.get("/docs").status_code == 404
    assert "HTTPValidationError" not in json.dumps(document)
