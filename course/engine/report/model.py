"""What a checkpoint found. The terminal, JupyterLab and the JSON all tell this one story."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Outcome = Literal["holds", "fails", "broken", "open", "stuck", "unknown"]

HELPERS = "/checkpoint/"
"""What stands in the paths of routes that a requirement adds to the learner's app."""

E_MAIL = "E-MAIL"
"""The method of an exchange that is an e-mail of the service: `path` says to whom, `sent` is the e-mail."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

IN_WORDS: Mapping[Outcome, str] = {
    "holds": "holds",
    "fails": "does not hold yet",
    "broken": "broken",
    "open": "still to do",
    "stuck": "took too long",
    "unknown": "not run",
}


@dataclass(frozen=True)
class Exchange:
    """One request and its response, as short text with secrets masked; `status` is None where none came.

    `endpoint` is the learner's function that the request reached, and where it is; `raised` are the
    exceptions that were turned into the response, one a line.
    """

    method: str
    path: str
    sent: str = ""
    status: int | None = None
    answer: str = ""
    endpoint: str = ""
    raised: str = ""


@dataclass(frozen=True)
class Fault:
    """An exception, or a standstill, in the learner's code: `file` inside the project, `line` from 1."""

    kind: str
    message: str
    file: str = ""
    line: int = 0
    code: str = ""

    @property
    def where(self) -> str:
        return f"{self.file}, line {self.line}" if self.file and self.line else self.file


@dataclass(frozen=True)
class Explanation:
    """The misconception behind a verdict: `why` is for the report, `hints` are its rungs of `%hint`.

    `in_code` says that the learner's code shows the mistake too, and not only what was observed.
    """

    name: str
    title: str
    why: str
    hints: tuple[str, ...] = ()
    in_code: bool = False


@dataclass(frozen=True)
class Problem:
    """The one clear explanation where there is no list of verdicts to give, or where it ends early."""

    title: str
    words: str
    do: str
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """What became of one requirement. `observed` are warnings and log lines of the learner's code."""

    id: str
    chapter: int
    sentence: str
    outcome: Outcome
    exchanges: tuple[Exchange, ...] = ()
    expected: str = ""
    fault: Fault | None = None
    detail: str = ""
    misconception: Explanation | None = None
    hints: tuple[str, ...] = ()
    exercise: int | None = None
    observed: tuple[str, ...] = ()

    @property
    def shown_exchanges(self) -> tuple[Exchange, ...]:
        """The last two exchanges that a learner knows: none with a helper route of the course's own.

        Where an earlier request broke the service, its response comes first: what failed may follow from it.
        """
        known = [each for each in self.exchanges if HELPERS not in each.path]
        broke = next((each for each in known[:-2] if (each.status or 0) >= 500), None)
        if broke is None or any((each.status or 0) >= 500 for each in known[-2:]):
            return tuple(known[-2:])
        return (broke, known[-1])

    @property
    def folded_exchanges(self) -> tuple[Exchange, ...]:
        """The other exchanges, in their order."""
        shown = self.shown_exchanges
        return tuple(each for each in self.exchanges if not any(each is one for one in shown))

    @property
    def holds(self) -> bool:
        return self.outcome == "holds"

    @property
    def evidence(self) -> str:
        """What was observed, as text; the misconceptions' symptoms are patterns that are searched for in it.

        The last exchange, what was expected, the fault, warnings and log lines, the earlier exchanges, the
        details. The requirement's sentence is none of it: it says what is demanded, not what was observed.
        """
        *earlier, last = self.exchanges or (None,)
        parts = [_exchange(last), f"expected: {self.expected}" if self.expected else ""]
        if self.fault is not None:
            parts += [f"{self.fault.kind}: {self.fault.message}", f"in {self.fault.where}:", self.fault.code]
        return "\n".join(filter(None, [*parts, *self.observed, *map(_exchange, earlier), self.detail]))


@dataclass(frozen=True)
class Result:
    """A chapter's own verdicts in the order of its tests, and those of the chapters before it.

    `output` is what the learner's code printed, already shortened. `skipped` counts requirements that could
    not be run because of the problem. `blanks` are the places where the learner left a `____`.
    """

    chapter: int
    verdicts: tuple[Verdict, ...] = ()
    earlier: tuple[Verdict, ...] = ()
    problem: Problem | None = None
    output: str = ""
    skipped: int = 0
    blanks: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        verdicts = self.verdicts + self.earlier
        return self.problem is None and bool(self.verdicts) and all(verdict.holds for verdict in verdicts)


def _exchange(one: Exchange | None) -> str:
    """`request: GET /health`, its body, and `response: 200` with the body; empty where there is none."""
    if one is None:
        return ""
    status = "no response" if one.status is None else one.status
    if one.method == E_MAIL:
        return f"e-mail: {one.path}\n{one.sent}"
    sent = f"request: {one.method} {one.path}\n{one.sent}".rstrip("\n")
    known = [
        f"endpoint: {one.endpoint}" if one.endpoint else "",
        f"raised: {one.raised}" if one.raised else "",
    ]
    return "\n".join(filter(None, [f"{sent}\nresponse: {status} {one.answer}".rstrip(), *known]))


def verdict_from(data: Mapping[str, Any]) -> Verdict:
    """A verdict from what `dataclasses.asdict` and JSON made of it."""
    fault, misconception = data["fault"], data["misconception"]
    return Verdict(
        id=data["id"],
        chapter=data["chapter"],
        sentence=data["sentence"],
        outcome=data["outcome"],
        exchanges=tuple(Exchange(**exchange) for exchange in data["exchanges"]),
        expected=data["expected"],
        fault=Fault(**fault) if fault else None,
        detail=data["detail"],
        misconception=Explanation(**{**misconception, "hints": tuple(misconception.get("hints", ()))})
        if misconception
        else None,
        hints=tuple(data["hints"]),
        exercise=data.get("exercise"),
        observed=tuple(data.get("observed", ())),
    )


def to_json(result: Result) -> str:
    """The whole result; `passed` is added for readers that do not want to work it out."""
    return json.dumps({"passed": result.passed, **asdict(result)}, ensure_ascii=False, indent=2)


def from_json(text: str) -> Result:
    """The result that `to_json` wrote."""
    data = json.loads(text)
    problem = data["problem"]
    return Result(
        chapter=data["chapter"],
        verdicts=tuple(verdict_from(verdict) for verdict in data["verdicts"]),
        earlier=tuple(verdict_from(verdict) for verdict in data["earlier"]),
        problem=Problem(**problem) if problem else None,
        output=data["output"],
        skipped=data.get("skipped", 0),
        blanks=tuple(data.get("blanks", ())),
    )
