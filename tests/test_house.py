"""The house is as its map says, imports point one way, and nothing in it runs code out of a data file."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tenfold

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tenfold"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
MAP_LINE = re.compile(r"^ {4}(?P<inside> {2})?(?P<name>\S+)/(?P<text> {2,}\S.*)?$", re.MULTILINE)


def name_of(path: Path) -> str:
    """The path as seen from the repository."""
    return path.relative_to(ROOT).as_posix()


def map_entries() -> tuple[set[str], set[str]]:
    """The README's map: (rooms inside src/tenfold, folders beside src)."""
    block = (ROOT / "README.md").read_text(encoding="utf-8").partition("    src/tenfold/\n")[2]
    lines = list(MAP_LINE.finditer(block.partition("\n\n")[0]))
    rooms = {line["name"] for line in lines if line["inside"]}
    return rooms, {line["name"] for line in lines} - rooms


def test_the_map_of_the_readme_is_the_tree() -> None:
    """Every folder of the map is there, and every folder there stands in the map, inside the package and beside it."""
    rooms, beside = map_entries()
    assert rooms == ROOMS
    ignored = {line.strip("/\n") for line in (ROOT / ".gitignore").read_text().splitlines()}
    there = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert beside == there - ignored - {"src"} - {name for name in there if name.endswith(".egg-info")}


def test_the_packages_docstring_is_the_same_map() -> None:
    """`help(tenfold)` names every room and no other."""
    assert set(re.findall(r"^ {4}tenfold\.(\w+)", tenfold.__doc__ or "", re.MULTILINE)) == ROOMS


def test_the_tests_mirror_the_package() -> None:
    """Every room has a folder of tests of its name, and a folder of tests is called like what it tests."""
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders >= ROOMS
    assert folders - ROOMS <= map_entries()[1]


def test_no_folder_is_a_lumber_room() -> None:
    """No module is called utils, common, core, helpers, base or misc: a helper lives with the step that needs it."""
    lumber = {"utils", "util", "common", "core", "helpers", "base", "misc"}
    assert [name_of(path) for path in SOURCES if lumber & {path.stem, path.parent.name}] == []


def test_imports_point_one_way() -> None:
    """The contracts of import-linter in pyproject.toml are kept."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "0 broken" in found.stdout, found.stdout


DANGEROUS = [
    r"pickle\.load",
    r"import pickle",
    r"(?<!safetensors\.)torch\.load\(",
    r"allow_pickle\s*=\s*True",
    r"yaml\.(unsafe_)?load\(",
    r"MAX_IMAGE_PIXELS\s*=\s*None",
    r"(?<![.\w])(eval|exec)\(",
    r"urlopen\(|urlretrieve\(|import requests|import httpx",
]


@pytest.mark.parametrize("pattern", DANGEROUS)
def test_nothing_runs_code_out_of_a_file_or_asks_the_network(pattern: str) -> None:
    """No source file loads a pickle, lifts Pillow's limit or fetches anything."""
    assert [name_of(path) for path in SOURCES if re.search(pattern, path.read_text(encoding="utf-8"))] == []


def public_without_docstring(tree: ast.Module) -> Iterator[str]:
    """Public functions, classes and their public methods that say nothing of themselves."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                yield node.name
            for inner in node.body if isinstance(node, ast.ClassDef) else []:
                named = isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_")
                if named and ast.get_docstring(inner) is None:
                    yield f"{node.name}.{inner.name}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_everything_public_has_a_docstring(path: Path) -> None:
    """Every module, public function, class and method of the package says what it is."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module has no docstring"
    assert list(public_without_docstring(tree)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=name_of)
def test_every_test_states_its_law(path: Path) -> None:
    """Every test function has a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert [node.name for node in tests if ast.get_docstring(node) is None] == []


def test_every_public_name_is_there() -> None:
    """Each name of `__all__` resolves, sorted and once; an unknown one is an AttributeError."""
    names = tenfold.__all__
    assert list(names) == sorted(set(names), key=str)
    assert [name for name in names if getattr(tenfold, name, None) is None] == []
    assert set(names) <= set(dir(tenfold))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        tenfold.nonsense  # noqa: B018


READS_WITHOUT_TRAINING = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "safetensors", "onnx", "matplotlib", "sklearn"}:
            raise ImportError(f"{name} must not be imported")

sys.meta_path.insert(0, Block())
import tenfold
picture = tenfold.load_mnist().test.images[0]
print(tenfold.read(picture).text, tenfold.normalise(picture).image.shape)
"""


def test_reading_needs_no_training_library() -> None:
    """With PyTorch, safetensors, onnx, matplotlib and scikit-learn missing, the first test image is read as the 7 it is."""
    found = subprocess.run([sys.executable, "-c", READS_WITHOUT_TRAINING], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.split(maxsplit=1) == ["7", "(28, 28)\n"]


def test_importing_the_package_imports_nothing_heavy() -> None:
    """`import tenfold` alone loads neither NumPy nor any other package, so that commands start at once."""
    code = "import sys, tenfold; print([n for n in ('numpy', 'torch', 'cv2', 'PIL', 'onnxruntime') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_reading_is_told_to_nobody(tmp_path: Path) -> None:
    """ONNX Runtime, left alone, writes a number for the device below the home folder and reports to its maker."""
    command = [sys.executable, "-m", "tenfold", "read", ROOT / "examples" / "small.png"]
    done = subprocess.run(command, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=True)
    assert done.stdout.endswith(": 5\n")
    assert list(tmp_path.iterdir()) == []
