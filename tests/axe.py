"""axe-core, which looks in a page for what shuts people out: https://github.com/dequelabs/axe-core.

Its rules are those of WCAG 2.2 and of good practice; each breach has an impact from minor to critical.
"""

from functools import cache
from importlib.resources import files
from typing import Any

GRAVE = ("serious", "critical")
RUN = """async rules => {
    const only = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
    const found = await axe.run(document, {resultTypes: ["violations"], ...only});
    const why = ({any, all, none}) => [...any, ...all, ...none].map(check => check.message).join("; ");
    return found.violations.map(({id, impact, help, nodes}) => ({
        id, impact, help, where: nodes.map(node => `${node.target.join(" ")}: ${why(node)}`),
    }));
}"""


@cache
def script() -> str:
    """axe-core itself, from the wheel that carries it: nothing is fetched."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def breaches(page: Any, *rules: str) -> list[dict[str, Any]]:
    """What axe-core finds on the page as it stands: `id`, `impact`, `help`, `where` (one text an element)."""
    page.evaluate(script())
    found: list[dict[str, Any]] = page.evaluate(RUN, rules)
    return found


def serious(page: Any, *rules: str) -> list[str]:
    """One line for each element with a serious or critical breach; an empty list is what a test expects.

    With `rules`, such as `color-contrast`, only those are tried.
    """
    return [
        f"{breach['impact']} {breach['id']} ({breach['help']}) at {place}"
        for breach in breaches(page, *rules)
        if breach["impact"] in GRAVE
        for place in breach["where"]
    ]
