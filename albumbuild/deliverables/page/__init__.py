"""The review page as HTML: what has been measured, drawn and written."""
