"""Control for `bench.acceptance` and `bench.storm`: a yes looks without holding anything.

python -m bench.careless --port PORT
"""

import sys

from app.cli import cli
from app.seam import pair

if __name__ == "__main__":
    pair.HOLD_OFFER = pair.holding(locked=False, with_offer=True)
    cli(["serve", *sys.argv[1:]])
