"""Each kind of mistake, and the line that the user is told about it."""

import importlib.util
import tomllib
from pathlib import Path

import pytest

from twin.errors import InputError
from twin.files.load import load

BROKEN = Path(__file__).parents[2] / "layouts" / "broken"
EXPECTED = tomllib.loads((BROKEN / "expected.toml").read_text(encoding="utf-8"))
HAS_PIPELINE = importlib.util.find_spec("twin.pipeline") is not None


def told(error):
    return [p.text().replace(f"{BROKEN}/", "") for p in error.problems]


@pytest.mark.parametrize("name", EXPECTED["read"])
def test_reading_tells_exactly_these_lines(name):
    with pytest.raises(InputError) as raised:
        load(BROKEN / f"{name}.toml")
    assert told(raised.value) == EXPECTED["read"][name]


@pytest.mark.skipif(not HAS_PIPELINE, reason="references are followed by twin.pipeline")
@pytest.mark.parametrize("name", EXPECTED["references"])
def test_following_references_tells_these_words(name):
    from twin import pipeline

    with pytest.raises(InputError) as raised:
        pipeline.load(BROKEN / f"{name}.toml")
    lines = "\n".join(told(raised.value))
    assert [word for word in EXPECTED["references"][name] if word not in lines] == []


def test_each_broken_file_is_expected():
    files = {path.stem for path in BROKEN.glob("*.toml")} - {"expected"}
    assert files == set(EXPECTED["read"]) | set(EXPECTED["references"])
    assert len(files) >= 32


def test_every_line_says_what_would_be_right():
    # A name that was probably meant says as much as an order.
    mute = [
        line
        for lines in EXPECTED["read"].values()
        for line in lines
        if ";" not in line and "Did you mean" not in line
    ]
    assert mute == []


def test_a_file_over_20_mb_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.toml"
    with path.open("wb") as stream:
        stream.truncate(20_000_001)
    with pytest.raises(InputError, match=r"20\.0 MB are more than the 20 MB") as raised:
        load(path)
    assert raised.value.problems[0].file == str(path)


def test_a_large_file_of_brackets_is_no_hang(tmp_path):
    path = tmp_path / "deep.toml"
    path.write_text("a = " + "[" * 3_000_000)
    with pytest.raises(InputError, match="deeper than 64"):
        load(path)
    path.write_text("a" + ".a" * 1_000_000 + " = 1")
    with pytest.raises(InputError, match="deeper than 64"):
        load(path)


def test_what_is_no_file_is_told(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        load(tmp_path / "absent.toml")
    with pytest.raises(InputError, match="this is not a file"):
        load(tmp_path)
    with pytest.raises(InputError, match=r"no such file|cannot be read"):
        load("a\0b.toml")
