/* Two sounds in step, of which one is heard: changed without a click, at the same place, as loud. */
"use strict";

const FADE_MS = 32, FADE_STEP_MS = 4, TOGETHER_S = 0.006, LATEST_MS = 700;
const SILENT = 1e-4; // -80 dB: browsers stop the clock of what plays at 0

class Voice {
  constructor() {
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.file = null;
    this.fromS = 0;
    this.level = 1; // what matching takes off
    this.share = 0; // 1 when heard
  }

  load(file, fromS) {
    this.fromS = fromS;
    if (file === this.file) return;
    this.file = file;
    if (file === null) this.audio.removeAttribute("src");
    else this.audio.src = file;
  }

  get positionS() { return this.audio.currentTime - this.fromS; }

  seek(seconds) { if (this.file !== null) this.audio.currentTime = Math.max(seconds + this.fromS, 0); }
}

class Pair {
  constructor() {
    this.voices = [new Voice(), new Voice()];
    this.heard = 0;
    this.volume = 1;
    this.muted = false;
    this.playing = false;
    this.fading = 0;
    setInterval(() => this.keepTogether(), 100);
  }

  get voice() { return this.voices[this.heard]; }
  get other() { return this.voices[1 - this.heard]; }

  setVolumes() {
    for (const voice of this.voices)
      voice.audio.volume = this.muted ? SILENT : Math.max(SILENT, Math.min(this.volume * voice.level * voice.share, 1));
  }

  async play() {
    this.playing = true;
    if (!this.fading) this.share(this.heard === 0 ? 1 : 0);
    await Promise.all(this.voices.filter((voice) => voice.file !== null).map((voice) => voice.audio.play()));
  }

  pause() {
    this.playing = false;
    for (const voice of this.voices) voice.audio.pause();
    this.other.seek(this.voice.positionS);
  }

  seek(seconds) { for (const voice of this.voices) voice.seek(seconds); }

  /* The one that is not heard runs faster or slower until both are at the same place. */
  keepTogether() {
    const { voice, other } = this;
    if (!this.playing || voice.file === null || other.file === null) return;
    const late = voice.positionS - other.positionS;
    if (Math.abs(late) > 0.5) other.seek(voice.positionS + 0.05);
    other.audio.playbackRate = Math.abs(late) < TOGETHER_S / 3 ? 1 : 1 + Math.max(-0.3, Math.min(0.3, late * 5));
    voice.audio.playbackRate = 1;
  }

  get apartS() { return Math.abs(this.voice.positionS - this.other.positionS); }

  /* Resolves when the other one is heard. */
  async change() {
    if (this.other.file === null) return;
    const began = performance.now();
    while (this.playing && this.apartS > TOGETHER_S && performance.now() - began < LATEST_MS) {
      this.keepTogether();
      await new Promise((done) => setTimeout(done, 20));
    }
    if (!this.playing) this.other.seek(this.voice.positionS);
    this.heard = 1 - this.heard;
    for (const voice of this.voices) voice.audio.playbackRate = 1;
    await this.fade();
  }

  share(first) {
    this.voices[0].share = first;
    this.voices[1].share = 1 - first;
    this.setVolumes();
  }

  async fade() {
    const goal = this.heard === 0 ? 1 : 0, from = this.voices[0].share, turn = ++this.fading;
    for (let ms = FADE_STEP_MS; ms <= FADE_MS && this.playing; ms += FADE_STEP_MS) {
      if (turn !== this.fading) return;
      this.share(from + ((goal - from) * ms) / FADE_MS);
      await new Promise((done) => setTimeout(done, FADE_STEP_MS));
    }
    this.share(goal);
  }
}
