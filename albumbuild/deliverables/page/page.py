"""The review page as HTML."""

import json
from collections.abc import Mapping
from typing import Any


def page_html(review: Mapping[str, Any]) -> str:
    """The page."""
    return f'<script type="application/json" id="album-data">{json.dumps(review)}</script>'
