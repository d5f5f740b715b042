"""Write the manual's pages of components from their records, so that the pages say what the code does.

Fields come from the registry; symbols, rules and notes from the docstrings of the class and of its module.

    python -m tools.make_component_pages            writes docs/components
    python -m tools.make_component_pages --check    exit code 1 where a page is not up to date
"""

from __future__ import annotations

import inspect
import math
import re
import sys
from pathlib import Path

from parkzero.language import block
from parkzero.language.component import Component, kinds
from parkzero.language.fields import ByYear, Field, described, size_fields
from parkzero.study import paths, profiles
from parkzero.units import MW, ONE, YEAR, Quantity, Unit, spell

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "components"
_HEAD = re.compile(r"^(Symbols|Rules|Injection):$")
_NOTE = "<!-- Written by tools/make_component_pages.py from the code; do not edit by hand. -->\n"
_WHAT = """What a park is made of. Each component stands on one page of code: its fields, its rules,
what it injects into its buses and what it books."""
_VALUES = """Every number carries its unit, and any unit that converts into the field's will do; money may be
in any currency that the study gives a rate for. A bus is called by its name in `[buses]`."""
_SIZES = """A size is a table: `power = { capex = "650 USD/kW", lifetime = "25 years", max = "5 MW" }`. What
it costs is counted per unit of the size, here for one in MW. `lifetime`, `fixed_om`, `existing_until` and
`first_year` may be given once on the asset, for all of its sizes that do not say their own. Without `capex`
nothing is built beyond what stands already."""
_FORM = {
    "quantity": "quantity",
    "by_year": "path over the years",
    "profile": "series",
    "size": "[size](index.md#sizes)",
    "bus": "bus",
    "asset": "asset",
    "uses": "table of assets",
    "trips": "[timetable](../fleets.md)",
    "text": "text",
    "actor": "actor",
    "integer": "whole number",
    "flag": "true or false",
    "choice": "one of some words",
}


def sections(doc: str) -> dict[str, str]:
    """A docstring taken apart: "" is the text, the rest the indented parts under their headings."""
    text, found, name = [], {}, ""
    for line in inspect.cleandoc(doc).splitlines():
        if match := _HEAD.match(line):
            name = match.group(1).rstrip(":")
            found[name] = ""
        elif name and (line.startswith("    ") or not line):
            found[name] += f"{line}\n"
        else:
            name = ""
            text.append(line)
    return {"": "\n".join(text).strip(), **{k: inspect.cleandoc(v).strip() for k, v in found.items()}}


def sections_of(cls: type[Component]) -> dict[str, str]:
    """Text, symbols and rules of a kind: its own, and its module's where it has none."""
    module = sections(inspect.getmodule(cls).__doc__ or "")
    own = sections(cls.__dict__.get("__doc__") or "")
    return {**module, **own, "module": module[""]}


def rules(text: str) -> dict[str, str]:
    """Names of rules and what they say."""
    lines = (line.partition(" ") for line in text.splitlines() if line.strip())
    return {name: says.strip() for name, _, says in lines}


def pages() -> dict[str, str]:
    """All pages by file name."""
    made = {f"{kind}.md": page(kind, cls) for kind, cls in kinds().items()}
    return {"index.md": index(), **made}


def page(kind: str, cls: type[Component]) -> str:
    """The page of one kind."""
    parts = sections_of(cls)
    section = "policies" if cls.group == "policy" else "assets"
    lines = [f"# {title(kind)}", "", _NOTE, parts[""], ""]
    lines += ["```toml", f"[{section}.a_name_of_yours]", f'kind = "{kind}"', "```", ""]
    lines += ["## Fields", "", *heads("field", "what it is", "form", "unit", "from … to", "if left out")]
    lines += [row(name, meta, cls) for name, meta in described(cls).items()]
    lines += ["", "[How values are written](index.md#how-values-are-written)", ""]
    if "Symbols" in parts:
        lines += ["## Symbols", "", "```text", parts["Symbols"].replace("``", ""), "```", ""]
    lines += ["## Rules", ""]
    if "Rules" in parts:
        lines += heads("rule", "what must hold")
        lines += [f"| `{name}` | {code(says)} |" for name, says in rules(parts["Rules"]).items()]
    else:
        lines += [
            "It has no rule of its own." + (" It injects into its bus:" if "Injection" in parts else "")
        ]
        if "Injection" in parts:
            lines += ["", "```text", parts["Injection"], "```"]
    notes = parts["module"].partition("\n")[2].strip()
    if notes:
        lines += ["", "## Notes", "", notes.replace("``", "`")]
    return "\n".join(lines) + "\n"


def heads(*names: str) -> list[str]:
    """The first two lines of a table."""
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]


def title(kind: str) -> str:
    """The kind as a title."""
    return kind.replace("_", " ").capitalize()


def code(says: str) -> str:
    """A formula in code type, with the remark in brackets that stands apart from it outside."""
    formula, _, remark = re.sub(r"\s{2,}\(", "\0(", says, count=1).partition("\0")
    return f"`{re.sub(' +', ' ', formula)}`" + (f" {remark}" if remark else "")


def row(name: str, meta: Field, cls: type[Component]) -> str:
    """One field as a row of the table."""
    default = "**needed**" if meta.required else shown(cls.__dataclass_fields__[name].default)
    cells = [f"`{name}`", meta.doc, form(meta), unit(meta), limits(meta), default]
    return f"| {' | '.join(cells)} |"


def form(meta: Field) -> str:
    """How the field is written."""
    if meta.kind == "bus":
        return f"bus of {' or '.join(meta.carriers) or 'any carrier'}"
    if meta.kind == "asset":
        return f"name of an asset: {' or '.join(meta.kinds) or meta.trait or 'any'}"
    if meta.kind == "choice":
        return " or ".join(f'`"{word}"`' for word in meta.choices)
    more = (", may leave out years" if meta.partial else "") + (" or series" if meta.or_series else "")
    return _FORM[meta.kind] + more


def unit(meta: Field) -> str:
    """The unit as a user writes it; any that converts into it will do."""
    spelled = "years" if meta.unit == YEAR else spell(meta.unit)
    spelled += f"` or `{spell(meta.or_unit)}" if meta.or_unit is not None else ""
    return f"`{spelled}`" if meta.kind in ("quantity", "by_year", "profile", "size") else ""


def limits(meta: Field) -> str:
    """Smallest and largest value."""
    if meta.kind not in ("quantity", "by_year", "profile", "integer"):
        return ""
    low = f"above {number(meta.above, meta.unit)}" if meta.above > -math.inf else ""
    if not low and meta.least > -1e11:
        low = number(meta.least, meta.unit)
    high = number(meta.most, meta.unit) if meta.most < math.inf else ""
    return f"{low} … {high}".strip() if low or high else "any"


def number(value: float, unit: Unit) -> str:
    """A number of the field's unit; shares in percent."""
    if unit == ONE and abs(value) <= 2:
        return f"{value * 100:g} %" if value else "0"
    return f"{value:g}"


def shown(default: object) -> str:
    """The value of a field that is left out."""
    if default is None:
        return "none"
    if isinstance(default, ByYear):
        return number(default.values[0], default.unit)
    if isinstance(default, Quantity):
        return number(float(default.value), default.unit)
    if isinstance(default, bool):
        return "`true`" if default else "`false`"
    if isinstance(default, str):
        return f'`"{default}"`' if default else "empty"
    return str(default)


def index() -> str:
    """The page that all others hang from."""
    lines = ["# Components", "", _NOTE, _WHAT, ""]
    for heading, policy in (("Assets", False), ("Policies", True)):
        lines += [f"## {heading}", "", *heads("kind", "what it is")]
        for kind, cls in kinds().items():
            if (cls.group == "policy") is policy:
                text = sections(cls.__dict__["__doc__"])[""].replace("\n", " ")
                lines.append(f"| [`{kind}`]({kind}.md) | {text} |")
        lines.append("")
    lines += ["## Rules of all sizes and stores", "", *heads("rule", "what must hold")]
    lines += [
        f"| `{name}` | {says} |" for name, says in rules(sections(block.__doc__ or "")["Rules"]).items()
    ]
    lines += ["", "## Sizes", "", _SIZES, "", *heads("field", "what it is", "form", "unit", "from … to")]
    lines += [
        f"| `{name}` | {meta.doc} | {form(meta)} | {unit(meta)} | {limits(meta)} |"
        for name, meta in size_fields(MW).items()
    ]
    lines += ["", "## How values are written", "", _VALUES, ""]
    for heading, module in (("Paths over the years", paths), ("Series", profiles)):
        lines += [f"### {heading}", "", "```text", forms(module.__doc__ or ""), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def forms(doc: str) -> str:
    """The block under "Forms" of a module's docstring."""
    return inspect.cleandoc(doc.partition("Forms::\n")[2]).strip()


def main(arguments: list[str]) -> int:
    """Write the pages, or say which are not up to date."""
    stale = []
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                FOLDER.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write("".join(f"{name}\n" for name in stale))
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
