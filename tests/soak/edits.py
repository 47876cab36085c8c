"""Random edits of an album: every key that a user can write and this version can do.

Some draws make no sense; the program refuses them, and another is drawn.
"""

from tests.soak.album_edits import ALBUM_EDITS
from tests.soak.desk_edits import DESK_EDITS
from tests.soak.parts import Edit

HEARD: tuple[Edit, ...] = (*DESK_EDITS, *ALBUM_EDITS)
"""Edits that may be heard or read somewhere; one twice in it is drawn twice as often."""
