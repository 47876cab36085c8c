"""Loudness settings that cover others."""

from albumbuild.model.mastering import Loudness


def test_loudness_covers_the_album_field_by_field():
    album = Loudness(target_lufs=-14, ceiling_dbtp=-1, mode="track")
    assert Loudness(target_lufs=-11).over(album) == Loudness(
        target_lufs=-11, ceiling_dbtp=-1, mode="track"
    )
    assert Loudness(ceiling_dbtp=-0.3, mode="none").over(None) == Loudness(
        ceiling_dbtp=-0.3, mode="none"
    )
