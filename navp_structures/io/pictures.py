"""Writing plots as picture files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from navp_structures.errors import InputError
from navp_structures.io.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Without its date a picture of the same data is the same file.
_METADATA: Final[dict[str, dict[str, None]]] = {
    ".png": {},
    ".pdf": {"CreationDate": None},
    ".svg": {"Date": None},
}

_RESOLUTION: Final = 200


def check_picture(path: Path) -> str:
    """Return the suffix of a picture file, or raise InputError when none can be written."""
    suffix = path.suffix.casefold()
    if suffix not in _METADATA:
        known = ", ".join(sorted(_METADATA))
        raise InputError(f"cannot draw into {str(path)!r}; the file must end in {known}")
    return suffix


def write_picture(figure: Figure, path: Path) -> None:
    """Write a figure as png, pdf or svg, whole or not at all.

    Raises
    ------
    InputError
        When the suffix is another one.
    InputFileError
        When the file cannot be written.
    """
    suffix = check_picture(path)
    from matplotlib import rc_context

    data = BytesIO()
    # The ids in an svg are random unless they are salted.
    with rc_context({"svg.hashsalt": "navp_structures", "svg.fonttype": "none"}):
        figure.savefig(
            data, format=suffix[1:], dpi=_RESOLUTION, metadata=dict(_METADATA[suffix])
        )
    write_bytes(path, data.getvalue())
