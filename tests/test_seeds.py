"""Seeds and the stream drawn from them: pinned, because papers that were dealt are drawn again from them."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.seeds import CODE_LENGTH, Rng, paper_code, seed_of

SECRET = bytes(range(32))


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("exam", "CODE", "q", 0), "143cd9eb781fcb78e9ce68375a5fb4de3ae1887f0af53768c2c16d891be2a7ff"),
        ((), "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb"),
        (("ä", 1), "52f5b6a466ddf6c1ff9f65361b851a0cff651a72acbd5dd0cffa658095544914"),
    ],
)
def test_golden_seeds(names: tuple[str | int, ...], wanted: str) -> None:
    assert seed_of(SECRET, *names).hex() == wanted


def test_golden_stream() -> None:
    rng = Rng(seed_of(SECRET, "x"))
    assert [rng.bits(8) for _ in range(8)] == [150, 136, 85, 81, 141, 88, 138, 247]
    assert [rng.below(10) for _ in range(12)] == [8, 9, 4, 2, 8, 9, 3, 4, 7, 4, 1, 3]
    assert rng.shuffled(range(8)) == [3, 6, 7, 2, 4, 5, 0, 1]
    assert rng.bits(300) == 399109422103722019980819521946380910313609152657996699469783796822521258938796966260144734
    assert rng.choice("abc") == "c"


def test_golden_paper_codes() -> None:
    assert [paper_code(SECRET, "e", "ada", attempt) for attempt in (1, 2)] == ["45WE2LZZK5", "COPVH74LIA"]


def test_paper_codes_are_short_and_differ() -> None:
    codes = {paper_code(SECRET, "e", f"c{number}", attempt) for number in range(2_000) for attempt in (1, 2)}
    assert len(codes) == 4_000
    assert all(len(code) == CODE_LENGTH == 10 and code.isalnum() and code == code.upper() for code in codes)


def test_another_secret_exam_or_candidate_gives_another_code() -> None:
    codes = {
        paper_code(secret, exam, candidate, 1)
        for secret in (SECRET, bytes(32))
        for exam in ("e", "f")
        for candidate in ("ada", "ben")
    }
    assert len(codes) == 8


def test_where_names_end_matters() -> None:
    assert seed_of(SECRET, "ab", "c") != seed_of(SECRET, "a", "bc") != seed_of(SECRET, "abc")
    assert seed_of(SECRET, "q", 1, 0) != seed_of(SECRET, "q", 10)


@given(st.binary(min_size=1, max_size=64), st.lists(st.integers(1, 10**30), min_size=1, max_size=10))
def test_draws_are_within_their_limits_and_repeat(seed: bytes, limits: list[int]) -> None:
    first, second = Rng(seed), Rng(seed)
    drawn = [first.below(limit) for limit in limits]
    assert drawn == [second.below(limit) for limit in limits]
    assert all(0 <= value < limit for value, limit in zip(drawn, limits, strict=True))


@given(st.binary(min_size=32, max_size=32), st.lists(st.integers(), max_size=30))
def test_a_shuffle_loses_nothing_and_a_sample_is_its_beginning(seed: bytes, items: list[int]) -> None:
    shuffled = Rng(seed).shuffled(items)
    assert sorted(shuffled) == sorted(items)
    for take in range(len(items) + 1):
        assert Rng(seed).sample(items, take) == shuffled[:take]


@pytest.mark.parametrize("limit", [2, 3, 7, 10, 100])
def test_every_number_is_equally_likely(limit: int) -> None:
    rng = Rng(seed_of(SECRET, "uniformity", limit))
    draws = 20_000
    counts = Counter(rng.below(limit) for _ in range(draws))
    expected = draws / limit
    square = sum((counts[value] - expected) ** 2 / expected for value in range(limit))
    # chi-squared has mean limit - 1 and variance 2(limit - 1); the seed is fixed, so this cannot fail by chance later
    assert square < limit - 1 + 4 * math.sqrt(2 * (limit - 1))


def test_every_order_is_equally_likely() -> None:
    rng = Rng(seed_of(SECRET, "orders"))
    counts = Counter(tuple(rng.shuffled("abc")) for _ in range(6_000))
    assert len(counts) == 6
    assert all(abs(count - 1_000) < 120 for count in counts.values())


def test_one_choice_takes_no_bits() -> None:
    rng, other = Rng(b"s"), Rng(b"s")
    assert rng.below(1) == 0
    assert rng.bits(64) == other.bits(64)
