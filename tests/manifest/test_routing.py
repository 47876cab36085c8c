"""Wires inside a song: circles are found wherever they are, and nowhere else."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from albumbuild.manifest.routing import routing_problems
from albumbuild.model.node import Places
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.song import Bus, Return, Send, Song, Stem
from albumbuild.processors.compressor import Compressor

BUSES = ("a", "b", "c", "d")
RETURNS = ("x", "y", "z")
STEMS = ("s", "t")


def keyed(name: str | None) -> tuple[Compressor, ...]:
    return (Compressor(sidechain=Sidechain(from_=name)),) if name else ()


def problems(song: Song) -> list[str]:
    return [problem.slug for problem in routing_problems(song, ("songs", "tide"), Places())]


@st.composite
def songs(draw) -> Song:
    bus = st.sampled_from(("mix", *BUSES))
    sends = st.dictionaries(st.sampled_from(RETURNS), st.just(Send(level_db=0)), max_size=2)
    key = st.sampled_from((None, None, None, *BUSES, *STEMS))

    def settings():
        return {"bus": draw(bus), "sends": draw(sends), "inserts": keyed(draw(key))}

    return Song(
        stems={name: Stem(file="a.wav", **settings()) for name in STEMS},
        buses={name: Bus(**settings()) for name in BUSES},
        returns={name: Return(sends=draw(sends)) for name in RETURNS},
    )


def graph_of(song: Song) -> nx.DiGraph:
    graph = nx.DiGraph()
    for strips in (song.stems, song.buses, song.returns):
        for name, strip in strips.items():
            graph.add_edge(name, strip.bus)
            graph.add_edges_from((name, send) for send in strip.sends)
            graph.add_edges_from((insert.sidechain.from_, name) for insert in strip.inserts)
    return graph


@given(songs())
def test_a_song_is_refused_when_and_only_when_sound_goes_round(song):
    assert bool(problems(song)) == (not nx.is_directed_acyclic_graph(graph_of(song)))


def test_a_strip_cannot_listen_to_itself():
    song = Song(stems={"kick": Stem(file="a.wav", inserts=keyed("kick"))})
    assert problems(song) == ["sidechain-circle"]


def test_two_ways_to_one_bus_are_no_circle():
    song = Song(
        stems={"kick": Stem(file="a.wav", bus="drums", sends={"hall": Send(level_db=0)})},
        buses={"drums": Bus(bus="band", sends={"hall": Send(level_db=0)}), "band": Bus()},
        returns={"hall": Return(bus="band")},
    )
    assert problems(song) == []


def test_a_return_that_feeds_a_bus_that_feeds_it_is_a_circle():
    song = Song(
        stems={"kick": Stem(file="a.wav", bus="drums")},
        buses={"drums": Bus(sends={"hall": Send(level_db=0)})},
        returns={"hall": Return(bus="drums")},
    )
    assert problems(song) == ["send-circle"]
