"""Renders the cases of tests/template/ by Python's Jinja2 into tests/template/golden/.

    python3 -m venv /tmp/jinja && /tmp/jinja/bin/pip install jinja2==3.1.6
    /tmp/jinja/bin/python scripts/jinja2_golden.py

The tests compare with what this has written; they need no Python. An error is written as `!!` and its name.
"""

import json
import pathlib

from jinja2 import Environment, FileSystemLoader

ROOT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "template"


def sections(text):
    """The cases of a file: name → template, without the line end before the next name."""
    parts = text.split("=== ")[1:]
    return {name: body for name, body in (part.removesuffix("\n").split("\n", 1) for part in parts)}


def render(environment, template, variables):
    try:
        return environment.from_string(template).render(variables)
    except Exception as error:
        return f"!! {type(error).__name__}"


def main():
    variables = json.loads((ROOT / "vars.json").read_text())
    environment = Environment(
        loader=FileSystemLoader(ROOT / "files"),
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    for path in sorted((ROOT / "cases").glob("*.txt")):
        results = [
            f"=== {name}\n{render(environment, template, variables)}\n"
            for name, template in sections(path.read_text()).items()
        ]
        (ROOT / "golden" / path.name).write_text("".join(results))


if __name__ == "__main__":
    main()
