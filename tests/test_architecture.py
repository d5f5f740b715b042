"""The import contracts of pyproject.toml hold, and each of them would notice its violation."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement

PACKAGE = "parkzero"
EXPECTED = {
    "books", "carbon", "charts", "cli", "components", "errors", "explain", "inventory", "language", "lp",
    "planning", "pricing", "report", "results", "series", "study", "tables", "texts", "timeline", "units",
    "xlsx",
}  # fmt: skip
READERS = {"benefits", "carbon", "eip", "finance", "inventory", "network", "report"}

VIOLATIONS = [
    ("layers", "texts", "parkzero.errors"),
    ("layers", "units", "parkzero.timeline"),
    ("layers", "lp.solver", "parkzero.components.supply.battery"),
    ("layers", "lp.model", "parkzero.books"),
    ("layers", "lp.model", "parkzero.study"),
    ("layers", "series", "parkzero.lp.model"),
    ("layers", "books", "parkzero.series"),
    ("layers", "components.supply.battery", "parkzero.study"),
    ("layers", "study", "parkzero.planning"),
    ("layers", "planning", "parkzero.explain"),
    ("layers", "planning", "parkzero.pricing"),
    ("layers", "explain", "parkzero.results"),
    ("layers", "language", "parkzero.components"),
    ("layers", "inventory.calculate", "parkzero.carbon.cbam"),
    ("layers", "results", "parkzero.report"),
    ("layers", "report", "parkzero.cli"),
    ("layers", "stray", "parkzero.units"),
    ("solver-module", "lp.model", "highspy"),
    ("solver-module", "planning", "highspy"),
    ("layers", "charts.bars", "parkzero.results"),
    ("drawing-module", "report", "vl_convert"),
    ("no-pandas", "timeline", "pandas"),
    ("no-pandas", "results", "pandas"),
    ("web-framework", "report", "fastapi"),
    ("results-never-solve", "results.sizes", "parkzero.lp.solver"),
    ("results-never-solve", "results.extract", "parkzero.pricing"),
    ("component-independence", "components.supply.battery", "parkzero.components.supply.grid"),
    ("theme-independence", "components.supply.battery", "parkzero.components.heat"),
]


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Check the contracts against the package in ``folder``."""
    call = "import sys; from importlinter.cli import lint_imports_command as c; c(sys.argv[1:])"
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [sys.executable, "-c", call, "--no-cache", "--no-logo", *chosen],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1", "COLUMNS": "120"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def graph(root: Path) -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def skeleton(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package without its data, with the project's contracts."""
    folder = tmp_path_factory.mktemp("skeleton")
    ignore = shutil.ignore_patterns("__pycache__", "data", "examples", "templates", "static")
    shutil.copytree(root / PACKAGE, folder / PACKAGE, ignore=ignore)
    shutil.copy(root / "pyproject.toml", folder)
    return folder


def file_of(module: str, folder: Path) -> Path:
    path = folder.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def test_contracts_hold(root: Path):
    done = lint(root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "importer", "imported"), VIOLATIONS)
def test_every_contract_bites(contract: str, importer: str, imported: str, skeleton: Path):
    """Write one forbidden import into a copy: its contract, and not a crash, must report it."""
    touched = [file_of(f"{PACKAGE}.{importer}", skeleton)]
    if imported.startswith(PACKAGE):
        touched.append(file_of(imported, skeleton))
    before = [path.read_text(encoding="utf-8") if path.exists() else None for path in touched]
    try:
        for path, text in zip(touched, before, strict=True):
            path.write_text(
                text or "", encoding="utf-8"
            )  # a layer still to come is written here as an empty one
        touched[0].write_text(f"{before[0] or ''}\nimport {imported}\n", encoding="utf-8")
        done = lint(skeleton, contract)
    finally:
        for path, text in zip(touched, before, strict=True):
            path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Sets of modules that import one another in a circle (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in graph[module]:
            if other not in index:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == index[module]:
            circle = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for module in graph:
        if module not in index:
            visit(module)
    return found


def test_nothing_imports_in_a_circle(graph: grimp.ImportGraph):
    """Also inside rooms, in functions, and for types alone: what reads whom has one direction."""
    inside = {module for module in graph.modules if module.split(".")[0] == PACKAGE}
    # The face names what it loads when first used, all of it above itself.
    direct = {
        m: graph.find_modules_directly_imported_by(m) & (inside - {PACKAGE}) for m in inside - {PACKAGE}
    }
    assert circles(direct) == []


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]


LONGEST = 60


def long_functions(text: str) -> list[str]:
    """Functions of more lines than fit on a screen."""
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST
    ]


def test_every_function_fits_on_a_screen(root: Path):
    found = {
        path.relative_to(root).as_posix(): long
        for path in (root / PACKAGE).rglob("*.py")
        if (long := long_functions(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_a_long_function_is_found():
    lines = ["    x = 1"] * LONGEST
    assert long_functions("\n".join(["def short():", *lines[:-1]])) == []
    assert long_functions("\n".join(["def long():", *lines])) == [f"long: {LONGEST + 1}"]


# How a distribution's modules are called where that is not its own name, and what is used without an import.
MODULES = {
    "highspy-extras": "highspy",
    "python-docx": "docx",
    "tzdata": "",
    "vl-convert-python": "vl_convert",
}
# What is imported by its name in a text, or asked for by a package of another name.
INDIRECT = {"pvlib": "parkzero/series/sun.py"}


def test_every_dependency_is_imported(root: Path, graph: grimp.ImportGraph):
    """What nothing imports is not a dependency. Time zone data are read by Python itself."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {Requirement(text).name for text in project["dependencies"]}
    used = {module for module in graph.modules if graph.is_module_squashed(module)} | {""}
    unused = {name for name in names if MODULES.get(name, name.replace("-", "_")) not in used}
    for name in unused & set(INDIRECT):
        assert f'"{name}' in (root / INDIRECT[name]).read_text(encoding="utf-8")
    assert unused - set(INDIRECT) == set()


def test_every_import_is_a_dependency(root: Path, graph: grimp.ImportGraph):
    """What only the tests' packages bring is missing where ParkZero alone is installed."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [text for texts in project.get("optional-dependencies", {}).values() for text in texts]
    names = {Requirement(text).name for text in (*project["dependencies"], *extras)}
    declared = {MODULES.get(name, name.replace("-", "_")) for name in names}
    used = {module for module in graph.modules if graph.is_module_squashed(module)}
    assert used - declared - set(sys.stdlib_module_names) == set()


def test_the_expected_packages_exist(graph: grimp.ImportGraph):
    """Layers in brackets may be missing in the contract; those that stand already may not."""
    present = {module.removeprefix(f"{PACKAGE}.") for module in graph.find_children(PACKAGE)}
    assert present >= EXPECTED


def test_readers_stay_out_of_the_model(graph: grimp.ImportGraph):
    """Reports and inventories read results; a reader that looks into the model keeps a second account."""
    rooms = [f"{PACKAGE}.lp", f"{PACKAGE}.components", f"{PACKAGE}.language"]
    reached = [
        (module, imported)
        for module in graph.modules
        if module.startswith(tuple(f"{PACKAGE}.{reader}" for reader in READERS))
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.startswith(tuple(rooms))
    ]
    assert reached == []


def test_no_signature_names_pandas(root: Path):
    """PyPSA and pandapower need different pandas; a signature that names it would tie ParkZero to one."""
    named = [
        f"{path.relative_to(root).as_posix()}:{number}"
        for path in sorted((root / PACKAGE).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ("->" in line or ": " in line)
        and ("pd.DataFrame" in line or "pd.Series" in line)
        and "def " in line
    ]
    assert named == []
