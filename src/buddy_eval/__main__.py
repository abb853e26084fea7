"""`python -m buddy_eval` is `buddy-eval`."""

import sys

from buddy_eval.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
