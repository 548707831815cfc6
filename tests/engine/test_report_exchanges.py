"""What a report shows of exchanges, exceptions and long texts, and what it folds or leaves out."""

import re
from dataclasses import replace

from course.engine import report
from course.engine.report import Exchange, Result, as_html, as_text
from course.engine.report.model import E_MAIL
from tests.engine.reports import FAILING, in_order


def test_the_last_two_exchanges_are_shown_and_no_helper_route_of_ours() -> None:
    paths = ("/x", "/y", "/z", "/checkpoint/notes/kept")
    many = replace(FAILING, exchanges=tuple(Exchange("GET", path, "", 200) for path in paths))
    told = as_text.verdict(many)
    assert [path for path in paths if f"GET {path}" in told] == ["/y", "/z"]
    folded = "".join(re.findall("<details>.*?</details>", as_html.verdict(many)))
    assert "2 other exchanges" in folded
    assert [path for path in paths if f"GET {path}" in folded] == ["/x", "/checkpoint/notes/kept"]


def test_a_report_shows_the_ends_of_a_long_traceback_and_not_all_of_it() -> None:
    long = "Traceback\n" + "\n".join(f"in frame {number}" for number in range(10_000)) + "\nKeyError: 'price'"
    many = replace(FAILING, expected=f"the list is empty; seen: {long}", detail=long)
    result = Result(2, (many,), output=long)
    for told in (report.text(result), as_html.html(result)):
        assert in_order(told, "frame 1", "characters are left out here", "KeyError: ")
        assert len(told) < 20_000, len(told)


def test_an_exception_that_was_raised_again_is_named_once() -> None:
    once = "KeyError: 'price' in `bid`, app/bids.py, line 3"
    raised = "\n".join([once, once, *(f"ValueError: {number}" for number in range(50))])
    broke = Exchange("POST", "/api/v1/lots", "", 500, "{}", raised=raised)
    told = as_text.verdict(replace(FAILING, exchanges=(broke,), misconception=None))
    assert told.count(once) == 1
    assert told.count("raised:") == 3


def test_the_response_that_broke_the_service_is_shown_before_what_may_follow_from_it() -> None:
    def of(path: str, status: int) -> Exchange:
        return Exchange("GET", path, "", status)

    many = replace(FAILING, exchanges=(of("/a", 200), of("/broke", 500), of("/b", 200), of("/c", 404)))
    assert [each.path for each in many.shown_exchanges] == ["/broke", "/c"]
    assert [each.path for each in many.folded_exchanges] == ["/a", "/b"]
    late = replace(FAILING, exchanges=(of("/a", 500), of("/b", 200), of("/c", 500)))
    assert [each.path for each in late.shown_exchanges] == ["/b", "/c"]


def test_an_e_mail_is_shown_without_a_response() -> None:
    mail = Exchange(E_MAIL, "to ada@example.com", "Subject: Reserved\n\nFrom 2031-05-01")
    told = replace(FAILING, exchanges=(mail,))
    for shown in (as_text.verdict(told), as_html.verdict(told)):
        assert in_order(shown, "e-mail", "to ada@example.com", "Subject: Reserved", "2031-05-01")
        assert "no response" not in shown
    assert "e-mail: to ada@example.com\nSubject: Reserved" in told.evidence
