"""`python -m tenfold.cli` is `tenfold`."""

import sys

from tenfold.cli import main

sys.exit(main())
