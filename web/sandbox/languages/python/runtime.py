"""Runs one program as `__main__`. Part of the memory snapshot, so it keeps away from JavaScript."""

import ast
import asyncio  # noqa: F401  (kept warm in the snapshot, as are the next ones)
import collections  # noqa: F401
import dataclasses  # noqa: F401
import functools  # noqa: F401
import inspect
import io
import itertools  # noqa: F401
import json  # noqa: F401
import linecache
import math  # noqa: F401
import os
import random
import re  # noqa: F401
import sys
import traceback
import types
import typing  # noqa: F401

# What run() returns for a program that ended with a traceback.
_FAILED = -1
# Where the files of the runtime, of Pyodide and of the script that enters them lie.
_INTERNAL = ("<codeinterview>", "<exec>", "blob:", "/_pyodide/", "/pyodide/")


class _Input(io.RawIOBase):
    """Standard input that asks for a line whenever its reader wants more."""

    def __init__(self, read_line):
        self._read_line = read_line
        self._rest = b""

    def readable(self):
        return True

    def isatty(self):
        return True

    def readinto(self, buffer):
        if not self._rest:
            line = self._read_line()
            if line is None:
                return 0
            self._rest = (line + "\n").encode("utf-8", "replace")
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _is_internal(frame):
    return any(mark in frame.filename for mark in _INTERNAL)


def _strip(trace, seen):
    """Take the runtime's own frames out of a traceback and of those it was caused by."""
    if trace is None or id(trace) in seen:
        return
    seen.add(id(trace))
    kept = [frame for frame in trace.stack if not _is_internal(frame)]
    trace.stack = traceback.StackSummary.from_list(kept)
    _strip(trace.__cause__, seen)
    _strip(trace.__context__, seen)
    for inner in getattr(trace, "exceptions", None) or ():
        _strip(inner, seen)


def _report(error):
    trace = traceback.TracebackException.from_exception(error, compact=True)
    _strip(trace, set())
    if not trace.stack and isinstance(error, SyntaxError):
        text = "".join(trace.format_exception_only())
    else:
        text = "".join(trace.format())
    sys.stdout.flush()
    sys.stderr.write(text)


def _prepare(files, path, read_line):
    random.seed()
    sys.argv = [path]
    for name, text in files.items():
        folder = os.path.dirname(name)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    linecache.cache[path] = (len(files[path]), None, files[path].splitlines(True), path)
    sys.stdin = io.TextIOWrapper(
        io.BufferedReader(_Input(read_line)), encoding="utf-8", line_buffering=True
    )
    module = types.ModuleType("__main__")
    module.__file__ = path
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    return module.__dict__


def run(files, path, read_line, wait_for):
    """Run `files[path]`; returns its exit status, or -1 when it ended with a traceback.

    `wait_for` runs a coroutine to its end.
    """
    namespace = _prepare(files, path, read_line)
    try:
        code = compile(
            files[path], path, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
        result = eval(code, namespace)
        if inspect.iscoroutine(result):
            wait_for(result)
        return 0
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        sys.stderr.write(f"{leaving.code}\n")
        return 1
    except BaseException as error:
        _report(error)
        return _FAILED
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except Exception:
            # The program may have closed or replaced them.
            pass
