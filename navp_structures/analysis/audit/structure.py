"""To be written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from navp_structures.analysis.audit.context import Judge

JUDGES: Final[Mapping[str, Judge]] = MappingProxyType({})
