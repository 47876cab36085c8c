"""What is written about the album and its songs, each falling back on the album's."""

from albumbuild.model.album import Album
from albumbuild.model.credits import AlbumCredits, TrackCredits


def album_credits(album: Album) -> AlbumCredits:
    """What every deliverable says about the album."""
    return AlbumCredits(
        title=album.title,
        artist=album.artist,
        date=album.date,
        label=album.label,
        catalog=album.catalog,
        upc=album.upc,
        genre=album.genre,
        copyright=album.copyright,
        language=album.language,
        message=album.message,
    )


def track_credits(album: Album, song_id: str) -> TrackCredits:
    """What is said about one song."""
    song = album.songs[song_id]
    return TrackCredits(
        song=song_id,
        title=song.title,
        artist=song.artist or album.artist,
        isrc=song.isrc,
        composer=song.composer,
        lyricist=song.lyricist,
        arranger=song.arranger,
        message=song.message,
        genre=song.genre or album.genre,
        date=song.date or album.date,
        copyright=song.copyright or album.copyright,
        language=song.language or album.language,
        explicit=song.explicit,
    )
