"""The catalogue of damages: what can go wrong with a fileset, and what a verifier should say of it.

    where = CORRUPTIONS["PQ has tracks that overlap"](folder)

damages the fileset of a folder in place. A damage that finds nothing to work on,
such as a second block of CD-Text, raises LookupError and leaves the fileset as it was.
"""

from tests.discs import damage_files, damage_map, damage_pq, damage_text
from tests.discs.damage import CORRUPTIONS, STALE, Where, resum

__all__ = ["CORRUPTIONS", "SHELVES", "STALE", "Where", "resum"]

SHELVES = (damage_files, damage_map, damage_pq, damage_text)
