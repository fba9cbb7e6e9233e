"""Write every generated file, or with `--check` fail when one is not what it would be now.

The design tokens become themes; the server's OpenAPI document becomes the web client's types.
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

import generate_tokens

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = Path("web/src/api/openapi.json")
SCHEMA = Path("web/src/api/schema.d.ts")
OPENAPI_TYPESCRIPT = ROOT / "web" / "node_modules" / ".bin" / "openapi-typescript"
SHOWN_LINES = 20


def generate(output_root: Path) -> list[Path]:
    """Write the generated files beneath `output_root`; return their paths relative to it."""
    openapi = output_root / OPENAPI
    openapi.parent.mkdir(parents=True, exist_ok=True)
    document = subprocess.run(
        [sys.executable, "-m", "codeinterview_server.openapi"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    openapi.write_bytes(document)
    subprocess.run(
        [OPENAPI_TYPESCRIPT, openapi, "--output", output_root / SCHEMA],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return [OPENAPI, SCHEMA, *generate_tokens.write(output_root)]


def stale(fresh_root: Path, paths: list[Path]) -> list[Path]:
    """Say how the project's files differ from the fresh ones; return those that do."""
    differing = []
    for path in paths:
        fresh = (fresh_root / path).read_text(encoding="utf-8").splitlines()
        kept = (ROOT / path).read_text(encoding="utf-8").splitlines() if _exists(path) else []
        if fresh == kept:
            continue
        differing.append(path)
        diff = list(difflib.unified_diff(kept, fresh, str(path), "fresh", lineterm=""))
        print("\n".join(diff[:SHOWN_LINES]), file=sys.stderr)
    return differing


def _exists(path: Path) -> bool:
    return (ROOT / path).is_file()


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")
    if not parser.parse_args().check:
        generate(ROOT)
        return 0
    with tempfile.TemporaryDirectory() as directory:
        fresh_root = Path(directory)
        differing = stale(fresh_root, generate(fresh_root))
    if differing:
        names = ", ".join(map(str, differing))
        print(f"Not fresh: {names}. Run `make generate` and commit the result.", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
