"""One result, told in three ways; each way tells the same story in the same order."""

import html.parser
import re
from dataclasses import replace

import pytest

from course.engine import report
from course.engine.report import Exchange, Explanation, Fault, Problem, Result, Verdict, as_html, as_text
from course.engine.report.model import IN_WORDS, OUTCOMES
from course.learn import display
from tests.engine.reports import FAILING, in_order

BROKEN = Verdict(
    id="test_a_lot_can_be_read",
    chapter=2,
    sentence="`GET /lots/{id}` answers the lot.",
    outcome="broken",
    exchanges=(Exchange("GET", "/api/v1/lots/1"),),
    fault=Fault("KeyError", "'title'", "app/routers/lots.py", 12, 'return lot["title"]'),
)
OPEN = Verdict("test_open", 2, "It opens.", "open", expected="Exercise 1: open it")
HOLDS = Verdict("test_root", 2, "`GET /` answers 200.", "holds")
RESULT = Result(
    2,
    (HOLDS, FAILING, BROKEN),
    (Verdict("test_health", 0, "`GET /health` answers.", "holds"),),
    None,
    "hello\n",
)


@pytest.mark.parametrize("told", [as_text.verdict, as_html.verdict], ids=["text", "html"])
def test_a_failure_is_told_in_the_order_in_which_it_is_understood(told) -> None:  # type: ignore[no-untyped-def]
    assert in_order(
        told(FAILING),
        "does not hold yet",
        "answers 201 and says where the lot is",
        "POST /api/v1/lots",
        "200",
        "a lot that was created answers 201",
        "200 for everything",
        "unless told",
    )


def test_a_traceback_is_folded_and_an_assertion_is_told_in_words() -> None:
    trace = replace(FAILING, detail="test_x.py, line 3, in test\n    go()")
    folded = "".join(re.findall("(?s)<details>.*?</details>", as_html.verdict(trace)))
    assert "test_x.py, line 3" in folded
    assert "test_x.py" not in as_text.verdict(trace)
    prices = replace(FAILING, detail="assert [] == ['20.00']\n  + ['20.00']")
    assert "\n    seen:     []\n" in as_text.verdict(prices)
    assert "<dt>seen</dt><dd><code>[]</code></dd>" in as_html.verdict(prices)
    assert "assert [" not in as_html.verdict(prices) + as_text.verdict(prices)
    assert "assert [] == ['20.00']" in prices.evidence
    assert '"total": 0' in FAILING.evidence


def test_a_fault_names_the_learners_file_line_and_code() -> None:
    for told in (as_text.verdict(BROKEN), as_html.verdict(BROKEN)):
        assert in_order(told, "broken", "KeyError", "app/routers/lots.py, line 12", "return lot[")


def test_a_requirement_that_holds_is_one_line() -> None:
    assert as_text.verdict(HOLDS) == "[holds] `GET /` answers 200."


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_is_said_in_words(outcome: report.Outcome) -> None:
    verdict = Verdict("test_it", 0, "It works.", outcome)
    assert IN_WORDS[outcome] in as_text.verdict(verdict)
    assert f'aria-label="{IN_WORDS[outcome]}: It works."' in as_html.verdict(verdict)
    assert f'<span class="gavel-word">{IN_WORDS[outcome]}</span>' in as_html.verdict(verdict)


def test_what_came_from_outside_is_escaped() -> None:
    told = as_html.html(Result(2, (FAILING,), output="<script>alert('x')</script>"))
    assert "<b>Globe" not in told
    assert "<script>" not in told
    assert "&lt;b&gt;Globe&lt;/b&gt;" in told


class Balance(html.parser.HTMLParser):
    """Notes tags that are closed in another order than they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_tag_is_closed_where_it_was_opened() -> None:
    balance = Balance()
    balance.feed(report.html(RESULT) + as_html.verdict(FAILING) + report.html(RESULT))
    assert balance.open == []


def test_earlier_chapters_are_one_line_while_they_hold() -> None:
    assert "Earlier chapters: the 1 requirement still holds." in report.text(RESULT)
    assert "`GET /health`" not in report.text(RESULT)


def test_a_requirement_of_an_earlier_chapter_that_broke_is_told_in_full() -> None:
    broke = Result(2, (HOLDS,), (BROKEN, HOLDS))
    assert not broke.passed
    assert "Earlier chapters: 1 of 2 requirements hold." in report.text(broke)
    assert "app/routers/lots.py, line 12" in report.text(broke)
    assert "app/routers/lots.py, line 12" in report.html(broke)


def test_what_breaks_at_one_place_is_told_once_and_the_others_are_counted() -> None:
    other = replace(BROKEN, id="test_other", sentence="Another sentence.")
    twice = Result(2, (HOLDS,), (replace(BROKEN, chapter=1), replace(other, chapter=1), HOLDS))
    assert in_order(
        report.text(twice), "1 of 3 requirements hold.", BROKEN.sentence, "1 more fails for this reason."
    )
    assert "Another sentence." not in report.text(twice)
    own = Result(2, (BROKEN, replace(other, id="test_third")), (replace(other, chapter=1), FAILING))
    assert "2 more fail for this reason, 1 of them in earlier chapters." in report.text(own)
    assert "<details><summary>2 more fail for this reason" in report.html(own)
    assert in_order(report.html(own), "2 more fail", "<li>Another sentence.</li>", "</details>")


def test_a_problem_says_what_happened_and_what_to_do() -> None:
    result = Result(
        2, problem=Problem("There is no `app`", "A server looks for it.", "Add it.", "app/main.py")
    )
    for told in (report.text(result), report.html(result)):
        assert in_order(
            told, "There is no", "A server looks for it.", "app/main.py", "What to do:", "Add it."
        )
    assert not result.passed


def test_what_was_printed_stands_after_the_verdicts() -> None:
    assert in_order(report.text(RESULT), "[broken]", "Your code printed:", "hello")
    assert in_order(report.html(RESULT), "broken", "<details><summary>What your code printed", "hello")


def test_json_gives_back_the_same_result() -> None:
    assert report.from_json(report.to_json(RESULT)) == RESULT
    own = replace(FAILING, exercise=3, misconception=Explanation("a", "b", "c", ("d", "e")))
    assert report.from_json(report.to_json(Result(2, (own,)))) == Result(2, (own,))
    problem = Result(1, problem=Problem("a", "b", "c"))
    assert report.from_json(report.to_json(problem)) == problem


def test_a_chapter_passes_when_its_own_and_the_earlier_requirements_hold() -> None:
    assert Result(0, (HOLDS,)).passed
    assert Result(2, (HOLDS,), (HOLDS,)).passed
    assert not Result(2, (HOLDS,), (FAILING,)).passed
    assert not Result(2, ()).passed
    assert not Result(2, (HOLDS,), problem=Problem("a", "b", "c")).passed


def test_a_display_carries_html_and_the_same_in_plain_text() -> None:
    shown = display.reported(FAILING)._repr_mimebundle_()
    assert shown == {"text/html": as_html.verdict(FAILING), "text/plain": as_text.verdict(FAILING)}
    whole = display.reported(RESULT)._repr_mimebundle_()
    assert whole["text/plain"] == report.text(RESULT)


def test_the_tally_and_the_next_step_come_first() -> None:
    for told in (report.text(RESULT), as_html.html(replace(RESULT, output=""))):
        assert in_order(told, "Chapter 2: 1 of 3 requirements hold. Begin with the first one below.", "POST")
    numbered = replace(RESULT, verdicts=(HOLDS, replace(FAILING, exercise=4)))
    assert report.text(numbered).startswith("Chapter 2: 1 of 2 requirements hold. Begin with exercise 4.\n")
    assert "1. [does not hold yet] Exercise 4: `POST /lots`" in report.text(numbered)
    broke = replace(RESULT, verdicts=(HOLDS, OPEN), earlier=(replace(BROKEN, chapter=1),))
    assert report.text(broke).startswith(
        "Chapter 2: 1 of 2 requirements hold. Begin with what broke in chapter 1."
    )


def test_what_is_still_to_do_is_one_line() -> None:
    untouched = Result(2, (OPEN, replace(OPEN, id="b", expected="Exercise 3: a lot"), HOLDS))
    assert report.text(untouched) == (
        "Chapter 2: 1 of 3 requirements hold. Begin with exercise 1.\n"
        "Still to do: 2 requirements (exercises 1 and 3)."
    )
    folded = "<details><summary>Still to do: 2 requirements (exercises 1 and 3).</summary>"
    assert folded + "<ul><li>It opens.</li>" in report.html(untouched)


def test_earlier_chapters_are_one_line_each_where_the_chapter_itself_has_a_failure() -> None:
    broke = replace(BROKEN, id="e", chapter=1, fault=replace(BROKEN.fault or Fault("E", ""), line=99))
    own = Result(2, (replace(FAILING, misconception=None),), (broke,))
    head = f"2. [broken] Chapter 1: {BROKEN.sentence}"
    assert head in report.text(own).splitlines()
    assert report.text(own).endswith(head)
    assert report.html(own).count('<details><summary><span class="gavel-head">') == 1
    alone = Result(2, (HOLDS,), (broke,))
    assert not report.text(alone).endswith(BROKEN.sentence)


def test_the_first_entries_are_told_in_full_and_of_the_others_the_sentence() -> None:
    alone = replace(FAILING, misconception=None)
    many = Result(
        2, tuple(replace(alone, id=f"t{n}", expected=f"{alone.expected}, number {n}") for n in range(5))
    )
    assert report.text(many).count("expected: a lot that was created") == as_text.FULL
    assert report.text(many).count("[does not hold yet]") == 5
    assert report.html(many).count('<details><summary><span class="gavel-head">') == 5 - as_text.FULL


def test_a_function_without_a_name_is_never_shown() -> None:
    lambdas = replace(FAILING, detail="assert False\n +  where False = <function test.<locals>.<lambda>>")
    assert "lambda" not in as_html.verdict(lambdas)


def test_what_was_not_run_is_counted_and_a_blank_is_named() -> None:
    problem = Result(1, problem=Problem("a", "b", "c"), skipped=17, blanks=("app/main.py, line 3",))
    for told in (report.text(problem), report.html(problem)):
        assert "Not run: 17 requirements." in told
        assert "is left in app/main.py, line 3" in told
    assert report.from_json(report.to_json(problem)) == problem


def test_the_colours_follow_jupyterlab_and_have_a_value_without_it() -> None:
    told = as_html.verdict(FAILING)
    variables = re.findall(r"var\(--jp-[a-z0-9-]+(,?)", told)
    assert variables
    assert all(variables), "each variable has a fallback"


def test_words_in_backticks_become_code_and_an_odd_one_is_left_alone() -> None:
    assert as_html.inline("run `GET /`") == "run <code>GET /</code>"
    assert as_html.inline("a ` alone") == "a ` alone"
    assert as_html.inline("**not** `a**b**c`") == "<strong>not</strong> <code>a**b**c</code>"
    assert as_html.inline("what it *is*, 2 * 3 * 4 and *args") == "what it <em>is</em>, 2 * 3 * 4 and *args"


def test_half_a_character_is_shown_escaped() -> None:
    half = Verdict(
        "test_x", 7, "It holds.", "fails", (Exchange("GET", "/", "", 422, "\ud83d"),), "something else"
    )
    for told in display.reported(half)._repr_mimebundle_().values():
        assert "\\ud83d" in told.encode("utf-8").decode("utf-8")
