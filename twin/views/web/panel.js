"use strict";
// The words around the view: title, legend, verdict panel, search. Names are set as text only.
Twin.panel = (function () {
  const RACK = ["feasible", "unknown", "blocked", "feasible, at risk"];
  const ELEMENT = ["holds", "a figure is missing", "over its limit", "holds"];
  const get = (id) => document.getElementById(id);

  function element(name, text, parent, css) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (css) made.className = css;
    if (parent) parent.append(made);
    return made;
  }

  function swatch(entry) {
    const made = element("span", "", null, entry.hatched ? "swatch hatched" : "swatch");
    made.style.backgroundColor = entry.colour;
    return made;
  }

  function heads(data) {
    get("title").textContent = data.title;
    get("summary").textContent = data.summary;
    get("conditions").textContent = [data.conditions, data.note].filter(Boolean).join(" · ");
    get("legend-title").textContent = data.legend.title;
    for (const entry of data.legend.entries) {
      if (entry.band < 0 && !entry.count) continue;
      const item = element("li", "", get("bands"));
      item.append(swatch(entry), entry.text + (entry.count ? ` (${entry.count})` : ""));
    }
    const racks = data.batches.find((b) => b.asset === "rack");
    if (racks && racks.state.includes(2)) {
      const item = element("li", "", get("marks"));
      item.append(element("span", "", null, "swatch cross"), "blocked");
    }
    for (const [name, colour] of data.keys) {
      const item = element("li", "", get("marks"));
      item.append(swatch({ colour }), name);
    }
  }

  const text = (verdicts, name, row, names) => {
    const number = verdicts ? verdicts[name][row] : -1;
    if (number < 0) return "";
    return verdicts.texts[number].split("\u0001").join(names[0]).split("\u0002").join(names[1]);
  };

  function fact(name, value) {
    if (!value) return;
    element("dt", name, get("facts"));
    element("dd", value, get("facts"));
  }

  function placeOf(data, batch, row) {
    const places = data.batches.find((b) => b.asset === "position");
    const place = batch.place.length ? batch.place[row] : -1;
    return places && place >= 0 ? places.names[place] : "";
  }

  function show(data, hit) {
    get("panel").hidden = !hit;
    if (!hit) return;
    const { batch, row } = hit, isRack = batch.asset === "rack";
    const name = batch.names[row], place = placeOf(data, batch, row), state = batch.state[row];
    get("what").textContent = `${batch.asset.replace("_", " ")} ${name}`;
    get("facts").replaceChildren();
    get("verdict").replaceChildren();
    const entry = data.legend.entries.find((e) => e.band === batch.band[row]);
    if (entry && entry.band >= 0) get("verdict").append(swatch(entry));
    get("verdict").append(state < 0 ? "not judged" : (isRack ? RACK : ELEMENT)[state]);
    fact("position", place);
    if (Number.isFinite(batch.load[row])) {
      fact("load", `${(100 * batch.load[row]).toFixed(1)} % of the limit that binds`);
    }
    if (isRack) {
      const said = (key) => text(data.verdicts, key, row, [name, place]);
      fact("binding constraint", [said("code"), said("message")].filter(Boolean).join(": "));
      fact("way out", said("fix"));
      fact("missing", said("missing"));
      fact("rests on assumptions", said("rests"));
    }
  }

  // Finds a rack by serial or position: exact first, then by a part that only one has.
  function find(data, words) {
    const racks = data.batches.find((b) => b.asset === "rack"), asked = words.trim().toLowerCase();
    if (!racks || !asked) return null;
    const hit = (row) => ({ batch: racks, index: row, row });
    const same = (test) => racks.names.findIndex((n, row) => test(n.toLowerCase(), row));
    let row = same((n) => n === asked);
    if (row < 0) row = same((n, r) => placeOf(data, racks, r).toLowerCase() === asked);
    if (row < 0) row = same((n) => n.includes(asked));
    return row < 0 ? null : hit(row);
  }

  function suggest(data) {
    const racks = data.batches.find((b) => b.asset === "rack"), box = get("serial");
    box.addEventListener("input", () => {
      const asked = box.value.trim().toLowerCase(), list = get("serials");
      list.replaceChildren();
      if (!racks || asked.length < 2) return;
      let count = 0;
      for (const name of racks.names) {
        if (count < 20 && name.toLowerCase().includes(asked)) {
          element("option", "", list).value = name;
          count += 1;
        }
      }
    });
  }

  function bind(data, choose, reset) {
    heads(data);
    suggest(data);
    get("search").addEventListener("submit", (event) => {
      event.preventDefault();
      const hit = find(data, get("serial").value);
      get("told").textContent = hit ? "" : `no rack has "${get("serial").value}"`;
      if (hit) choose(hit, true);
    });
    get("reset").addEventListener("click", reset);
    get("close").addEventListener("click", () => choose(null, false));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") choose(null, false);
    });
  }

  return { bind, show, find };
})();
