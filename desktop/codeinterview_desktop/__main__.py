"""`python -m codeinterview_desktop` is the `codeinterview` command."""

import sys

from .cli import main

sys.exit(main())
