r"""Read symbols of LaTeX with what stands below and above them: `\bar\alpha_t`, `W^{(l)}_{ij}`, `d_{\text{model}}`."""

from __future__ import annotations

from autograder.algebra.cursor import Cursor
from autograder.algebra.malformed import Malformed
from autograder.algebra.names import apart, indexed, indices_of, known, named, rank_of, takes_index, unknown
from autograder.algebra.slopes import primed
from autograder.algebra.spelling import base_of, flat
from autograder.algebra.vocabulary import CONSTANTS
from autograder.algebra.words import cut_run
from autograder.formula.tree import Call, Name, Node

_Span = tuple[int, int]


def latex_symbol(c: Cursor) -> Node:
    r"""Read a symbol of LaTeX with the index below it, `\bar\alpha_t` or `W^{(l)}_{ij}`; a power stays for later."""
    if c.peek().kind == "word":
        cut_run(c)
    start = c.here
    base, font, c.here = base_of(c.tokens, c.here)
    at = c.tokens[start].at
    lowered, raised = _scripts(c, base)
    keys = [f"{font}({base})", base] if font else [base, "l"] if base == "ell" else [base]
    for key in keys:
        node = _symbol_with(c, key, lowered, raised, at)
        if node is not None:
            _refuse_marked(c, node)
            return node
    if lowered is None and base in CONSTANTS and not font:
        return Name(CONSTANTS[base], at)
    if base == "delta" and lowered is not None:
        indices = _lowered_indices(c, lowered)
        pair = indices if len(indices) == 2 else apart(indices[0], 2)
        if pair is not None:
            c.here = lowered[1]
            return Call("KroneckerDelta", tuple(pair), at)
    if base.endswith("'") and (derived := primed(c, base, at)) is not None:
        return derived
    written = base + (f"_{flat(c.tokens[lowered[0] + 1 : lowered[1]])}" if lowered else "")
    raise unknown(c, written, at, _as_written(c, start, lowered[1] if lowered else c.here) if "(" in written else "")


def _as_written(c: Cursor, start: int, end: int) -> str:
    return "".join(f"\\{token.text}" if token.kind == "command" else token.text for token in c.tokens[start:end])


def _refuse_marked(c: Cursor, node: Node) -> None:
    # x^{(l)} says layer l, and to take it for a power would mark what nobody wrote
    marks = [token.text for token in c.tokens[c.here : c.here + 6]]
    if isinstance(node, Name) and marks[:3] == ["^", "{", "("] and marks[4:] == [")", "}"]:
        raise Malformed(
            f"{node.name} has no index above it",
            c.peek().at,
            f"write ^{{{marks[3]}}} for a power, without the brackets",
        )


def _scripts(c: Cursor, base: str) -> tuple[_Span | None, _Span | None]:
    """Return the spans of what stands below and above the symbol; the cursor stays before them."""
    place, lowered, raised = c.here, None, None
    while c.tokens[place].kind == "sign" and c.tokens[place].text in ("_", "^"):
        sign = c.tokens[place].text
        if (lowered if sign == "_" else raised) is not None:
            break
        end = _script_end(c, place + 1, base if sign == "_" else None)
        if sign == "_":
            lowered = (place, end)
        else:
            raised = (place, end)
        place = end
    if lowered and raised and raised[0] < lowered[0]:
        # x^2_i is x_i^2
        tokens = c.tokens
        first, second = tokens[raised[0] : raised[1]], tokens[lowered[0] : lowered[1]]
        tokens[raised[0] : lowered[1]] = second + first
        lowered = (raised[0], raised[0] + len(second))
        raised = (lowered[1], lowered[1] + len(first))
    return lowered, raised


def _script_end(c: Cursor, place: int, base: str | None) -> int:
    token = c.tokens[place]
    if token.text == "{" and token.kind == "sign":
        return c.closing(place) + 1
    if token.kind == "word" and len(token.text) > 1:
        whole = base is not None and f"{base}_{token.text}" in c.known.names
        if not whole:
            here, c.here = c.here, place
            c.split(1)
            c.here = here
    elif token.kind == "command" and c.tokens[place + 1].text == "{" and token.text in ("mathrm", "mathbf", "bm"):
        return c.closing(place + 1) + 1
    elif token.kind == "end":
        raise Malformed("something is missing after _ or ^", token.at)
    return place + 1


def _symbol_with(c: Cursor, key: str, lowered: _Span | None, raised: _Span | None, at: int) -> Node | None:
    """Return the node of a key with what stands below and above it, the longest spelling first."""
    below = flat(c.tokens[lowered[0] + 1 : lowered[1]]) if lowered else ""
    above = flat(c.tokens[raised[0] + 1 : raised[1]]) if raised else ""
    after_lowered = lowered[1] if lowered else c.here
    if lowered and raised and (name := known(c, f"{key}_{below}^{above}")):
        c.here = raised[1]
        return named(c, name, at)
    if lowered and (name := known(c, f"{key}_{below}")):
        c.here = after_lowered
        return _indexed_above(c, name, raised, [], at)
    if above == "'" and raised and (name := known(c, f"{key}'")):
        c.here = raised[1]
        return named(c, name, at)
    if raised and lowered is None and len(above) > 1 and (name := known(c, f"{key}_{above}")):
        c.here = raised[1]
        return named(c, name, at)
    if raised and lowered is None and (name := known(c, f"{key}^{above}")):
        c.here = raised[1]
        return named(c, name, at)
    name = known(c, key)
    if name is None:
        return _partly_lowered(c, key, lowered, at)
    if lowered is None:
        return _indexed_above(c, name, raised, [], at)
    if not takes_index(c, name):
        return _partly_lowered(c, key, lowered, at)
    cut = _letter_and_digit(c, name, lowered)
    if cut is not None:
        return _indexed_above(c, name, None, cut, at)
    indices = _lowered_indices(c, lowered)
    c.here = lowered[1]
    return _indexed_above(c, name, raised, indices, at)


def _partly_lowered(c: Cursor, key: str, lowered: _Span | None, at: int) -> Node | None:
    r"""Read `\alpha_{q,t}` where alpha_q is the family."""
    if lowered is None:
        return None
    for place in range(lowered[0] + 1, lowered[1]):
        if c.tokens[place].text == ",":
            name = known(c, f"{key}_{flat(c.tokens[lowered[0] + 1 : place])}")
            if name is not None and takes_index(c, name):
                indices = c.listed(place + 1, lowered[1] - 1)
                c.here = lowered[1]
                return indexed(c, name, indices, at)
    return None


def _letter_and_digit(c: Cursor, name: str, lowered: _Span) -> list[Node] | None:
    """Read `i1` below something with two indices; None where something else stands there."""
    start = lowered[0] + 1 + (c.tokens[lowered[0] + 1].text == "{")
    token = c.tokens[start]
    wanted = indices_of(c, name) or rank_of(c, name)
    alone = token.kind == "word" and lowered[1] - lowered[0] in (2, 4) and known(c, token.text) is None
    if not (alone and wanted == len(token.text) == 2 and token.text[1].isdigit()):
        return None
    here, c.here = c.here, start
    c.split(1)
    c.here = here
    indices = [*c.listed(start, start + 1), *c.listed(start + 1, start + 2)]
    c.here = lowered[1] + 1
    return indices


def _lowered_indices(c: Cursor, lowered: _Span) -> list[Node]:
    start, end = lowered[0] + 1, lowered[1]
    if c.tokens[start].text == "(":
        raise Malformed("put what stands below into braces", c.tokens[start].at, "write x_{(i)}")
    braced = c.tokens[start].text == "{"
    return c.listed(start + braced, end - braced)


def _indexed_above(c: Cursor, name: str, raised: _Span | None, below: list[Node], at: int) -> Node:
    """Put the indices to a name; a family takes `^{(l)}` for its first one."""
    wanted = indices_of(c, name)
    if wanted and raised and c.tokens[raised[0] + 2].text == "(" and c.tokens[raised[1] - 2].text == ")":
        below = [*c.listed(raised[0] + 3, raised[1] - 2), *below]
        c.here = raised[1]
    if below:
        return indexed(c, name, below, at)
    return named(c, name, at)
