"""Secrets are compared in constant time everywhere: no operator is ever applied to one.

A test of the time taken would be right only sometimes; what the code says is always the same.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import codeinterview_server

SOURCES = Path(codeinterview_server.__file__).parent
_SECRET = re.compile(
    r"(^|_)(token|invite|host_key|run_key|credential|bearer|secret|token_hash|password)$"
)
_LEAKING = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
# PostgreSQL finds a participant by the hash of their token: what is looked up is no secret.
_LOOKUPS = {"participants.c.token_hash == token_hash"}


def comparisons(source: str) -> list[str]:
    """Comparisons in a module that take longer the more of a secret is right."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(isinstance(op, _LEAKING) for op in node.ops):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and _name(node.func) in {"startswith", "endswith", "index"}:
            assert isinstance(node.func, ast.Attribute)
            sides = [node.func.value, *node.args]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            sides = [node.slice]
        else:
            continue
        if any(_SECRET.search(_name(side)) for side in sides):
            found.append(ast.unparse(node))
    return found


def _name(node: ast.expr) -> str:
    """What a value is called, seen through calls such as `key.get_secret_value()`."""
    if isinstance(node, ast.Call):
        inner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        return _name(inner) if isinstance(node.func, ast.Attribute) else ""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_it_sees_each_way_to_compare() -> None:
    for line in (
        "host_key == given",
        "given != self._token",
        "invite in known",
        "known[token]",
        "key if run_key.get_secret_value() == key else None",
        "body.invite.startswith(given)",
    ):
        assert comparisons(line), line
    for line in ("token is None", "same_secret(token, given)", "tokens == 3", "invites[role]"):
        assert not comparisons(line), line


def test_no_operator_compares_a_secret() -> None:
    checked = 0
    for path in sorted(SOURCES.rglob("*.py")):
        found = set(comparisons(path.read_text("utf-8"))) - _LOOKUPS
        assert not found, f"{path.name}: {found}"
        checked += 1
    assert checked > 60


def test_the_one_comparison_takes_constant_time() -> None:
    tree = ast.parse((SOURCES / "domain" / "secrets.py").read_text("utf-8"))
    [function] = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "same_secret"
    ]
    [statement] = function.body[1:]
    assert isinstance(statement, ast.Return)
    assert isinstance(statement.value, ast.Call)
    assert ast.unparse(statement.value.func) == "hmac.compare_digest"
