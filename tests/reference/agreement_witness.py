"""Agreement of seeded ratings by irrCAC 0.4.4 and krippendorff 0.9.0, in an environment of their own.

    pip install irrCAC krippendorff
    python tests/reference/agreement_witness.py > tests/reference/agreement.json

Neither is a dependency of this project (the second is under the GPL): they are asked once, their answers kept.
"""

from __future__ import annotations

import importlib
import json

import numpy as np
import pandas as pd

LEVELS = ("nominal", "ordinal", "interval", "ratio")
COEFFICIENTS = {"fleiss_kappa": "fleiss", "ac1": "gwet", "alpha": "krippendorff"}


def drawn(seed: int, units: int, coders: int, values: int, missing: float) -> pd.DataFrame:
    """Ratings 1 to `values` that go with a unit's own value in seven of ten cases, some of them missing."""
    generator = np.random.default_rng(seed)
    true = generator.integers(1, values + 1, (units, 1))
    other = generator.integers(1, values + 1, (units, coders))
    ratings = np.where(generator.random((units, coders)) < 0.7, true, other).astype("float64")
    ratings[generator.random((units, coders)) < missing] = np.nan
    return pd.DataFrame(ratings, columns=[f"coder {place + 1}" for place in range(coders)])


def answers(ratings: pd.DataFrame) -> dict[str, object]:
    """What the two programs say."""
    raw, krippendorff = importlib.import_module("irrCAC.raw"), importlib.import_module("krippendorff")
    chance = raw.CAC(ratings.dropna(how="all"), digits=10)
    said = {name: float(getattr(chance, call)()["est"]["coefficient_value"]) for name, call in COEFFICIENTS.items()}
    cells = ratings.to_numpy()
    return {
        "ratings": [[None if np.isnan(cell) else int(cell) for cell in row] for row in cells],
        "percent": float(chance.gwet()["est"]["pa"]),
        **said,
        "levels": {level: float(krippendorff.alpha(cells.T, level_of_measurement=level)) for level in LEVELS},
    }


def main() -> None:
    """Print the answers as JSON."""
    cases = {
        "complete": drawn(1, 14, 3, 4, 0.0),
        "two_coders": drawn(2, 20, 2, 2, 0.1),
        "much_missing": drawn(3, 16, 4, 5, 0.4),
    }
    print(json.dumps({name: answers(ratings) for name, ratings in cases.items()}, separators=(",", ":")))


if __name__ == "__main__":
    main()
