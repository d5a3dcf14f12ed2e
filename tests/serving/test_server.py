"""Starting, stopping, several workers."""

import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from tenfold.cli import main


def test_sigterm_under_load_loses_no_accepted_request(start, stop, tmp_path, digit):
    """Eight clients at work: every request that went out on a connection that stood is answered; exit code 0."""
    running = start(tmp_path)
    statuses, lost = [], []

    def ask():
        with running.client() as client:
            while True:
                try:
                    statuses.append(client.post("/v1/read", content=digit()).status_code)
                except (httpx.ConnectError, httpx.ReadError) as error:  # it listens no more, or hung up in its queue
                    lost.extend([error] if isinstance(error, httpx.ReadError) else [])
                    return
                except httpx.RemoteProtocolError as error:  # hung up without an answer
                    lost.append(error)
                    return

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    while len(statuses) < 50:
        time.sleep(0.01)
    assert stop(running) == 0
    for thread in threads:
        thread.join(20)
    assert set(statuses) == {200}
    assert len(lost) <= 8, "at most what stood in the kernel's queue, one a client"
    assert running.process.returncode == 0


def test_workers_share_the_port_and_the_counts(start, stop, tmp_path, digit):
    """Two processes answer, their counts are one, a killed one is replaced, SIGTERM ends both."""
    running = start(tmp_path, "--workers", "2")
    assert "serving on" in running.process.stderr.readline()
    for _ in range(20):
        assert httpx.post(f"{running.url}/v1/read", content=digit(), verify=False).json()["text"] == "7"
    assert (
        'tenfold_requests_total{code="200",path="/v1/read"} 20.0' in httpx.get(f"{running.url}/metrics", verify=False).text
    )
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(running.process.pid)], capture_output=True, text=True)
    assert len(children.stdout.split()) == 2
    subprocess.run(["kill", "-9", children.stdout.split()[0]], check=True)
    assert "serving on" in running.process.stderr.readline(), "another one in its place"
    assert stop(running) == 0


def test_ctrl_c_ends_with_130(start, tmp_path):
    """As every command does, without a traceback."""
    running = start(tmp_path)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 130
    assert "Traceback" not in running.process.stderr.read()
    running.process.stderr.close()


def test_a_port_that_is_taken(capsys):
    """One line that names it, and exit code 1."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"tenfold: 127.0.0.1:{port}: cannot listen there")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        (["--model", "nowhere.onnx"], 1, "nowhere.onnx"),
        (["--model", "nowhere.onnx", "--workers", "2"], 0, "nowhere.onnx"),
        (["--corrections", "/dev/null/folder"], 1, "choose another folder"),
        (["--workers", "0"], 2, "--workers must be at least 1"),
        (["--queue", "0"], 2, "--queue must be at least 1"),
        (["--port", "99999"], 1, "99999"),
    ],
)
def test_wrong_options(options, code, word):
    """What cannot be served is one clear line each, without a traceback."""
    command = [sys.executable, "-m", "tenfold", "serve", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == code or code == 0


WITHOUT = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"fastapi", "uvicorn", "prometheus_client"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Block())
from tenfold.cli import main
sys.exit(main(["serve", "--port", "0"]))
"""


def test_the_base_install_says_what_to_install():
    """Without the extra, one line names it."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("install it with: pip install 'tenfold[serve]'")


SERVES_WITHOUT_TRAINING = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "safetensors", "onnx", "matplotlib", "sklearn"}:
            raise ImportError(f"{name} must not be imported")

sys.meta_path.insert(0, Block())
from tenfold.serving.app import create_app
create_app()
"""


def test_serving_needs_no_training_library():
    """The application stands where PyTorch is missing."""
    done = subprocess.run([sys.executable, "-c", SERVES_WITHOUT_TRAINING], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_full_queue_refuses_and_recovers(start, stop, tmp_path, digit):
    """Room for one picture, sixteen clients: some are read, the rest get 503 with Retry-After; then all is as before."""
    running = start(tmp_path, "--queue", "1")
    answers = []

    def ask():
        with running.client() as client:
            answers.extend(client.post("/v1/read", content=digit()) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {answer.status_code for answer in answers} == {200, 503}
    assert len(answers) == 320
    for answer in answers:
        if answer.status_code == 503:
            assert answer.headers["retry-after"] == "1"
            assert answer.json()["request_id"] == answer.headers["x-request-id"]
        else:
            assert answer.json()["text"] == "7"
    assert httpx.post(f"{running.url}/v1/read", content=digit(), verify=False).status_code == 200
    assert 'code="503"' in httpx.get(f"{running.url}/metrics", verify=False).text
    assert stop(running) == 0
