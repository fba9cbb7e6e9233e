"""Where the built program starts: the `codeinterview` command."""

import sys

from codeinterview_desktop.cli import main

sys.exit(main())
