"use strict";
// Finds the box that a ray meets first: exact, and one pass over plain arrays.
Twin.pick = (function () {
  // Distance along the ray to box i of a batch; Infinity where it misses.
  function meets(batch, i, from, way) {
    const c = Math.cos(batch.yaw[i]), s = Math.sin(batch.yaw[i]);
    const x = from[0] - batch.origin[3 * i], y = from[1] - batch.origin[3 * i + 1];
    const local = [c * x + s * y, -s * x + c * y, from[2] - batch.origin[3 * i + 2]];
    const turned = [c * way[0] + s * way[1], -s * way[0] + c * way[1], way[2]];
    let near = 0, far = Infinity;
    for (let k = 0; k < 3; k += 1) {
      const size = batch.size[3 * i + k];
      const low = k === 2 ? 0 : -size / 2, high = k === 2 ? size : size / 2;
      if (Math.abs(turned[k]) < 1e-12) {
        if (local[k] < low || local[k] > high) return Infinity;
        continue;
      }
      const a = (low - local[k]) / turned[k], b = (high - local[k]) / turned[k];
      near = Math.max(near, Math.min(a, b));
      far = Math.min(far, Math.max(a, b));
      if (near > far) return Infinity;
    }
    return near;
  }

  // What stands on the floor comes before what hangs over it, which one can see through.
  function first(batches, { from, way }) {
    for (const lines of [false, true]) {
      let best = null, least = Infinity;
      for (const batch of batches) {
        if (batch.line !== lines) continue;
        for (let i = 0; i < batch.count; i += 1) {
          const distance = meets(batch, i, from, way);
          if (distance < least) { least = distance; best = { batch, index: i, row: batch.row[i] }; }
        }
      }
      if (best && best.batch.asset !== "position") return best;
      if (best && lines === false) return best;
    }
    return null;
  }

  return { first, meets };
})();
