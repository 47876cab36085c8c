/* What is played: a song of the album, in two of its sounds, alone or within its side. */
"use strict";

const album = JSON.parse(document.getElementById("album-data").textContent);
const listening = window.albumListening || {}, account = window.albumBuild || { sounds: {} };

const fileOf = (sound) => (listening[account.sounds[sound.plays]] || { file: null }).file;

class Player {
  constructor(songs, sides) {
    this.songs = songs;
    this.sides = sides;
    this.pair = new Pair();
    this.index = 0;
    this.labels = [0, 1].map((at) => this.usual(at));
    this.matched = true;
    this.wholeSide = false;
    this.blind = false;
    this.turned = false; // blind: X is B
    this.listeners = [];
    this.pendingS = 0;
  }

  /* A: a master, where there is one; B: the mix. Of two states: the one before, the one after. */
  usual(at) {
    const labels = this.choices(), before = labels.find((label) => label.endsWith(", before"));
    const after = before && labels.find((label) => label === before.replace(/before$/, "after"));
    if (after) return at === 0 ? before : after;
    const masters = new Set(this.songs.flatMap((song) => song.sounds.filter((each) => each.set).map((each) => each.label)));
    const mixes = labels.filter((label) => !masters.has(label));
    const [first, second] = [labels.find((label) => masters.has(label)) || labels[0], mixes[0] || labels[1]];
    return at === 0 ? first : second || first;
  }

  choices() { return [...new Set(this.songs.flatMap((song) => song.sounds.map((sound) => sound.label)))]; }

  get song() { return this.songs[this.index]; }

  soundOf(at) { return this.song.sounds.find((sound) => sound.label === this.labels[at]) || this.song.sounds[0]; }

  /* What is played as the first and as the second of the pair. */
  get sounds() { return this.turned ? [this.soundOf(1), this.soundOf(0)] : [this.soundOf(0), this.soundOf(1)]; }

  get heardSound() { return this.sounds[this.pair.heard]; }
  get seconds() { return this.heardSound.seconds; }
  get isThere() { return fileOf(this.heardSound) !== null; }
  get positionS() { return this.pair.voice.file === null ? this.pendingS : Math.max(this.pair.voice.positionS, 0); }

  get heardName() {
    if (this.blind) return "XY"[this.pair.heard];
    return "AB"[this.turned ? 1 - this.pair.heard : this.pair.heard];
  }

  /* Both sounds of the song at hand, at a place, as loud as each other where that is wanted. */
  load(seconds) {
    const sounds = this.sounds, known = sounds.every((sound) => sound.lufs !== null);
    const quieter = Math.min(...sounds.map((sound) => sound.lufs));
    sounds.forEach((sound, at) => {
      const voice = this.pair.voices[at];
      voice.load(fileOf(sound), sound.from_s);
      voice.level = this.matched && known ? 10 ** ((quieter - sound.lufs) / 20) : 1;
      if (Math.abs(voice.positionS - seconds) > 0.02) voice.seek(seconds);
    });
    this.pendingS = seconds;
    this.pair.setVolumes();
    if (this.pair.playing) this.pair.play().catch(() => this.pause());
    this.tell();
  }

  async play() {
    this.load(this.positionS >= this.seconds - 0.05 && !this.wholeSide ? 0 : this.positionS);
    if (!this.isThere) return;
    try { await this.pair.play(); } catch { this.pair.pause(); }
    this.tell();
  }

  pause() { this.pair.pause(); this.tell(); }
  toggle() { return this.pair.playing ? this.pause() : this.play(); }

  seek(seconds) {
    const to = Math.max(0, Math.min(seconds, this.seconds));
    this.pendingS = to;
    this.pair.seek(to);
    this.tell();
  }

  go(index, seconds = 0) {
    this.index = Math.max(0, Math.min(index, this.songs.length - 1));
    this.load(seconds);
  }

  async change() { await this.pair.change(); this.tell(); }

  choose(at, label) { this.labels[at] = label; this.load(this.positionS); }
  match(on) { this.matched = on; this.load(this.positionS); }

  /* Blind: the two change places by chance, and nobody says which is which. */
  setBlind(on) {
    this.blind = on;
    const before = this.turned;
    this.turned = on && Math.random() < 0.5;
    if (before !== this.turned) this.load(this.positionS);
    this.tell();
  }

  /* Called while it plays: the end of a song is the end, or the next song of its side. */
  proceed() {
    const at = this.positionS, next = this.wholeSide ? this.nextOnSide() : null;
    if (next !== null && at >= next.afterS) {
      this.index = this.songs.findIndex((song) => song.id === next.song);
      this.load(at - next.afterS);
    } else if (next === null && at >= this.seconds - 0.01) {
      this.pause();
    }
    this.tell();
  }

  nextOnSide() {
    const side = this.sides.find((each) => each.set === this.heardSound.set && each.songs.some((song) => song.song === this.song.id));
    if (!side) return null;
    const own = side.songs.findIndex((song) => song.song === this.song.id), after = side.songs[own + 1];
    return after ? { song: after.song, afterS: after.start_s - side.songs[own].start_s } : null;
  }

  tell() { for (const listener of this.listeners) listener(this); }
}

const player = new Player(album.songs.filter((song) => song.sounds.length), album.sides);
window.albumPlayer = player;
