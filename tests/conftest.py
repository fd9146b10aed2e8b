"""Every test runs without the machine's own plugins, folders and settings."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def clean_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in ("NAVP_PHASE_PATH", "NAVP_LOAD_PLUGINS", "NAVP_DISABLED_PLUGINS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "no-user-data"))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the root of the checkout, for tests of files that are not installed."""
    return Path(__file__).resolve().parent.parent
