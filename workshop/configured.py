"""What plimsoll.toml may hold, tables for people and JSON Schema for editors: made from the model that reads it."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from plimsoll.expectations import Bench, Endpoint, Expectations, ServiceExpectations, VariantExpectations
from plimsoll.rule import every_rule
from plimsoll.units import show_size
from workshop.root import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

PAGE = ROOT / "docs/plimsoll-toml.md"
SCHEMA = ROOT / "docs/plimsoll.schema.json"
DIALECT = "http://json-schema.org/draft-07/schema#"
"""The one that editors of TOML know."""

TABLES: dict[str, type[BaseModel]] = {
    "": Expectations,
    "[[endpoint]]": Endpoint,
    "[variant.NAME]": VariantExpectations,
    "[service.NAME]": ServiceExpectations,
    "[bench]": Bench,
}
"""Where each model's keys stand in the file."""

WAIVED, WAIVER = "Waived", "Waiver"
"""The schemas of a table of exceptions, and of one of them."""

ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)
EXAMPLES = {
    "allow": '`["git", "shell"]`',
    "answer": "`{ pong = true }`",
    "body": '`"{}"`',
    "command": '`["serve"]`',
    "contains": '`"ready"`',
    "content_type": '`"application/json"`',
    "does_not_start": '`"the port is taken on purpose"`',
    "needs": '`"certificates of the system"`',
    "edit": '`"main.go"`',
    "environment": '`{ MODE = "test" }`',
    "exit_codes": "`[2, 130]`",
    "headers": '`{ Accept = "text/html" }`',
    "max_context": '`"20 MB"`',
    "max_size": '`"9 MB"`',
    "memory": '`"256 MB"`',
    "method": '`"POST"`',
    "path": '`"/ping"`',
    "platforms": '`["linux/amd64", "linux/arm64"]`',
    "port": "`8080`",
    "serves": "`false`",
    "static": '`["/server"]`',
    "status": "`404`",
    "variants": '`["prod"]`',
    "vulnerabilities": '`CVE-2026-1234 = "the reason why"`',
    "waive": '`has_no_shell = "the reason why"`',
    "writable": '`["/var/lib/app"]`',
}
"""What a value looks like, where its description does not say it."""


def described(model: type[BaseModel]) -> dict[str, str]:
    """What each key of a model means, as its docstring says it."""
    found = {name: " ".join(text.split()) for name, text in ATTRIBUTE.findall(inspect.getdoc(model) or "")}
    return {key: found[key][0].upper() + found[key][1:].rstrip(".") + "." for key, _ in keys(model)}


def keys(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The keys of a model as they are written, each with the name that it has in the model."""
    yield from ((field.alias or name, name) for name, field in model.model_fields.items())


def tables() -> str:
    """A table of keys for each table of the file."""
    parts = []
    for head, model in TABLES.items():
        about = described(model)
        rows = [f"| `{key}` | {about[key]} | {EXAMPLES.get(name, 'a table, below')} |" for key, name in keys(model)]
        title = f"### `{head}`\n\n{_first(model)}" if head else "### At the top"
        parts.append("\n".join([title, "", "| key | meaning | for example |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts) + "\n"


def schema() -> str:
    """The JSON Schema of the file: what an editor completes, explains and marks as wrong."""
    made = Expectations.model_json_schema(schema_generator=_Described)
    one = made["properties"]["waive"]["additionalProperties"]
    for each in (made, *made["$defs"].values()):
        if waive := each["properties"].get("waive"):
            each["properties"]["waive"] = {"description": waive["description"], "$ref": f"#/$defs/{WAIVED}"}
    made["$defs"] |= {WAIVED: _waived(), WAIVER: one}
    return json.dumps({"$schema": DIALECT, **made, "title": "plimsoll.toml"}, indent=2, ensure_ascii=False) + "\n"


def _waived() -> dict[str, Any]:
    """A table of exceptions: which rules there are, so that an editor completes their names."""
    every = every_rule().values()
    one = {"$ref": f"#/$defs/{WAIVER}"}
    return {
        "type": "object",
        "properties": {name: one for each in every for name in (each.name, str(each))},
        "additionalProperties": False,
    }


class _Described(GenerateJsonSchema):
    """The model's own schema, with the meaning of each key, and without what only Python knows."""

    def model_schema(self, schema: Any) -> Any:  # noqa: ANN401 - as pydantic has it
        """The schema of one model."""
        made = super().model_schema(schema)
        about = described(schema["cls"])
        made["description"] = _first(schema["cls"])
        made["properties"] = {
            key: {"description": about[key]} | _as_toml_has_it(each) for key, each in made["properties"].items()
        }
        return made


def _as_toml_has_it(kind: dict[str, Any]) -> dict[str, Any]:
    """A key's schema without the word for nothing, which TOML has not, and with sizes as they are written."""
    kept = {name: value for name, value in kind.items() if name not in {"anyOf", "title"}}
    kinds = [each for each in kind.get("anyOf", []) if each != {"type": "null"}]
    kept |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}
    if kept.get("default", 0) is None:
        del kept["default"]
    elif "default" in kept and kept.get("type") == "string" and not isinstance(kept["default"], str):
        kept["default"] = show_size(kept["default"])
    return kept


def _first(model: type[BaseModel]) -> str:
    """The first line of a model's docstring."""
    return (inspect.getdoc(model) or "").splitlines()[0]
