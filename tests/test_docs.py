"""Documents are tests: the manual builds, commands and links exist, git holds nothing private."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

TEXTS = ["README.md", "README.vi.md", "CONTRIBUTING.md", "docs/install.md", "docs/index.md"]
LOCKS = ["lock", "dev", "twin", "ac"]
FENCE = re.compile(r"^```(?:sh|powershell|)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")

# Written in pieces, so that this file does not hold what it looks for.
MACHINE = [r"/(?:work|root|opt)/\w", r"/home/(?!user\b|you\b)\w", r"[A-Z]:\\Users\\\w", r"/tmp/\w+/"]
HOSTS = [
    "py" + r"pi\.org",
    "python" + r"hosted\.org",
    "registry" + r"\.npmjs",
    "registry" + r"\.yarnpkg",
    "deb" + r"\.debian\.org",
    "conda" + r"\.anaconda",
    "--(?:extra-)?index" + "-url",
    "--trusted" + "-host",
]
FORBIDDEN_NAMES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml"}


def tracked(root: Path) -> list[Path]:
    """The files that git holds, or will hold; all but build outputs where the sources came without git."""
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(call, cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the sources came without git")
    return [path for name in done.stdout.decode().split("\0") if name and (path := root / name).is_file()]


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content[:8000] else content.decode("utf-8", errors="replace")


def commands(root: Path) -> list[tuple[str, str]]:
    """Every line of every command block in the texts, with the text's name."""
    return [
        (name, line.split("#")[0].strip())
        for name in TEXTS
        for block in FENCE.findall((root / name).read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.strip()
    ]


# ------------------------------------------------------------------------------------------- the manual


class Fetched(HTMLParser):
    """Collects what a page fetches from elsewhere when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "img", "iframe", "source", "video"}:
            given = dict(attrs)
            address = (
                given.get("src") or (given.get("href") if given.get("rel") != "canonical" else None) or ""
            )
            if address.startswith(("http:", "https:", "//")):
                self.found.append(address)


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    call = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "-f",
        str(config),
        "-d",
        str(site),
    ]
    # No proxy leads anywhere from here, so a theme that fetches fonts or scripts fails.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    env = {**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}
    return subprocess.run(call, capture_output=True, encoding="utf-8", env=env, check=False)


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(root / "mkdocs.yml", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_manual_holds_every_page(root: Path, site: Path):
    pages = {path.relative_to(root / "docs").with_suffix(".html") for path in (root / "docs").rglob("*.md")}
    assert len(pages) >= 5
    assert [page.as_posix() for page in sorted(pages) if not (site / page).is_file()] == []


def test_manual_fetches_nothing(site: Path):
    """A planner without internet, or reading from a USB stick, sees the same pages."""
    fetched = {}
    for page in site.rglob("*.html"):
        parser = Fetched()
        parser.feed(page.read_text(encoding="utf-8"))
        if parser.found:
            fetched[page.relative_to(site).as_posix()] = parser.found
    assert fetched == {}


def test_manual_with_a_dead_link_does_not_build(root: Path, tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# A page\n\n[gone](gone.md)\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text((root / "mkdocs.yml").read_text(encoding="utf-8"), encoding="utf-8")
    done = build(tmp_path / "mkdocs.yml", tmp_path / "site")
    assert done.returncode != 0
    assert "gone.md" in done.stdout + done.stderr


# ------------------------------------------------------------------------------------- links and commands


def test_links_in_the_texts_lead_somewhere(root: Path):
    texts = [path for path in tracked(root) if path.suffix == ".md" and "examples" not in path.parts]
    assert {path.name for path in texts} >= {"README.md", "README.vi.md", "CONTRIBUTING.md"}
    dead = [
        f"{path.relative_to(root).as_posix()}: {link}"
        for path in texts
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]
    assert dead == []


def test_files_named_in_the_texts_exist(root: Path):
    """Names in backticks or commands that look like a path of the project's own sources."""
    named = re.compile(r"(?<![\w/.-])(?:parkzero|requirements|tests|tools|docs)[/\\][\w./\\-]+\w")
    dead = [
        f"{name}: {found}"
        for name in TEXTS
        for found in named.findall((root / name).read_text(encoding="utf-8"))
        if not (root / found.replace("\\", "/")).exists()
    ]
    assert dead == []


def test_make_targets_in_the_texts_exist(root: Path):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    asked = {
        word
        for name in TEXTS
        for word in re.findall(r"(?:`|^)make ([a-z][\w-]*)", (root / name).read_text("utf-8"), re.MULTILINE)
    }
    assert asked >= {"demo", "test", "install"}
    assert asked <= targets
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony.group(1).split()) <= targets
    assert set(re.findall(r"make ([\w-]+) ", " ".join(re.findall(r'"(make .*)"', makefile)))) <= targets


def test_both_readmes_give_the_same_commands(root: Path):
    said = {
        name: [line for where, line in commands(root) if where == name]
        for name in ("README.md", "README.vi.md")
    }
    assert len(said["README.md"]) >= 10
    assert said["README.md"] == said["README.vi.md"]


def test_commands_in_the_texts_are_known_to_the_command_line(root: Path):
    """The real command line gives help for each command that the texts use, with each option."""
    asked: dict[str, set[str]] = {}
    for _, line in commands(root):
        if match := re.match(r"(?:\S*[/\\])?parkzero ([a-z][\w-]*)(.*)", line):
            asked.setdefault(match.group(1), set()).update(re.findall(r"--[a-z][\w-]*", match.group(2)))
    assert set(asked) >= {"init", "check", "plan", "explain", "report"}
    call = "import sys; from parkzero.cli import main; sys.exit(main())"
    env = {**os.environ, "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    for command, options in asked.items():
        done = subprocess.run(
            [sys.executable, "-c", call, command, "--help"],
            env=env,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"parkzero {command}: {done.stderr}"
        assert not {option for option in options if option not in done.stdout}, f"parkzero {command}"


def test_windows_commands_are_those_of_make(root: Path):
    """What README tells Windows users to type installs the same lock with the same safety."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    readme = (root / "README.md").read_text(encoding="utf-8")
    for words in (
        "--require-hashes --no-deps --only-binary :all:",
        "--no-deps --no-index --no-build-isolation",
    ):
        assert words in makefile
        assert words in readme


# ---------------------------------------------------------------------------------------- locks and git


def requirements(path: Path) -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_and_hashes_everything(name: str, root: Path):
    text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert len(lines) > 20
    loose = [
        line[:60] for line in lines if not re.match(r"[a-z0-9.-]+==\S+ +--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert loose == []
    assert "://" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_lock_fulfils_what_was_asked(name: str, root: Path):
    text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9.-]+)==([^\s\\]+)", text, re.MULTILINE))
    wrong = [
        str(asked)
        for asked in requirements(root / "requirements" / f"{name}.in")
        if not asked.specifier.contains(pinned.get(asked.name.lower(), "0"), prereleases=True)
    ]
    assert wrong == []


def test_locks_agree_on_the_solver(root: Path):
    """The benchmark compares models, not solvers: all environments run the same HiGHS with the same HiPO."""
    for name in ("lock", "twin"):
        text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pinned = dict(re.findall(r"^(highspy(?:-extras)?)==([^\s\\]+)", text, re.MULTILINE))
        assert pinned == {"highspy": "1.15.1", "highspy-extras": "1.15.1"}


def test_project_asks_for_what_the_lock_was_made_from(root: Path):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {r.name: r.specifier for r in map(Requirement, project["dependencies"])}
    asked = {r.name: r.specifier for r in requirements(root / "requirements" / "lock.in")}
    assert {name: asked.get(name) for name in declared} == declared
    assert set(asked) - set(declared) == {"flit-core", "colorama"}


def test_git_holds_no_machine_path_and_no_registry(root: Path):
    private = re.compile("|".join(MACHINE + HOSTS))
    files = tracked(root)
    assert len(files) > 20
    found = [
        f"{path.relative_to(root).as_posix()}:{number}: {match.group(0)}"
        for path in files
        if path.suffix != ".svg" and path.stat().st_size < 5_000_000
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if (match := private.search(line))
    ]
    assert found == []


def test_git_holds_no_foreign_lock(root: Path):
    assert {path.name for path in tracked(root)} & FORBIDDEN_NAMES == set()


@pytest.mark.parametrize(
    "line",
    [
        "see /wo" + "rk/main/x",
        "C:\\Us" + "ers\\an",
        "--index" + "-url x",
        "https://pypi" + ".org/simple",
        "/ro" + "ot/x",
    ],
)
def test_the_search_for_private_text_finds_it(line: str):
    assert re.search("|".join(MACHINE + HOSTS), line)
