"""Finds ``static/`` and ``templates/``: inside the package (a wheel) or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


class AssetsMissing(Exception):
    """Neither place has the folder."""


def folder(name: str, package: Path = PACKAGE) -> Path:
    """The folder of that name; raises `AssetsMissing`, saying where it looked."""
    places = [package / name, package.parent.parent / name]
    for place in places:
        if place.is_dir():
            return place
    raise AssetsMissing(f"Tapedeck's {name}/ folder is missing: it is neither at {places[0]} nor at {places[1]}.")
