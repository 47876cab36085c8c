/* What is told beside the page: the last build, warnings, rules, faults; and a reload after a build. */
"use strict";

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(cells) {
  const made = element("tr");
  cells.forEach(([text, className], at) => {
    const cell = element(at === 0 ? "th" : "td", text, className);
    if (at === 0) cell.scope = "row";
    made.append(cell);
  });
  return made;
}

function showBuild(told) {
  const { build } = told, done = build.steps.filter((step) => step.status !== "current");
  const where = told.revision ? ` · revision ${told.revision.slice(0, 10)}${told.clean ? "" : ", with changes"}` : "";
  document.getElementById("build").textContent =
    `Last build: ${build.status}, ${done.length} of ${build.steps.length} steps in ${build.seconds} s, ${build.time}${where}`;
  document.getElementById("step-list").append(...build.steps.map((step) =>
    row([[step.id], [step.status], [step.seconds ? step.seconds.toFixed(2) : "–", "number"], [step.why.join("; ")]])));
  const worst = ["current", "restored", "ran", "skipped", "failed"], nodes = {};
  for (const step of build.steps) {
    const node = step.id.startsWith("ingest:") ? step.id.split("/")[0] : step.id;
    const known = nodes[node] || (nodes[node] = { status: "current", seconds: 0 });
    known.seconds += step.seconds;
    if (worst.indexOf(step.status) > worst.indexOf(known.status)) known.status = step.status;
  }
  for (const node of document.querySelectorAll(".node")) {
    const known = nodes[node.dataset.step];
    if (!known) continue;
    node.classList.add(known.status);
    node.querySelector("title").textContent += `: ${known.status}${known.seconds ? `, ${known.seconds.toFixed(2)} s` : ""}`;
  }
}

function showWarnings(warnings) {
  if (!warnings.length) return;
  document.getElementById("warning-list").replaceChildren(...warnings.map((warning) => {
    const item = element("li");
    item.append(element("b", warning.what), element("div", [warning.why, warning.fix].filter(Boolean).join(" · ")), element("div", warning.where, "where"));
    return item;
  }));
}

function showRules(rules) {
  for (const place of document.querySelectorAll(".rules")) {
    const name = place.dataset.set, own = rules.filter((rule) =>
      rule.subject.endsWith(`@${name}`) || rule.subject.endsWith(` on ${name}`) || rule.subject === `deliverable ${name}`);
    if (!own.length) continue;
    const broken = own.filter((rule) => !rule.holds).length;
    const details = element("details"), table = element("table"), head = element("tr"), body = element("tbody");
    details.open = broken > 0;
    details.append(element("summary", broken ? `${broken} of ${own.length} rules and checks do not hold` : `All ${own.length} rules and checks hold`, broken ? "broken" : "holds"));
    for (const title of ["About", "Figure", "Wanted", "Measured", "", "Because"]) {
      const cell = element("th", title || "Holds");
      cell.scope = "col";
      head.append(cell);
    }
    body.append(...own.map((rule) => row([[rule.subject], [rule.rule], [rule.wanted], [rule.figure, "number"],
      [rule.holds ? "✓ holds" : "✗ broken", rule.holds ? "holds" : "broken"], [[rule.because, rule.where].filter(Boolean).join(" · "), "where"]])));
    const titles = element("thead"), wide = element("div", undefined, "wide");
    titles.append(head);
    table.append(titles, body);
    wide.tabIndex = 0;
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", `Rules of ${name}`);
    wide.append(table);
    details.append(wide);
    place.append(details);
  }
}

function showFaults(told) {
  for (const place of document.querySelectorAll(".found")) {
    const heard = listening[told.sounds[place.dataset.step]];
    if (!heard || !heard.faults.length) continue;
    const counts = Object.entries(heard.counts).map(([kind, count]) => `${count} × ${kind.replaceAll("_", " ")}`).join(", ");
    const details = element("details"), list = element("ul");
    details.append(element("summary", `Faults found: ${counts}`));
    list.append(...heard.faults.map((fault) => element("li", `${fault.at_s === null ? "all along" : clock(fault.at_s)}: ${fault.detail}`)));
    details.append(list);
    place.append(details);
    const wave = place.closest(".sound").querySelector(".wave"), marks = wave.querySelector(".faults");
    for (const fault of heard.faults) {
      if (fault.at_s === null) continue;
      const mark = element("i");
      mark.style.left = `${(fault.at_s / Number(wave.dataset.seconds)) * 100}%`;
      marks.append(mark);
    }
  }
}

if (account.build) {
  showBuild(account);
  showWarnings(account.warnings);
  showRules(account.rules);
  showFaults(account);
}

if (document.querySelector('meta[name="albumbuild-live"]')) {
  const kept = JSON.parse(sessionStorage.getItem("albumbuild") || "null");
  if (kept) {
    scrollTo(0, kept.scroll);
    player.go(Math.max(0, player.songs.findIndex((song) => song.id === kept.song)), kept.at);
  }
  new EventSource("live").addEventListener("message", () => {
    sessionStorage.setItem("albumbuild", JSON.stringify({ scroll: scrollY, song: player.song.id, at: player.positionS }));
    location.reload();
  });
}
