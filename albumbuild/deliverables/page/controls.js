/* Buttons, sliders and keys of the player, waveforms, and the theme. */
"use strict";

const byId = (id) => document.getElementById(id);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const pressed = (button, on) => button.setAttribute("aria-pressed", String(on));

function show(player) {
  const at = player.positionS, playing = player.pair.playing;
  byId("play").querySelector("path").setAttribute("d", playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l10 6-10 6z");
  byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  byId("play").disabled = !player.isThere;
  const now = player.isThere ? player.song.title : "`albumbuild report` makes the previews";
  if (byId("now").textContent !== now) byId("now").textContent = now;
  byId("time").textContent = `${clock(at)} / ${clock(player.seconds)}`;
  byId("seek").max = player.seconds;
  byId("seek").value = at;
  byId("seek").setAttribute("aria-valuetext", clock(at));
  byId("heard").textContent = player.heardName;
  pressed(byId("switch"), player.pair.heard === 1);
  pressed(byId("match"), player.matched);
  pressed(byId("blind"), player.blind);
  pressed(byId("album"), player.wholeSide);
  byId("reveal").hidden = !player.blind;
  byId("a").disabled = byId("b").disabled = player.blind;
  for (const wave of document.querySelectorAll(".wave")) {
    const own = wave.closest(".song").dataset.song === player.song.id, seconds = Number(wave.dataset.seconds);
    const head = wave.querySelector(".head"), share = Math.min(at / seconds, 1);
    head.style.visibility = own ? "visible" : "hidden";
    head.style.left = `${share * 100}%`;
    wave.setAttribute("aria-valuenow", own ? at.toFixed(2) : "0");
    wave.setAttribute("aria-valuetext", own ? clock(at) : "0:00");
  }
}

/* A place in a song, in the sound whose waveform was touched. */
function seekIn(wave, seconds) {
  const id = wave.closest(".song").dataset.song, label = wave.closest(".sound").dataset.sound;
  const index = player.songs.findIndex((song) => song.id === id);
  if (!player.blind && !player.labels.includes(label)) chooseSound(0, label);
  if (index !== player.index) player.go(index, seconds);
  else player.seek(seconds);
}

function chooseSound(at, label) {
  byId("ab"[at]).value = label;
  player.choose(at, label);
}

function showSound(button) {
  const song = button.closest(".song");
  for (const each of song.querySelectorAll("[data-shows]")) pressed(each, each === button);
  for (const sound of song.querySelectorAll(".sound")) sound.hidden = sound.id !== `sound-${button.dataset.shows}`;
}

for (const at of [0, 1]) {
  const select = byId("ab"[at]);
  for (const label of player.choices()) select.add(new Option(label, label, false, label === player.labels[at]));
  select.addEventListener("change", () => player.choose(at, select.value));
}
byId("play").addEventListener("click", () => player.toggle());
byId("previous").addEventListener("click", () => player.go(player.positionS > 3 ? player.index : player.index - 1));
byId("next").addEventListener("click", () => player.go(player.index + 1));
byId("switch").addEventListener("click", () => player.change());
byId("match").addEventListener("click", () => player.match(!player.matched));
byId("album").addEventListener("click", () => { player.wholeSide = !player.wholeSide; player.tell(); });
byId("blind").addEventListener("click", () => player.setBlind(!player.blind));
byId("reveal").addEventListener("click", () => {
  const [x, y] = player.sounds.map((sound) => sound.label);
  byId("now").textContent = `X was ${x}, Y was ${y}`;
  player.setBlind(false);
});
byId("seek").addEventListener("input", () => player.seek(Number(byId("seek").value)));
byId("volume").addEventListener("input", () => { player.pair.volume = Number(byId("volume").value); player.pair.setVolumes(); });
byId("help").addEventListener("click", () => {
  byId("keys").hidden = !byId("keys").hidden;
  byId("help").setAttribute("aria-expanded", String(!byId("keys").hidden));
});
byId("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});

for (const button of document.querySelectorAll("[data-shows]")) button.addEventListener("click", () => showSound(button));
for (const wave of document.querySelectorAll(".wave")) {
  const seconds = Number(wave.dataset.seconds);
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    seekIn(wave, ((event.clientX - box.left) / box.width) * seconds);
  });
  wave.addEventListener("keydown", (event) => {
    const own = wave.closest(".song").dataset.song === player.song.id, at = own ? player.positionS : 0;
    const to = { ArrowLeft: at - 5, ArrowDown: at - 5, ArrowRight: at + 5, ArrowUp: at + 5, PageDown: at - 30, PageUp: at + 30, Home: 0, End: seconds }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    seekIn(wave, Math.max(0, Math.min(to, seconds)));
  });
}

const KEYS = {
  " ": () => player.toggle(), ArrowLeft: () => player.seek(player.positionS - 5), ArrowRight: () => player.seek(player.positionS + 5),
  n: () => byId("next").click(), p: () => byId("previous").click(), x: () => player.change(), l: () => byId("match").click(),
  b: () => byId("blind").click(), m: () => { player.pair.muted = !player.pair.muted; player.pair.setVolumes(); }, "?": () => byId("help").click(),
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea") || (event.key === " " && event.target.closest("button, a, summary"))) return;
  if (event.key.startsWith("Arrow") && event.target.closest(".wide")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

if (player.songs.length) {
  byId("player").hidden = false;
  player.listeners.push(show);
  player.load(0);
  const tick = () => { if (player.pair.playing) player.proceed(); requestAnimationFrame(tick); };
  tick();
}
