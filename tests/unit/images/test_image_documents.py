"""YAML is read as kubectl reads it, and what is a trap is told instead of followed."""

from __future__ import annotations

import pytest
from eksclave.errors import EksclaveError
from eksclave.images.documents import MOST_NODES, load
from hypothesis import given
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *[("0400", 0o400), ("0o400", 0o400), ("400", 400), ("-07", -7), ("0x1F", 31), ("1_000", 1000), ("08", 8.0)],
        *[("1e3", 1000.0), (".5", 0.5), ("1.30.0", "1.30.0"), ("12:30", "12:30"), ("2024-01-01", "2024-01-01")],
        *[("yes", True), ("Off", False), ("y", True), ("yEs", "yEs"), ("'yes'", "yes"), ("~", None), ("", None)],
        *[
            ("0b11", 3),
            ("!!timestamp 2024-01-01", "2024-01-01"),
            ("v1", "v1"),
            ("=", "="),
            ("'0400'", "0400"),
            ("!!str 0400", "0400"),
        ],
    ],
)
def test_a_plain_word_means_what_it_means_to_kubectl(written: str, read: object):
    (document,) = load(f"a: {written}\n", "x.yaml")
    assert document == {"a": read}
    assert type(document["a"]) is type(read)


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("y Y yes Yes YES true True TRUE on On ON", True),
        ("n N no No NO false False FALSE off Off OFF", False),
    ],
)
def test_every_word_for_yes_and_no_is_one_and_in_quotes_it_is_a_word(words: str, means: bool):
    for word in words.split():
        assert load(f"- {word}\n- '{word}'\n- {word}x\n", "x.yaml") == [[means, word, f"{word}x"]]


@given(JSON)
def test_json_is_read_as_json(value: object):
    import json

    text = json.dumps({"a": value})
    assert load(text, "x.json") == [json.loads(text)]


def test_a_stream_is_read_document_by_document_and_empty_ones_are_left_out():
    text = "---\n# Source: chart/templates/a.yaml\na: 1\n---\n# Source: chart/templates/none.yaml\n---\nb: 2\n...\n"
    assert load(text, "x.yaml") == [{"a": 1}, {"b": 2}]


def test_keys_are_text_as_in_json():
    assert load("{on: 1, 3: 2, null: 4}", "x.yaml") == [{"true": 1, "3": 2, "null": 4}]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", r"x\.yaml:3: not YAML: the key 'a' is there twice"),
        ("a: &a [*a]\n", "nested too deep"),
        ("- " * 500 + "a", "nested too deep"),
        (BOMB, "its aliases mean too many values"),
        ("a: !!python/object/apply:os.system [id]\n", "not YAML: could not determine a constructor"),
        ("a: [\n", r"x\.yaml:2: not YAML"),
        ("a: *gone\n", "undefined alias"),
        ("a: \x07\n", "not YAML"),
        ("? [1, 2]\n: 3\n", "unhashable key"),
    ],
)
def test_a_trap_is_told(text: str, said: str):
    with pytest.raises(EksclaveError, match=said):
        load(text, "x.yaml")


def test_a_large_document_is_no_trap():
    many = MOST_NODES // 20
    (document,) = load("a:\n" + "- b\n" * many, "x.yaml")
    assert len(document["a"]) == many
