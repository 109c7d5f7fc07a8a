"""Check what an author declares of random variables: moments, values, covariances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.algebra.fields import MAX_INDICES, check_name, formula_in, latex_in, refuse_fields, size_in
from autograder.algebra.symbols import DeclarationError, Random, Size
from autograder.formula.tree import Node


def random_variable(name: str, said: Any) -> Random:
    """Check one random variable."""
    path = ("random", name)
    check_name(name, path)
    refuse_fields(
        said, ("mean", "var", "third", "fourth", "values", "normal", "cov", "indexed", "vector", "latex"), path
    )
    indices = said.get("indexed", 0)
    if type(indices) is not int or not 0 <= indices <= MAX_INDICES:
        raise DeclarationError(f"indexed is the number of indices, 1 to {MAX_INDICES}", (*path, "indexed"))
    shape = (size_in(said["vector"], (*path, "vector")), 1) if "vector" in said else None
    if indices and shape:
        raise DeclarationError("a family has numbers as members: write indexed or vector", path)
    moments = {
        field: formula_in(said[field], (*path, field)) for field in ("mean", "var", "third", "fourth") if field in said
    }
    if not isinstance(said.get("normal", False), bool):
        raise DeclarationError("normal is true or left out", (*path, "normal"))
    values = said.get("values", ())
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) not in (0, 2):
        raise DeclarationError("write the two values that it takes, as a list", (*path, "values"))
    if sum(map(bool, (said.get("normal"), values, "third" in said or "fourth" in said))) > 1:
        raise DeclarationError("normal, values and further moments each say it all", path, "leave two of them out")
    if "var" in moments and (values or (shape and "cov" in said)):
        raise DeclarationError("var follows from what else is declared", (*path, "var"), "leave it out")
    both = tuple(formula_in(each, (*path, "values")) for each in values)
    return Random(
        name, indices=indices, latex=latex_in(said, path), values=both,
        normal=said.get("normal", False), cov=_covariances(name, said, indices, shape), shape=shape, **moments,
    )  # fmt: skip


def _covariances(
    name: str, said: Mapping[str, Any], indices: int, shape: tuple[Size, Size] | None
) -> tuple[tuple[str, Node], ...]:
    """Return covariances by name: a text is that of two members of a family, or the matrix of a vector."""
    path = ("random", name, "cov")
    found = said.get("cov")
    if found is None:
        return ()
    if not isinstance(found, Mapping):
        if not indices and shape is None:
            raise DeclarationError("write cov: {name of the other variable: expression}", path)
        return ((name, formula_in(found, path)),)
    return tuple((str(other), formula_in(body, (*path, other))) for other, body in found.items())
