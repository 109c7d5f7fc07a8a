"""Import nothing: for jobs that need only Python."""

from __future__ import annotations

import platform


def nothing() -> dict[str, str]:
    """Import nothing.

    Returns:
        What ran, for the record of an observation.
    """
    return {"python": platform.python_version()}
