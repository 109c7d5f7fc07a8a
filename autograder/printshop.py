"""One PDF of many papers, for a print shop that prints on both sides."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import RenderError

try:
    import pypdf
except ImportError:  # the extra `paper` is not installed
    HAS_PYPDF = False
else:
    HAS_PYPDF = True


def merged(papers: Sequence[Path]) -> bytes:
    """Return all papers in one PDF, each beginning on the front of a sheet; the same papers give the same bytes.

    Raises:
        RenderError: a paper was not printed, or the package that merges is not installed.
    """
    if not HAS_PYPDF:
        raise RenderError("pypdf, which merges papers, is not installed", hint="install the extra: tenfold[paper]")
    whole = pypdf.PdfWriter()
    whole.metadata = None
    for path in papers:
        if not path.is_file():
            raise RenderError("this paper was not printed", where=str(path), hint="add pdf to the formats")
        whole.append(io.BytesIO(path.read_bytes()), import_outline=False)
        if len(whole.pages) % 2:
            whole.add_blank_page()
    # papers share their fonts only where these have the same letters
    whole.compress_identical_objects()
    written = io.BytesIO()
    whole.write(written)
    return written.getvalue()
