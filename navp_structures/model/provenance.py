"""Where a phase comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The source of a structure, as far as it is known.

    Parameters
    ----------
    authors
        Names as the source prints them.
    method
        How the structure was obtained, for example single-crystal X-ray diffraction.
    database_codes
        Pairs of database and code.
    doi
        DOI of the article, without a resolver's address.
    notes
        What the source or the transcription leaves to say.
    """

    authors: tuple[str, ...] = ()
    title: str | None = None
    journal: str | None = None
    year: int | None = None
    volume: str | None = None
    page: str | None = None
    doi: str | None = None
    database_codes: tuple[tuple[str, str], ...] = ()
    method: str | None = None
    notes: str | None = None

    @property
    def citation(self) -> str:
        """The source in one line; empty when nothing is known."""
        year = f"({self.year})" if self.year is not None else ""
        journal = [self.journal or self.title or "", self.volume or "", year, self.page or ""]
        where = " ".join(part for part in journal if part)
        codes = [f"{name} {code}" for name, code in self.database_codes]
        doi = f"doi:{self.doi}" if self.doi else ""
        return ", ".join(part for part in (_names(self.authors), where, *codes, doi) if part)


def _names(authors: tuple[str, ...]) -> str:
    if len(authors) > 3:
        return f"{authors[0]} et al."
    return "; ".join(authors)
