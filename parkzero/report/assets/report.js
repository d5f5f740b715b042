"use strict";
(() => {
  const root = document.documentElement;
  const tip = document.getElementById("tip");
  const all = (query, from = document) => Array.from(from.querySelectorAll(query));
  const language = () => root.lang;

  // Language: the style sheet hides the other one; attributes follow here.
  const speak = (lang) => {
    root.lang = lang;
    document.title = root.dataset[lang === "vi" ? "titleVi" : "titleEn"];
    for (const button of all("[data-speak]")) button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
    for (const named of all("[data-label-vi]")) named.setAttribute("aria-label", named.dataset[lang === "vi" ? "labelVi" : "labelEn"]);
    hide();
  };
  for (const button of all("[data-speak]")) button.addEventListener("click", () => speak(button.dataset.speak));

  // The hours: one year at a time.
  for (const button of all("[data-pick]")) button.addEventListener("click", () => {
    for (const panel of all(".panel")) panel.hidden = panel.dataset.year !== button.dataset.pick;
    for (const other of all("[data-pick]")) other.setAttribute("aria-pressed", String(other === button));
  });

  // What is under the pointer. Texts enter as text, never as markup.
  function hide() {
    tip.style.display = "none";
    for (const cross of all("svg .cross")) cross.style.visibility = "hidden";
  }
  const show = (event) => {
    tip.style.display = "block";
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - box.width - 8);
    const top = event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = Math.max(4, top) + "px";
  };
  const islands = new Map();
  const island = (name) => {
    if (!islands.has(name)) {
      const found = all('script[type="application/json"]').find((s) => s.dataset.name === name);
      islands.set(name, found ? JSON.parse(found.textContent) : null);
    }
    return islands.get(name);
  };
  const line = (colour, text, value) => {
    const row = document.createElement("div");
    if (colour) { const dot = document.createElement("i"); dot.style.background = colour; row.append(dot); }
    row.append(text);
    if (value !== undefined) { const bold = document.createElement("b"); bold.textContent = value; row.append(bold); }
    return row;
  };
  // The line under the pointer: drawn when it is first needed.
  const crossed = (area) => {
    const found = area.querySelector(".cross");
    if (found) return found;
    const svg = area.querySelector("svg");
    const made = document.createElementNS(svg.namespaceURI, "line");
    made.setAttribute("class", "cross");
    made.setAttribute("y1", area.dataset.y0); made.setAttribute("y2", area.dataset.y1);
    svg.append(made);
    return made;
  };
  const week = (area, event) => {
    const data = island(area.dataset.of);
    if (!data) return;
    const box = area.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width * Number(area.dataset.width);
    const first = Number(area.dataset.x0), last = Number(area.dataset.x1), steps = data.times.length;
    const step = Math.floor((at - first) / (last - first) * steps);
    if (step < 0 || step >= steps) { hide(); return; }
    const which = language() === "vi" ? 0 : 1;
    const format = new Intl.NumberFormat(language(), { maximumSignificantDigits: 3 });
    const rows = data.bands.filter((band) => band[3][step] !== 0)
      .map((band) => line(band[2], band[which], format.format(band[3][step]) + " " + data.unit[which]));
    tip.replaceChildren(line("", data.times[step][which]), ...rows);
    const cross = crossed(area);
    const x = first + (step + 0.5) / steps * (last - first);
    cross.setAttribute("x1", x); cross.setAttribute("x2", x); cross.style.visibility = "visible";
    show(event);
  };
  const point = (event) => {
    const mark = event.target.closest && event.target.closest(".m");
    if (mark) {
      tip.replaceChildren(language() === "vi" ? mark.dataset.vi : mark.dataset.en);
      show(event);
      return;
    }
    const area = event.target.closest && event.target.closest(".pointed");
    if (area) week(area, event); else hide();
  };
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  // Paper holds what is folded away on the screen.
  let folded = [];
  addEventListener("beforeprint", () => { folded = all("main details:not([open])"); for (const d of folded) d.open = true; });
  addEventListener("afterprint", () => { for (const d of folded) d.open = false; });
})();
