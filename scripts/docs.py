"""Write the pages of docs/ that follow from the code: what `make docs` runs.

Rules, columns and catalog have pages of their own. In pages written by hand, and in the README,
what stands between `<!-- begin ... -->` and `<!-- end -->` is a real file, some tables of one, or
the real output of a command. `--check` writes nothing and lists what is not up to date.
"""

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from unittest import mock

import click

from twin.catalog import profile, profiles, shipped
from twin.catalog.show import listing, plain
from twin.checks.discover import all_rules
from twin.checks.rule import Rule
from twin.cli.group import VERBS, twin
from twin.cli.run import run
from twin.cli.starter.folder import first_hall
from twin.errors import Exit
from twin.report.explain import HEADINGS, sections, summary
from twin.report.words import FAMILY_NAMES
from twin.site.contract import CONTRACT, SECTION_OF, Column

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
RULES = DOCS / "rules"
MADE = "<!-- made by `make docs`; change the code, not this page -->\n"
EMBED = re.compile(r"(<!-- begin (?P<what>.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Return every page that is made, and every page with something embedded, by path."""
    made = {
        RULES / "README.md": index_of_rules(),
        DOCS / "columns.md": columns(),
        DOCS / "catalog.md": catalog(),
        DOCS / "commands.md": commands(),
    }
    made |= {RULES / f"{rule.code}.md": page_of(rule) for rule in all_rules()}
    for path in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))):
        if path not in made:
            made[path] = embedded(path.read_text(encoding="utf-8"))
    return made


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(header), line(("---",) * len(header)), *map(line, rows)]) + "\n"


# --------------------------------------------------------------------------------------- rules


def index_of_rules() -> str:
    """Return the table of all rules, family by family."""
    rules = all_rules()
    gates = sum(rule.role == "gate" for rule in rules)
    parts = [
        MADE,
        "# Rules\n",
        (
            f"{len(rules)} rules: {gates} gates, which decide a verdict, and "
            f"{len(rules) - gates} that advise.\nThe first digit says what a rule looks at: "
            "1 capacity, 2 one thing lost,\n3 geometry and length, 4 fit, 5 time, "
            "9 the layout itself. `twin explain CODE` prints "
            "the same pages.\n"
        ),
    ]
    for family, members in groupby(rules, key=lambda rule: rule.family):
        parts.append(f"## {FAMILY_NAMES.get(family, family)} ({family})\n")
        rows = [
            (f"[{r.code}]({r.code}.md)", r.name.replace("-", " "), r.role, r.severity, summary(r))
            for r in members
        ]
        parts.append(table(("code", "name", "role", "severity", "found when"), rows))
    return "\n".join(parts)


def page_of(rule: Rule) -> str:
    """Return the page of one rule, from its docstring."""
    unit = f", in {rule.unit}" if rule.unit not in {"", "1"} else ""
    family = FAMILY_NAMES.get(rule.family, rule.family)
    parts = [
        MADE,
        f"# {rule.code} {rule.name.replace('-', ' ')}\n",
        f"{family}; {rule.role}, {rule.severity}{unit}.\n",
        f"{summary(rule)}\n",
    ]
    told = sections(rule)
    for heading in HEADINGS:
        if heading in told:
            said = linked(told[heading]) if heading == "See also" else told[heading]
            parts.append(f"## {heading}\n\n{said}\n")
    parts.append(f"## What it says\n\n```text\n{rule.message}\nfix: {rule.fix}\n```\n")
    parts.append(f"Source: {rule.source}\n")
    cases = ROOT / "tests" / "rules" / f"{rule.code}.toml"
    if cases.exists():
        parts.append(f"Worked cases: [{cases.name}](../../tests/rules/{cases.name})\n")
    return "\n".join(parts)


def linked(text: str) -> str:
    """Return text in which codes of rules are links."""
    codes = {rule.code for rule in all_rules()}
    return re.sub(
        r"\b[A-Z]{3}\d{3}\b", lambda m: f"[{m[0]}]({m[0]}.md)" if m[0] in codes else m[0], text
    )


# ------------------------------------------------------------------------- columns and catalog


def columns() -> str:
    """Return what a layout may say, kind by kind, from the contract."""
    parts = [
        MADE,
        "# Columns\n",
        (
            "What a layout may say about each kind of thing. The path names a value in changes\n"
            '(`--set "power.busways.*.rating_a=1600"`) and in the list of what is missing; `*` is '
            "an id, or\na pattern over ids. A column without a default that nobody writes is "
            "unknown. Points, lists and\nthe policy are no columns: `twin schema` has them, too.\n"
        ),
    ]
    for kind, members in groupby(CONTRACT, key=lambda column: column.kind):
        parts.append(f"## {kind.replace('_', ' ')}{section(kind)}\n")
        header = ("column", "type", "unit", "meaning", "default", "path")
        parts.append(table(header, [row_of(column) for column in members]))
    return "\n".join(parts)


TYPES = {"f8": "number", "U": "text", "M8[D]": "day", "bool": "true or false"}


def section(kind: str) -> str:
    """Return the section of a layout that holds a kind; some are made of others."""
    return f": `{SECTION_OF[kind]}`" if kind in SECTION_OF else ""


def row_of(column: Column) -> tuple[str, ...]:
    kind = TYPES.get(column.dtype) or f"id of a {' or '.join(column.refs).replace('_', ' ')}"
    default = "" if column.default in (None, "") else f"`{column.default}`"
    return (column.name, kind, column.unit, column.meaning, default, f"`{column.path}`")


def catalog() -> str:
    """Return the shipped products and the limits of the code profiles."""
    products = shipped().products
    figures = sum(f.known for product in products.values() for f in product.figures.values())
    parts = [
        MADE,
        "# Catalog\n",
        (
            f"{len(products)} products with {figures:,} published figures, each with its source; "
            "`twin catalog NAME` prints\nthem. What nobody published is unknown, and a layout's "
            "`[[assume]]` may stand in for it.\n"
        ),
    ]
    for kind, members in groupby(listing(shipped()), key=lambda entry: entry.kind):
        parts.append(f"## {kind.replace('_', ' ')}\n")
        rows = [
            (f"`{e.id}`", e.vendor, e.name, e.generation, str(known(e.id)), str(absent(e.id)))
            for e in members
        ]
        header = ("id", "vendor", "name", "generation", "figures", "not published")
        parts.append(table(header, rows))
    for name in profiles():
        parts.append(f"## Limits of the profile {name}\n")
        rows = [
            (
                f"`{key}`",
                plain(limit.value),
                limit.unit,
                limit.confidence,
                profile(name).sources[limit.source].title,
                limit.note,
            )
            for key, limit in sorted(profile(name).limits.items())
        ]
        parts.append(table(("limit", "value", "unit", "confidence", "source", "note"), rows))
    return "\n".join(parts)


def known(id_: str) -> int:
    product = shipped().get(id_)
    return sum(figure.known for figure in product.figures.values()) + len(product.curves)


def absent(id_: str) -> int:
    return sum(not figure.known for figure in shipped().get(id_).figures.values())


# -------------------------------------------------------------------------------------- commands


def commands() -> str:
    """Return the help of every verb, and of every verb within one."""
    parts = [MADE, "# Commands\n", f"```text\n{output(['--help'])}```\n"]
    for verb in VERBS:
        parts.append(f"## twin {verb}\n\n```text\n{output([verb, '--help'])}```\n")
        found = twin.get_command(click.Context(twin), verb)
        for name in found.commands if isinstance(found, click.Group) else ():
            said = output([verb, name, "--help"])
            parts.append(f"### twin {verb} {name}\n\n```text\n{said}```\n")
    return "\n".join(parts)


# ------------------------------------------------------------------------------------- embedding


def embedded(text: str) -> str:
    """Return a page with everything that it embeds as it is now."""
    return EMBED.sub(lambda m: f"{m[1]}{content(m['what'])}{m[3]}", text)


def content(what: str) -> str:
    """Return what a mark asks for: `starter`, `file PATH [TABLE ...]`, `run ARGS [| parts N]`."""
    verb, _, rest = what.partition(" ")
    if verb == "starter":
        return f"```toml\n{first_hall('first')['first.toml']}```\n"
    if verb == "file":
        path, *names = rest.split()
        text = (ROOT / path).read_text(encoding="utf-8")
        return f"```toml\n{''.join(tables(text, names)) if names else text}```\n"
    if verb == "run":
        command, _, wanted = rest.partition(" | parts ")
        parts = output(command.split()).rstrip("\n").split("\n\n")
        chosen = [parts[int(n) - 1] for n in wanted.split()] or parts
        shown = "\n\n".join(chosen) + ("\n..." if len(chosen) < len(parts) else "")
        return f"```console\n$ twin {command}\n{shown}\n```\n"
    raise ValueError(f"there is nothing to embed as {what!r}")


def tables(text: str, names: list[str]) -> Iterator[str]:
    """Yield the tables of a TOML file that have these names, in this order."""
    lines = text.splitlines()
    for name in names:
        start = lines.index(f"[{name}]")
        stop = next((k for k in range(start + 1, len(lines)) if not lines[k].strip()), len(lines))
        yield "\n".join(lines[start:stop]) + ("\n" if name == names[-1] else "\n\n")


def output(arguments: list[str]) -> str:
    """Return what a verb prints, run in the folder of the project."""
    out = io.StringIO()
    wide = mock.patch.dict(os.environ, COLUMNS="100")  # whatever terminal this runs in
    with wide, contextlib.chdir(ROOT), contextlib.redirect_stdout(out):
        code = run(arguments)
    if code not in {Exit.FEASIBLE, Exit.NOT_FEASIBLE}:
        raise RuntimeError(f"twin {' '.join(arguments)} ended with {code}")
    return out.getvalue()


def main() -> int:
    """Write the pages, or with `--check` list those that are not up to date."""
    made = pages()
    stale = [p for p, text in made.items() if not p.exists() or p.read_text("utf-8") != text]
    left = [p for p in RULES.glob("*.md") if p not in made]
    if "--check" in sys.argv[1:]:
        for path in (*stale, *left):
            print(f"not up to date: {path.relative_to(ROOT)}; run make docs")
        return int(bool(stale or left))
    RULES.mkdir(parents=True, exist_ok=True)
    for path in left:
        path.unlink()
    for path in stale:
        path.write_text(made[path], encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
