"""Take what was said to a part as its response: one place for notebooks, answers files, tests and `tenfold try`.

Code is taken as text, blanks by their number, a bug hunt as claims and perhaps a repair. Nothing of it is run.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from autograder.choosing.answers import in_letters
from autograder.coding.fills import fills_from
from autograder.coding.listing import asked, blanks, same_code
from autograder.kinds import LETTERED
from autograder.model import Key, Option, Response
from autograder.reading.claims import ClaimsRead, read_claims
from autograder.reading.letters import read_chosen
from autograder.reading.rows import Shape, Unread, read_rows

MAX_CODE: Final = 100_000
"""Characters of code that are still run."""

MAX_TEXT: Final = 20_000
"""Characters of prose that are kept for a person."""

_PLACEHOLDER: Final = re.compile(r"^[ \t]*(?:[*_]+Your answer here\b[^*_\n]*[*_]+|YOUR ANSWER HERE)", re.MULTILINE)
_CUT: Final = f"The text is longer than {MAX_TEXT:,} characters; the rest stands in the returned file."
_MAGIC: Final = re.compile(r"([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)\Z")
_TIMED: Final = re.compile(r"^%time +(?=[A-Za-z_])")
_TOO_LONG: Final = f"The code has more than {MAX_CODE:,} characters."
_ALTERED: Final = "Lines outside the blanks were changed; only what stands in the blanks was taken."
_LOST: Final = "The lines around the blanks are no longer there, so the blanks could not be found."
_NO_CLAIMS: Final = 'No claim could be read. Write claims as [(3, "A"), (7, "C")]: a line and a letter each.'


def response_to(key: Key, said: Any) -> Response:
    """Return what somebody on the staff said to a part, as if a candidate had handed it in.

    Args:
        key: of the part. Claims may name a fault by its id instead of a letter, with or without a line; `on` stands for
            all faults that the listing has, `off` for every claim that is wrong.
        said: a value of YAML or JSON; see `in_letters` for what may stand for options.
    """
    if key.choice is not None:
        return chosen_response(key.ref, key.input, in_letters(said, key), key.choice.prompts)
    if key.input == "text":
        return text_response(key.ref, said)
    if key.cells:
        return rows_response(key, said, named=True)
    if key.input == "derivation":
        return derivation_response(key.ref, said)
    if key.code is None:
        if said is None or said == "":
            return _blank(key.ref)
        if isinstance(said, list | dict | bool):
            return _unreadable(key.ref, "One number was expected here.")
        return Response.model_construct(ref=key.ref, state="given", value=said, source="", hint="")
    says = [option.say for option in key.code.options]
    if says:
        said = _by_letter(said, key.code.options)
    return code_response(key.ref, said, key.code.listing, says, key.code.starter)


def chosen_response(ref: str, input: str, said: Any, prompts: Sequence[str] = ()) -> Response:
    """Return what a candidate answered to a part that offers options.

    Args:
        ref: the part's.
        input: how it is asked.
        said: texts, truths, and lists, tuples, sets and mappings of them.
        prompts: of a matching, the texts on the left.
    """
    read = read_chosen(input, said, prompts)
    if read.hint:
        return _unreadable(ref, read.hint, _shown(said))
    if not read.chosen:
        return _blank(ref)
    value = [list(each) if isinstance(each, tuple) else each for each in read.chosen]
    return Response.model_construct(ref=ref, state="given", value=value, source="", hint="")


def _shown(said: Any) -> str:
    try:
        return str(said)
    except (RecursionError, ValueError):  # of a number with thousands of digits
        return ""


def text_response(ref: str, said: Any) -> Response:
    """Return prose as it was handed in, without the line that stood in its place; too long a text is cut.

    Args:
        ref: the part's.
        said: a text; anything else is shown to the marker as it is.
    """
    if said is None or said is ...:
        return _blank(ref)
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, indent=1, default=str)
    text = _PLACEHOLDER.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        return _blank(ref)
    hint = _CUT if len(text) > MAX_TEXT else ""
    return Response.model_construct(ref=ref, state="given", value=text[:MAX_TEXT], source="", hint=hint)


def derivation_response(ref: str, said: Any) -> Response:
    """Return a derivation as it was handed in: a text, or a list of lines.

    Args:
        ref: the part's.
        said: texts, or a list or tuple of them; numbers count as texts.
    """
    if said is None or said is ...:
        return _blank(ref)
    if isinstance(said, dict | bool):
        return _unreadable(ref, "A text was expected here, or a list of lines.", _shown(said))
    listed = isinstance(said, list | tuple)
    lines = [_savable(_PLACEHOLDER.sub("", str(each))) for each in (said if listed else [said]) if each is not None]
    if not any(line.strip() for line in lines):
        return _blank(ref)
    return Response.model_construct(ref=ref, state="given", value=lines if listed else lines[0], source="", hint="")


def rows_response(key: Key, said: Any, *, named: bool = False) -> Response:
    """Return what was said to the table of a key; `named`: by staff, who name options by their ids.

    Errors as for `table_response`: none.
    """
    shape = [["" if cell is None else cell.input for cell in row] for row in key.cells]

    def lettered(row: int, column: int, cell: Any) -> Any:
        own = key.cells[row][column]
        return cell if own is None or not named else in_letters(cell, own)

    return table_response(key.ref, said, shape, (key.rows, key.columns), lettered)


def table_response(
    ref: str,
    said: Any,
    shape: Shape,
    headings: tuple[Sequence[str], Sequence[str]] = ((), ()),
    lettered: Callable[[int, int, Any], Any] = lambda row, column, cell: cell,
) -> Response:
    """Return what a candidate answered to a table: rows, with None for what was given or is blank.

    Args:
        ref: the part's.
        said: in any of the shapes that `read_rows` knows.
        shape: for each cell of each row, how it is asked, an empty text where it is not.
        headings: of rows and columns, by which a mapping may name them.
        lettered: puts letters in the place of other names for options, by row and column from 0.
    """
    read = read_rows(said, shape, headings)
    if read.hint:
        return _unreadable(ref, read.hint, str(said))
    rows = [
        [
            None if cell is None else _cell(lettered(row, column, cell), shape[row][column])
            for column, cell in enumerate(cells)
        ]
        for row, cells in enumerate(read.rows)
    ]
    if all(cell is None for row in rows for cell in row):
        return _blank(ref)
    return Response.model_construct(ref=ref, state="given", value=rows, source="", hint="")


def _cell(said: Any, asked: str) -> Any:
    if isinstance(said, Unread):
        return {"unreadable": said.hint}
    if asked in LETTERED:
        chosen = read_chosen(asked, said)
        return {"unreadable": chosen.hint} if chosen.hint else list(chosen.chosen) or None
    # a truth is no number, though Python counts it as one
    return str(said) if isinstance(said, bool) else _savable(said) if isinstance(said, str) else said


def _savable(text: str) -> str:
    # half of a surrogate pair is valid JSON and valid Python, but no file can hold it
    return text.encode(errors="replace").decode()


def code_response(
    ref: str, said: Any, listing: str | None, options: Sequence[str] = (), starter: str | None = None
) -> Response:
    """Return what a candidate answered to a part that asks for code.

    Args:
        ref: the part's.
        said: source; for blanks a mapping by number, or the whole listing edited; for a bug hunt claims in any form, or
            a mapping with `claims` and `repair`.
        listing: the code that was printed, if any.
        options: the claims that were offered.
        starter: what stood in the answer cell, if not the listing.
    """
    kind = asked(listing, options)
    if kind == "bughunt":
        return _hunted(ref, said, listing or "")
    if kind == "fill":
        return _filled(ref, said, listing or "")
    if not isinstance(said, str | None):
        return _unreadable(ref, "Code was expected here.")
    source = as_python(said or "")
    if same_code(source, "") or same_code(source, listing or starter or ""):
        return _blank(ref)
    return _given(ref, source)


def as_python(source: str) -> str:
    """Return a cell without IPython's own lines, every other line at its place; what is Python already stays."""
    # half of a surrogate pair is valid JSON, but no file can hold it
    text = source.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace").decode()
    if len(text) > MAX_CODE or is_python(text):
        return text
    lines = [_TIMED.sub("", line) for line in text.split("\n")]
    # a block may consist of such a line
    return "\n".join(f"{match[1]}pass" if (match := _MAGIC.match(line)) else line for line in lines)


def is_python(source: str) -> bool:
    """Return whether a text parses."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _filled(ref: str, said: Any, listing: str) -> Response:
    numbers = [blank.number for blank in blanks(listing)]
    hint = ""
    if isinstance(said, str):
        if len(said) > MAX_CODE:
            return _unreadable(ref, _TOO_LONG)
        found = fills_from(listing, said)
        if found is not None:
            fills, hint = dict(found.fills), _ALTERED if found.altered else ""
        elif len(numbers) == 1:
            fills = {numbers[0]: said}
        elif same_code(said, ""):
            fills = {}
        else:
            return _unreadable(ref, _LOST, said)
    elif isinstance(said, Mapping):
        fills = {_number(name): _text(code) for name, code in said.items()}
        unknown = sorted(fills.keys() - set(numbers))
        if unknown:
            return _unreadable(ref, f"There is no blank {unknown[0][:20]}.", str(said))
    elif isinstance(said, list | tuple) and len(said) <= len(numbers):
        fills = dict(zip(numbers, map(_text, said), strict=False))
    elif said is None:
        fills = {}
    else:
        return _unreadable(ref, "Code for each blank was expected here.")
    fills = {number: as_python(fills.get(number, "")) for number in numbers}
    if all(same_code(code, "") for code in fills.values()):
        return _blank(ref)
    return _given(ref, fills, hint)


def _hunted(ref: str, said: Any, listing: str) -> Response:
    repair: Any = None
    if isinstance(said, Mapping) and {"claims", "repair"} & said.keys():
        said, repair = said.get("claims"), said.get("repair")
    source = as_python(repair) if isinstance(repair, str) else ""
    if same_code(source, "") or same_code(source, listing):
        source = ""
    if len(source) > MAX_CODE:
        return _unreadable(ref, _TOO_LONG)
    read = read_claims(said)
    if not read.claims and not source:
        return _unreadable(ref, _NO_CLAIMS, str(said)[:2_000]) if read.unread else _blank(ref)
    return _given(ref, {"claims": read.claims, "repair": source or None}, _unread(read))


def _unread(read: ClaimsRead) -> str:
    return f"Not read as a claim: {', '.join(read.unread[:5])}." if read.unread else ""


def _by_letter(said: Any, options: Iterable[Option]) -> Any:
    """Put letters in the place of ids of faults."""
    if isinstance(said, Mapping) and "claims" in said:
        return {**said, "claims": _by_letter(said["claims"], options)}
    known = {option.fault: option for option in options if option.fault is not None}
    right = [option for option in known.values() if option.on and not option.neutral]
    wrong = [option for option in options if not option.on and not option.neutral]
    claims: list[Any] = []
    for claim in said if isinstance(said, list) else [said]:
        if claim in ("on", "off"):
            claims += [[_line(option), option.letter] for option in (right if claim == "on" else wrong)]
        elif isinstance(claim, str) and claim in known:
            claims.append([_line(known[claim]), known[claim].letter])
        elif isinstance(claim, list) and len(claim) == 2 and isinstance(claim[1], str) and claim[1] in known:
            claims.append([claim[0], known[claim[1]].letter])
        else:
            return said
    return claims


def _line(option: Option) -> int:
    return option.lines[0] if option.lines else 1


def _number(name: Any) -> str:
    return str(name).strip().upper().removeprefix("BLANK").strip().lstrip("0") or "0"


def _text(code: Any) -> str:
    return "" if code is None else str(code)


def _given(ref: str, value: Any, hint: str = "") -> Response:
    size = len(value) if isinstance(value, str) else sum(len(text) for text in value.values() if isinstance(text, str))
    if size > MAX_CODE:
        return _unreadable(ref, _TOO_LONG)
    return Response.model_construct(ref=ref, state="given", value=value, source="", hint=hint)


def _blank(ref: str) -> Response:
    return Response.model_construct(ref=ref, state="blank", value=None, source="", hint="")


def _unreadable(ref: str, hint: str, source: str = "") -> Response:
    return Response.model_construct(ref=ref, state="unreadable", value=None, source=source[:2_000], hint=hint)
