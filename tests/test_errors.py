"""Problems are told with place, key, what is wrong and what would be right."""

import pickle

import pytest

from twin.errors import (
    CatalogError,
    ChangeError,
    Exit,
    InputError,
    MissingTool,
    Problem,
    SolveError,
    TwinError,
    near,
    shown,
)

LINE = Problem(
    "layouts/a.toml",
    12,
    key="halls.H1.height_m",
    value=-3,
    message="-3 is negative",
    expected="write a height above 0 m",
)
CELL = Problem("book.xlsx", sheet="Panels", row=7, key="Rating", value="x", message="no number")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            LINE,
            "layouts/a.toml:12: halls.H1.height_m: -3 is negative; write a height above 0 m",
        ),
        (CELL, "book.xlsx[Panels] row 7: Rating: no number"),
        (Problem("a.csv", row=3, message="too short"), "a.csv row 3: too short"),
        (Problem("", message="nothing to read"), "nothing to read"),
        (
            Problem("a.toml", 1, key="feds", message="unknown key", near="feeds"),
            'a.toml:1: feds: unknown key. Did you mean "feeds"?',
        ),
    ],
)
def test_text_is_one_line_with_its_place(problem, text):
    assert problem.text() == text


def test_input_error_lists_all_problems():
    error = InputError([LINE, CELL])
    assert error.problems == (LINE, CELL)
    assert str(error).splitlines() == [LINE.text(), CELL.text()]


def test_catalog_error_takes_a_message():
    error = CatalogError("no product DGX")
    assert isinstance(error, InputError)
    assert str(error) == "no product DGX"
    assert error.problems[0].message == "no product DGX"


def test_input_error_without_problems_is_a_mistake():
    with pytest.raises(ValueError, match="at least one problem"):
        InputError([])


def test_change_error_suggests():
    error = ChangeError("matches nothing", "power.buswys.*.rating_a", "power.busways")
    assert str(error) == ('power.buswys.*.rating_a: matches nothing. Did you mean "power.busways"?')


def test_missing_tool_says_what_to_install():
    assert str(MissingTool("no OpenGL for a picture", "libegl1")) == (
        "no OpenGL for a picture; install libegl1"
    )


@pytest.mark.parametrize(
    "error",
    [
        InputError([LINE, CELL]),
        CatalogError("x"),
        ChangeError("x", "a.b", "c"),
        MissingTool("x", "y"),
        SolveError("x"),
    ],
)
def test_errors_come_back_from_a_worker(error):
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - what a pool of workers does
    assert isinstance(back, TwinError)
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


def test_near_ignores_capitals_and_far_names():
    assert near("Bussway", ["busway", "tap"]) == "busway"
    assert near("qqq", ["busway", "tap"]) is None
    assert near("x", []) is None


def test_near_does_not_depend_on_the_order_of_names():
    names = ["tap", "Tap", "tab"]
    assert near("tapp", names) == near("tapp", reversed(names))


def test_shown_is_short_and_on_one_line():
    assert len(shown("x" * 1000)) <= 80
    assert "\n" not in shown("a\nb\x00c")
    assert shown(0.1 + 0.2) == "0.3"


def test_exit_codes_are_the_promised_ones():
    assert [code.value for code in Exit] == [0, 1, 2, 3]
