"use strict";
// Names of halls, rows and equipment over the view; where two would collide, the lesser hides.
Twin.labels = (function () {
  const LETTER = [9.6, 7.4, 6.2], TALL = [22, 17, 15];

  function make(parent, rows) {
    return rows.map(([text, x, y, z, level]) => {
      const div = document.createElement("div");
      div.className = `label level${level}`;
      div.textContent = text;
      parent.append(div);
      return { div, point: [x, y, z], level, wide: text.length * LETTER[level], tall: TALL[level] };
    });
  }

  function clashes(taken, box) {
    return taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1]);
  }

  // A label shows from so many pixels a metre on, so that far rows are not all names.
  const FROM = [0, 9, 14];

  function update(labels, camera, matrix, width, height) {
    const taken = [];
    for (const label of labels) {
      const p = Twin.matrix.clip(matrix, label.point);
      const x = ((p[0] / p[3] + 1) / 2) * width, y = ((1 - p[1] / p[3]) / 2) * height;
      const left = x - label.wide / 2, top = y - label.tall / 2;
      const box = [left, top, left + label.wide, top + label.tall];
      const near = Twin.camera.pixels(camera, p[3], height) >= FROM[label.level];
      const shown = near && p[3] > 0 && x > 0 && y > 0 && x < width && y < height && !clashes(taken, box);
      label.div.style.display = shown ? "" : "none";
      if (!shown) continue;
      taken.push(box);
      label.div.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    }
  }

  return { make, update };
})();
