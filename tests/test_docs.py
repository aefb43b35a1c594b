"""The pages that follow from the code are up to date, and what they say can be done."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from twin.checks.discover import all_rules
from twin.model.layout import Layout

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.fixture(scope="module")
def docs():
    """The script that `make docs` runs."""
    spec = importlib.util.spec_from_file_location("docs_script", ROOT / "scripts" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_as_make_docs_writes_them(docs):
    made = docs.pages()
    stale = [
        str(path.relative_to(ROOT))
        for path, text in made.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run make docs"
    assert set((ROOT / "docs" / "rules").glob("*.md")) <= set(made), "run make docs"


def test_every_rule_has_a_page_that_says_what_it_does_not_cover():
    for rule in all_rules():
        page = (ROOT / "docs" / "rules" / f"{rule.code}.md").read_text(encoding="utf-8")
        assert "## Does not cover" in page


def test_what_cannot_be_embedded_is_told(docs):
    with pytest.raises(ValueError, match="nothing to embed"):
        docs.content("picture hall.png")
    assert docs.content("file twin/cli/starter/hall.toml halls.H1").startswith(
        "```toml\n[halls.H1]"
    )


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert "://" in target or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_examples_of_layouts_can_be_read(page):
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        document = tomllib.loads(block)
        Layout.model_validate({"format": 1, "name": "example", **document})


def test_the_makefile_and_the_readme_name_the_same_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|\$ )make (\w+)", readme)) <= set(targets)
