"use strict";
// Decodes the page's data: base64 of little-endian arrays into typed arrays, colours into numbers.
Twin.data = (function () {
  const KINDS = { f4: Float32Array, i4: Int32Array, u2: Uint16Array, i1: Int8Array };

  function decode(text, kind) {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return new KINDS[kind](bytes.buffer);
  }

  function rgb(colour) {
    return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255);
  }

  function batch(raw, entries) {
    const out = {
      asset: raw.asset, line: raw.line, colour: rgb(raw.colour), count: raw.count, names: raw.names,
      origin: decode(raw.origin, "f4"), yaw: decode(raw.yaw, "f4"), row: decode(raw.row, "i4"),
      band: decode(raw.band, "i1"), state: decode(raw.state, "i1"), load: decode(raw.load, "f4"),
      subject: decode(raw.subject, "i4"), place: decode(raw.place, "i4"),
      size: new Float32Array(3 * raw.count),
    };
    const which = decode(raw.size, "u2");
    for (let i = 0; i < raw.count; i += 1) out.size.set(raw.sizes[which[i]], 3 * i);
    paint(out, entries);
    return out;
  }

  // Colour and pattern of each box: bit 1 hatched, bit 2 blocked rack.
  function paint(out, entries) {
    out.colours = new Float32Array(3 * out.count);
    out.pattern = new Float32Array(out.count);
    for (let i = 0; i < out.count; i += 1) {
      const row = out.row[i], entry = entries.get(out.band[row]);
      const banded = entry && out.band[row] >= 0;
      out.colours.set(banded ? rgb(entry.colour) : out.colour, 3 * i);
      out.pattern[i] = (banded && entry.hatched ? 1 : 0)
        + (out.asset === "rack" && out.state[row] === 2 ? 2 : 0);
    }
  }

  function verdicts(raw) {
    if (!raw) return null;
    const out = { texts: raw.texts };
    for (const name of ["code", "message", "fix", "missing", "rests"]) {
      out[name] = decode(raw[name], "i4");
    }
    return out;
  }

  function read(element) {
    const raw = JSON.parse(element.textContent);
    const entries = new Map(raw.legend.entries.map((e) => [e.band, e]));
    return {
      title: raw.title, summary: raw.summary, conditions: raw.conditions, note: raw.note,
      low: raw.low, high: raw.high, legend: raw.legend, keys: raw.keys, labels: raw.labels,
      lineAlpha: raw.lineAlpha,
      areas: raw.areas.map((a) => ({
        asset: a.asset, colour: rgb(a.colour), corners: decode(a.corners, "f4"),
      })),
      batches: raw.batches.map((b) => batch(b, entries)),
      verdicts: verdicts(raw.verdicts),
    };
  }

  return { read };
})();
