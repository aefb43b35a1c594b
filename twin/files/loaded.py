"""What reading gives: the layout, its lists, its catalog, and where each value was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from twin.catalog import Catalog
from twin.files.origins import Origins
from twin.model.layout import Layout, ListTable


@dataclass(frozen=True, slots=True)
class Loaded:
    """A layout as read, before its references are followed.

    Parameters
    ----------
    layout
        All that its TOML files say, includes merged and drawn outlines filled in.
    lists
        Its long lists, one table per kind of item.
    catalog
        The shipped products under those of the user's folders.
    origins
        Where each value was written.
    path
        The layout's file.
    """

    layout: Layout
    lists: tuple[ListTable, ...]
    catalog: Catalog
    origins: Origins
    path: Path
