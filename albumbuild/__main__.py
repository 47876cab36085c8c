"""`python -m albumbuild` is `albumbuild`."""

import sys

from albumbuild.cli import main

sys.exit(main())
