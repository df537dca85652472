"""Add-ons and controllers, one module each; `find_addon` and `ADDONS` discover them."""

from eksclave.catalog.addons.registry import ADDONS, addon_names, addon_or_none, controller_names, find_addon

__all__ = ["ADDONS", "addon_names", "addon_or_none", "controller_names", "find_addon"]
