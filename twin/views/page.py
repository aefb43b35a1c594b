"""The 3D page: one HTML file that works without network, from the scene and its web files."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from functools import cache
from importlib.resources import files

from twin.checks.result import Report
from twin.views.parts import Scene
from twin.views.payload import payload

SCRIPTS = ("matrix", "data", "shaders", "draw", "camera", "pick", "panel", "labels", "main")
"""JavaScript files of `web`, in the order in which they need each other."""


def page(scene: Scene, report: Report | None) -> str:
    """Return the 3D page as HTML.

    Everything is inside: no address is ever loaded, and the page's own policy forbids it. Names
    are data in a block that no browser runs, and they are written as text only.

    Parameters
    ----------
    scene
        What is shown.
    report
        Gives the words of the verdict panel; None: nothing was judged.
    """
    told = payload(scene, report)
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    scripts = [_web(f"{name}.js") for name in SCRIPTS]
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    parts = {
        "policy": f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'",
        "title": html.escape(f"{scene.frame.title}: {scene.frame.summary}"),
        "style": _web("page.css"),
        "data": _inert(text),
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    # One pass, so that nothing inside a part is taken for a place to fill.
    return re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], _web("page.html"))


def _inert(text: str) -> str:
    """Return JSON that cannot end the block that holds it, nor begin anything."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _web(name: str) -> str:
    return files("twin.views").joinpath("web", name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
