"""Which failures a report tells as one."""

from dataclasses import replace

from course.engine.report import Exchange, Explanation, Fault, Result, Verdict, causes

LINE = Fault("TypeError", "a", "app/main.py", 3, "x()")
BROKEN = Verdict("test_a", 2, "A.", "broken", fault=LINE)
FAILS = Verdict("test_f", 2, "F.", "fails", expected="f")
WHY = Explanation("no-await", "Not awaited", "Why.")


def named(*names: str, of: Verdict = BROKEN) -> list[Verdict]:
    return [replace(of, id=name) for name in names]


def told(verdicts: list[Verdict]) -> list[list[str]]:
    return [[each.id for each in (one.verdict, *one.others)] for one in causes.grouped(verdicts)]


def test_the_same_exception_at_the_same_line_is_one_cause() -> None:
    assert told(named("a", "b", "c")) == [["a", "b", "c"]]


def test_another_line_and_another_exception_are_other_causes() -> None:
    other = replace(BROKEN, id="b", fault=replace(LINE, line=4))
    kind = replace(BROKEN, id="c", fault=replace(LINE, kind="KeyError"))
    assert told([*named("a"), other, kind]) == [["a"], ["b"], ["c"]]


def test_a_message_may_differ_at_one_line() -> None:
    assert told([*named("a"), replace(BROKEN, id="b", fault=replace(LINE, message="b"))]) == [["a", "b"]]


def test_an_exception_without_a_line_is_known_by_its_message() -> None:
    bare = replace(BROKEN, fault=Fault("RuntimeError", "no yield"))
    assert told(named("a", "b", of=bare)) == [["a", "b"]]


def test_the_same_expectation_after_the_same_response_is_one_cause() -> None:
    refused = replace(FAILS, exchanges=(Exchange("GET", "/", "", 500, ""),))
    other = replace(refused, id="c", exchanges=(Exchange("GET", "/", "", 404, ""),))
    said = replace(refused, id="d", expected="g")
    assert told([*named("a", "b", of=refused), other, said]) == [["a", "b"], ["c"], ["d"]]


def test_the_same_misconception_is_one_cause() -> None:
    assert told(named("a", "b", of=replace(FAILS, misconception=WHY))) == [["a", "b"]]
    earlier = replace(FAILS, id="e", chapter=1, expected="g", misconception=WHY)
    assert told([*named("a", of=replace(FAILS, misconception=WHY)), earlier]) == [["a", "e"]]


def test_the_verdict_that_is_explained_stands_for_the_others() -> None:
    explained = replace(BROKEN, id="b", misconception=WHY)
    assert told([*named("a"), explained]) == [["b", "a"]]


def test_failures_that_share_nothing_stand_alone_and_what_holds_is_left_out() -> None:
    holds = replace(FAILS, id="h", outcome="holds")
    other = replace(FAILS, id="b", expected="g")
    assert told([replace(FAILS, id="a"), other, holds]) == [["a"], ["b"]]


def test_what_nothing_explains_stands_below_the_explained_failure_of_its_exercise() -> None:
    explained = replace(FAILS, id="a", exercise=1, misconception=WHY)
    beside = replace(FAILS, id="b", exercise=1, expected="g")
    given = replace(FAILS, id="c", exercise=None, expected="h")
    elsewhere = replace(FAILS, id="d", exercise=2, expected="i")
    raised = replace(BROKEN, id="e", exercise=1)
    found = causes.grouped([given, beside, explained, elsewhere, raised])
    assert [each.verdict.id for each in found] == ["a", "d", "e"]
    assert [[one.id for one in each.unexplained] for each in found] == [["c", "b"], [], []]


def test_after_the_first_explanation_one_of_a_response_alone_is_withheld() -> None:
    first = replace(FAILS, id="a", misconception=WHY)
    guess = replace(FAILS, id="b", expected="g", misconception=replace(WHY, name="other", title="Other"))
    shown = replace(
        guess, id="c", expected="h", misconception=replace(WHY, name="third", title="Third", in_code=True)
    )
    raised = replace(BROKEN, id="d", misconception=replace(WHY, name="fourth", title="Fourth"))
    found = causes.grouped([first, guess, shown, raised])
    assert [each.verdict.misconception is not None for each in found] == [True, False, True, True]
    assert [each.follows for each in found] == [False, True, False, False]


def test_in_an_exam_which_has_no_exercises_nothing_stands_below_another() -> None:
    explained = replace(FAILS, id="a", misconception=WHY)
    found = causes.grouped([explained, replace(FAILS, id="b", expected="g")])
    assert [each.unexplained for each in found] == [(), ()]


def test_what_breaks_in_earlier_chapters_for_an_own_reason_is_counted_with_it() -> None:
    earlier = replace(BROKEN, id="e", chapter=0)
    result = Result(2, tuple(named("a")), (earlier, replace(FAILS, id="f", chapter=1)))
    assert [each.others for each in causes.own_causes(result)] == [
        (replace(earlier, sentence="Chapter 0: A."),)
    ]
    assert [each.verdict.id for each in causes.earlier_causes(result)] == ["f"]
    assert [each.id for each in causes.numbered(result)] == ["a", "f"]


def test_what_broke_comes_before_what_is_still_to_do() -> None:
    open_one = replace(FAILS, id="o", outcome="open")
    broke = replace(FAILS, id="f", chapter=1)
    assert causes.first_to_mend(Result(2, (open_one,), (broke,))) == broke
    assert causes.first_to_mend(Result(2, (FAILS, open_one), (broke,))) == FAILS
    assert causes.first_to_mend(Result(2, (open_one,))) == open_one
    assert causes.first_to_mend(Result(2, (replace(FAILS, outcome="holds"),))) is None


def test_an_entry_on_an_earlier_chapter_names_the_chapter_and_its_exercise() -> None:
    result = Result(2, (), (replace(FAILS, id="f", chapter=1, exercise=4),))
    assert causes.earlier_causes(result)[0].verdict.sentence.startswith("Chapter 1, exercise 4: ")
    exam = Result(9, (), (replace(FAILS, id="f", chapter=101),))
    assert causes.earlier_causes(exam)[0].verdict.sentence.startswith("The exam of Part I: ")
