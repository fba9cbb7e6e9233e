"""Writes the OpenAPI document to standard output; needs no database and no settings."""

import json
import sys
from pathlib import Path

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database


def document() -> str:
    """Returns the document as indented JSON."""
    # Nothing is started, so nothing of this is ever used.
    settings = Settings.model_construct(data_dir=Path())
    app = create_app(settings, Database("postgresql:///"), host_key="unused")
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(document())
