"""The publishers' responses as documented: addresses, formats, paging, row limits, redirects without a key.

Each source has a module of its name, whose `routes` are served by `tests.ingest.servers.serve`. Figures are
small and invented.
"""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules

from orchestration.pipeline.sources import modules
from tests.ingest.publishers import census_api, comtrade
from tests.ingest.servers import Routes

BY_HAND = {name for name, module in modules().items() if not hasattr(module, "plan")}
"""Sources that have no server: people drop their files in."""

PUBLISHERS: dict[str, Callable[[datetime], Routes]] = {
    module.name: import_module(f"{__name__}.{module.name}").routes
    for module in iter_modules(__path__)
    if module.name in modules()
}
KEYS = {"census_api": census_api.KEY, "comtrade": comtrade.KEY}
KEYED = {"CENSUS_API_KEY": census_api.KEY, "COMTRADE_API_KEY": comtrade.KEY}
"""The environment with both keys."""
