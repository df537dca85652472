"""One way of searching for every property test: the same examples each run, and no clock on a busy machine.

`EKSCLAVE_EXAMPLES=5000` looks further, at examples drawn anew.
"""

import os

from hypothesis import HealthCheck, settings

PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
DEEP = int(os.environ.get("EKSCLAVE_EXAMPLES", "0"))
settings.register_profile("usual", derandomize=True, **PATIENT)
settings.register_profile("deep", max_examples=DEEP or 100, **PATIENT)
settings.load_profile("deep" if DEEP else "usual")
