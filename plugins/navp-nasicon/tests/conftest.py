"""The tests run with the plugin installed, and from a checkout without."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("navp_nasicon") is None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
