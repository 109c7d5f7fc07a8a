"""Turn a tree of vectors and matrices into a sum of networks, each with a fraction before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flint import fmpq

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.evaluate import Scope, evaluated
from autograder.algebra.symbolic.networks import (
    COLUMN,
    OVER,
    ROW,
    SAME,
    Factor,
    Network,
    Place,
    is_square,
    joined,
    named,
    parts,
    simplified,
    summed,
)
from autograder.algebra.symbolic.powers import power
from autograder.algebra.symbolic.ratios import ONE, ZERO, LostError, Ratio, number
from autograder.algebra.symbols import Declared, Size, Symbol
from autograder.formula.tree import Call, Index, Name, Node, Number, Operation, Series, Transpose, children

_ENTRYWISE = frozenset({"exp", "log", "sqrt", "tanh", "Abs", "sign", "sin", "cos", "erf", "sinh", "cosh", "Max", "Min"})
_MAKERS = frozenset({"ones", "zeros", "eye", "matrix"})
_MOST_TERMS = 60


@dataclass(frozen=True)
class Tensor:
    """A sum of networks; `shape` says which indices are free: a number has none."""

    shape: tuple[Size, Size]
    terms: tuple[tuple[Ratio, Network], ...]


def is_shaped(node: Node, declared: Declared) -> bool:
    """Return whether vectors or matrices stand in a tree."""
    if isinstance(node, Name):
        symbol = declared.symbol(node.name)
        return symbol is not None and symbol.shape is not None
    made = isinstance(node, Call) and node.function in _MAKERS
    return made or any(is_shaped(child, declared) for child in children(node))


def as_number(node: Node, scope: Scope) -> Ratio:
    """Return a tree that is a number as a fraction, its vectors and matrices put together."""
    found = tensor(node, scope)
    if found.shape != (1, 1):
        raise LostError("no number")
    return closed(found, scope.case)


def shaped_number(node: Node, scope: Scope) -> Ratio | None:
    """Return a number that vectors and matrices make, None where the tree is to be gone into as others are."""
    match node:
        case Operation("+" | "-" | "/" | "neg" | "**" | "and" | "or" | "not"):
            return None
        case Operation() | Call() | Index() | Series() | Transpose() if is_shaped(node, scope.declared):
            return as_number(node, scope)
    return None


def closed(value: Tensor, case: Case) -> Ratio:
    """Return a tensor without free indices as a fraction."""
    total = ZERO
    for before, network in value.terms:
        total = total + before * _numbers(parts(network)[1], case)
    return total


def _numbers(networks: Iterable[Network], case: Case) -> Ratio:
    found = ONE
    for network in networks:
        if not network.factors:
            [(_, size)] = network.sizes
            found = found * _size(size, case)
            continue
        if any(isinstance(place, str) and place.startswith(OVER) for each in network.factors for place in each.places):
            raise LostError("a number that hangs on an index outside of it")
        name, ordered = named(network)
        found = found * case.thing("square" if is_square(ordered) else "network", name)
    return found


def _size(size: Size, case: Case) -> Ratio:
    if isinstance(size, int):
        return number(size)
    place = case.table.places.get(("symbol", size))
    if place is None or place in case.swapped:
        raise LostError("a size that is something else")
    return case.powered(place)


def gathered(value: Tensor, case: Case) -> Mapping[str, Ratio]:
    """Return what stands before each network with free indices, by its name."""
    found: dict[str, Ratio] = {}
    for before, network in value.terms:
        open_part, numbers = parts(network)
        name, _ = named(open_part)
        found[name] = found.get(name, ZERO) + before * _numbers(numbers, case)
    return found


def tensor(node: Node, scope: Scope) -> Tensor:
    """Return a tree as a sum of networks.

    Raises:
        LostError: something in it is not taken apart here.
    """
    if not is_shaped(node, scope.declared):
        return _scalar(evaluated(node, scope))
    match node:
        case Name(name):
            return _symbol(name, scope)
        case Operation("neg", (operand,)):
            return _scaled(tensor(operand, scope), number(-1))
        case Operation("+", (left, right)):
            return _total(tensor(left, scope), tensor(right, scope))
        case Operation("-", (left, right)):
            return _total(tensor(left, scope), _scaled(tensor(right, scope), number(-1)))
        case Operation("*", (left, right)):
            return _product(tensor(left, scope), tensor(right, scope))
        case Operation("/", (left, right)):
            return _scaled(tensor(left, scope), ONE / evaluated(right, scope))
        case Operation("**", (base, exponent)):
            return _power(tensor(base, scope), evaluated(exponent, scope), scope.case)
        case Transpose(operand):
            return _transposed(tensor(operand, scope))
        case Index(base, indices):
            return _entry(tensor(base, scope), indices, scope)
        case Series("Sum", body, variable, low, high):
            return _sum(body, variable, (low, high), scope)
        case Call("inv", (argument,)):
            return _inverse(argument, scope)
        case Call(function, arguments):
            return _call(function, arguments, scope)
    raise LostError("this is not taken apart")


def _scalar(value: Ratio) -> Tensor:
    return Tensor((1, 1), ((value, Network(())),))


def _symbol(name: str, scope: Scope) -> Tensor:
    symbol = scope.declared.symbol(name)
    assert isinstance(symbol, Symbol)
    if symbol.shape is None or any(given.name == name for given in scope.declared.givens):
        raise LostError("a defined vector")
    kind = "symmetric" if symbol.symmetric or symbol.positive_definite else "orthogonal" if symbol.orthogonal else ""
    return _letter(name, symbol.shape, kind)


def _letter(letter: str, shape: tuple[Size, Size], kind: str = "", of: str = "") -> Tensor:
    return Tensor(shape, ((ONE, Network((Factor(letter, _free(shape), kind, of),))),))


def _free(shape: tuple[Size, Size]) -> tuple[Place, ...]:
    return tuple(place for place, size in ((ROW, shape[0]), (COLUMN, shape[1])) if size != 1)


def _scaled(value: Tensor, by: Ratio) -> Tensor:
    return Tensor(value.shape, tuple((before * by, network) for before, network in value.terms))


def _total(a: Tensor, b: Tensor) -> Tensor:
    if a.shape != b.shape or len(a.terms) + len(b.terms) > _MOST_TERMS:
        raise LostError("a sum of other shapes, or a long one")
    return Tensor(a.shape, a.terms + b.terms)


def _product(a: Tensor, b: Tensor) -> Tensor:
    if (1, 1) in (a.shape, b.shape):
        shape = b.shape if a.shape == (1, 1) else a.shape
        return Tensor(shape, _pairs(a, b))
    if a.shape[1] != b.shape[0]:
        raise LostError("a product of other shapes")
    inner, shape = a.shape[1], (a.shape[0], b.shape[1])
    if inner == 1:
        return Tensor(shape, _pairs(a, b))
    # the shared index is a free one of its own for a moment
    left, right = (_moved(a, {COLUMN: "inner"}), _moved(b, {ROW: "inner"}))
    return _summed(Tensor(shape, _pairs(left, right)), ("inner",), inner)


def _summed(value: Tensor, places: tuple[Place, ...], size: Size) -> Tensor:
    terms = tuple((before, simplified(summed(network, places, size))) for before, network in value.terms)
    return replace(value, terms=terms)


def _moved(value: Tensor, to: Mapping[Place, Place]) -> Tensor:
    return replace(value, terms=tuple((before, network.moved(to)) for before, network in value.terms))


def _pairs(a: Tensor, b: Tensor) -> tuple[tuple[Ratio, Network], ...]:
    if len(a.terms) * len(b.terms) > _MOST_TERMS:
        raise LostError("a long product")
    return tuple((x * y, simplified(joined(one, other))) for x, one in a.terms for y, other in b.terms)


def _transposed(value: Tensor) -> Tensor:
    return replace(_moved(value, {ROW: COLUMN, COLUMN: ROW}), shape=value.shape[::-1])


def _power(value: Tensor, exponent: Ratio, case: Case) -> Tensor:
    times = exponent.whole()
    if times is None or not 1 <= times <= 6:
        if value.shape == (1, 1):
            return _scalar(power(case, closed(value, case), exponent))
        raise LostError("a power of a matrix")
    found = value
    for _ in range(times - 1):
        found = _product(found, value)
    return found


def _entry(value: Tensor, indices: tuple[Node, ...], scope: Scope) -> Tensor:
    places: list[Place] = []
    for index in indices:
        if isinstance(index, Name) and index.name in scope.indices:
            places.append(scope.indices[index.name])
        else:
            places.append(f"at {evaluated(index, scope).key}")
    free = _free(value.shape)
    if len(free) != len(places):
        raise LostError("an entry with another number of indices")
    return replace(_moved(value, dict(zip(free, places, strict=True))), shape=(1, 1))


def _sum(body: Node, variable: str, ends: tuple[Node, Node], scope: Scope) -> Tensor:
    """Return a sum over all entries; over some of them is not read."""
    low, high = ends
    size: Size | None = high.name if isinstance(high, Name) else None
    if isinstance(high, Number) and isinstance(high.value, int):
        size = high.value
    if low != Number(1) or size is None or not _runs_over(body, variable, size, scope.declared):
        raise LostError("a sum over some of the entries")
    label = f"{OVER}{variable} {len(scope.indices)}"
    inner = replace(scope, indices={**scope.indices, variable: label})
    found = tensor(body, inner)
    if found.shape != (1, 1):
        raise LostError("a sum of vectors")
    return _summed(found, (label,), size)


def _runs_over(node: Node, variable: str, size: Size, declared: Declared) -> bool:
    """Return whether every entry at this index has as many places as the sum has terms."""
    if isinstance(node, Index) and isinstance(node.base, Name):
        symbol = declared.symbol(node.base.name)
        own = [each for each in symbol.shape if each != 1] if symbol is not None and symbol.shape else []
        for at, index in enumerate(node.indices):
            if index == Name(variable) and (at >= len(own) or own[at] != size):
                return False
    return all(_runs_over(child, variable, size, declared) for child in children(node))


def _inverse(node: Node, scope: Scope) -> Tensor:
    match node:
        case Call("inv", (inner,)):
            return tensor(inner, scope)
        case Transpose(inner):
            return _transposed(_inverse(inner, scope))
        case Operation("*", (left, right)):
            shapes = [tensor(side, scope).shape for side in (left, right)]
            if all(rows == columns != 1 for rows, columns in shapes):
                return _product(_inverse(right, scope), _inverse(left, scope))
    value = tensor(node, scope)
    if isinstance(node, Name):
        [(_, network)] = value.terms
        letter, kind = network.factors[0].letter, network.factors[0].kind
        if kind == "orthogonal":
            return _transposed(value)
        return _letter(f"inv {letter}", value.shape, kind, letter)
    written = sorted((name, before.key) for name, before in gathered(value, scope.case).items() if before)
    return _letter(f"inv {written}", value.shape)


def _call(function: str, arguments: tuple[Node, ...], scope: Scope) -> Tensor:
    match function, arguments:
        case "ones", (rows,):
            return Tensor((_as_size(rows), 1), ((ONE, Network(())),))
        case "ones", (rows, columns):
            return Tensor((_as_size(rows), _as_size(columns)), ((ONE, Network(())),))
        case "eye", (size,):
            return _letter(SAME, (_as_size(size), _as_size(size)))
    values = [tensor(argument, scope) for argument in arguments]
    match function, values:
        case "dot", (a, b):
            return _product(_transposed(a), b)
        case "trace", (a,):
            return _traced(a)
        case "hadamard", (a, b) if a.shape == b.shape:
            return Tensor(a.shape, _pairs(a, b))
        case "diag", (a,) if a.shape[1] == 1:
            same = Network((Factor(SAME, (ROW, COLUMN)),))
            return Tensor((a.shape[0], a.shape[0]), tuple((before, joined(each, same)) for before, each in a.terms))
        case "norm", (a,):
            return _scalar(_norm(a, scope.case))
    if all(value.shape == (1, 1) for value in values) and function in scope.case.table.builders:
        return _scalar(scope.case.build(function, "", *(closed(value, scope.case) for value in values)))
    if function in _ENTRYWISE and len(values) == 1:
        written = sorted((name, before.key) for name, before in gathered(values[0], scope.case).items() if before)
        return _letter(f"{function} {written}", values[0].shape)
    raise LostError(f"{function} of vectors")


def _as_size(node: Node) -> Size:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Number) and isinstance(node.value, int):
        return node.value
    raise LostError("a size that is worked out")


def _traced(value: Tensor) -> Tensor:
    if value.shape[0] != value.shape[1] or value.shape[0] == 1:
        raise LostError("the trace of what is not square")
    return replace(_summed(value, (ROW, COLUMN), value.shape[0]), shape=(1, 1))


def _norm(value: Tensor, case: Case) -> Ratio:
    """Return the root of the sum of squares of all entries, which is never negative."""
    squares = Tensor(value.shape, _pairs(value, value))
    for place, size in ((ROW, value.shape[0]), (COLUMN, value.shape[1])):
        if size != 1:
            squares = _summed(squares, (place,), size)
    needs = set(case.needs)
    found = power(case, closed(replace(squares, shape=(1, 1)), case), number(fmpq(1, 2)))
    case.needs.clear()
    case.needs.update(needs)
    return found
