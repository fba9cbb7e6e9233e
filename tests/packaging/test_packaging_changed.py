"""When continuous integration builds and tests the installers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "packaging_changed.sh"
DAY_S = 24 * 3600
NOW_S = 1_800_000_000


class Repository:
    """A repository that holds the script, with commits at given times."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "scripts").mkdir(parents=True)
        shutil.copy(SCRIPT, folder / "scripts")
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, at_s: int = NOW_S) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@localhost", *words],
            cwd=self.folder,
            env={
                **os.environ,
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_AUTHOR_DATE": f"@{at_s}",
                "GIT_COMMITTER_DATE": f"@{at_s}",
            },
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout.strip()

    def commit(self, path: str, at_s: int = NOW_S) -> str:
        """Change a file; the commit's name."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.read_text() + "more\n" if file.exists() else "new\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", path, at_s=at_s)
        return self.git("rev-parse", "HEAD")

    def wants_a_test(self, base: str = "") -> bool:
        done = subprocess.run(
            ["bash", "scripts/packaging_changed.sh"],
            cwd=self.folder,
            env={**os.environ, "CI_BASE": base},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode in (0, 1), done.stderr
        assert done.stdout.startswith("packaging: ")
        return done.returncode == 0


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_without_history_it_is_tested(repository: Repository) -> None:
    repository.commit("README.md")
    assert repository.wants_a_test()


def test_the_main_branch_is_compared_with_the_day_before(repository: Repository) -> None:
    repository.commit("packaging/launch.py", NOW_S - 3 * DAY_S)
    repository.commit("README.md", NOW_S)
    assert not repository.wants_a_test()
    repository.commit("packaging/launch.py", NOW_S + 60)
    repository.commit("README.md", NOW_S + 120)
    assert repository.wants_a_test()


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("packaging/launch.py", True),
        ("requirements/desktop.txt", True),
        ("pyproject.toml", True),
        ("desktop/codeinterview_desktop/app.py", True),
        ("server/codeinterview_server/db/migrations/versions/0003_more.py", True),
        ("web/src/main.tsx", False),
        ("docs/packaging.md", False),
    ],
)
def test_a_named_commit_decides(repository: Repository, path: str, wanted: bool) -> None:
    base = repository.commit("README.md")
    repository.commit(path)
    assert repository.wants_a_test(base) is wanted
    assert repository.wants_a_test("0123456789")


def test_a_branch_is_compared_with_where_it_left_the_main_branch(repository: Repository) -> None:
    base = repository.commit("packaging/launch.py")
    repository.git("update-ref", "refs/remotes/origin/main", base)
    repository.commit("README.md")
    assert not repository.wants_a_test()
    repository.commit("packaging/launch.py")
    repository.commit("README.md")
    assert repository.wants_a_test()
