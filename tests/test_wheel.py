"""The built wheel in an environment of its own, as somebody who only reads pictures installs it."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

NO_NETWORK = (
    "import sys\n"
    "def refuse(event, args):\n"
    "    if event.startswith('socket.') and event not in ('socket.gethostname',):\n"
    "        raise RuntimeError('network: ' + event)\n"
    "sys.addaudithook(refuse)\n"
    "from tenfold.cli import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """The interpreter of a clean environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT], check=True)
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    wheel = next(folder.glob("tenfold-*.whl"))
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel], check=True)
    return python


@pytest.mark.slow
def test_the_base_install_reads_without_pytorch_and_network(python):
    """`tenfold read examples/*` works where PyTorch is not installed and no socket can be opened."""
    pictures = sorted(map(str, (ROOT / "examples").glob("*.[jp][pn]g")))
    done = subprocess.run([python, "-c", NO_NETWORK, "read", *pictures], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line[-1] for line in done.stdout.splitlines()] == ["9", "0", "4", "2", "5", "3"]
    assert subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode == 1


@pytest.mark.slow
def test_training_without_pytorch_says_what_to_install(python):
    """The base install names the extra that training needs, in one line."""
    done = subprocess.run([python, "-m", "tenfold", "train"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.strip().endswith("install it with: pip install 'tenfold[train]'")


@pytest.mark.slow
def test_the_wheel_holds_mnist_and_its_licence(python):
    """MNIST is inside, with the names of its authors."""
    program = "import tenfold; print(len(tenfold.load_mnist().test))"
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "10000"
