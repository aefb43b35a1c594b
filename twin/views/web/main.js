"use strict";
// Puts the parts together: one picture is drawn whenever something has changed.
Twin.app = (function () {
  const canvas = document.getElementById("view");
  const data = Twin.data.read(document.getElementById("data"));
  const camera = Twin.camera.make(data.low, data.high);
  const labels = Twin.labels.make(document.getElementById("labels"), data.labels);
  let paint = null, picked = null, waiting = false, touched = false;

  function resize() {
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
    camera.aspect = canvas.width / canvas.height;
    if (!touched) Twin.camera.fit(camera);
  }

  function draw() {
    waiting = false;
    if (!paint) return;
    const matrix = Twin.camera.matrix(camera);
    paint(matrix, picked);
    Twin.labels.update(labels, camera, matrix, canvas.clientWidth, canvas.clientHeight);
  }

  function changed() {
    touched = true;
    later();
  }

  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  function choose(hit, go) {
    picked = hit;
    Twin.panel.show(data, hit);
    if (hit && go) {
      const at = hit.batch.origin.subarray(3 * hit.index, 3 * hit.index + 3);
      Twin.camera.goTo(camera, at, 14);
      touched = true;
    }
    later();
  }

  function reset() {
    touched = false;
    Twin.camera.reset(camera);
    later();
  }

  // Where the top of a rack is on the page, in pixels: for programs that drive the page.
  function screenOf(serial) {
    const hit = Twin.panel.find(data, serial);
    if (!hit) return null;
    const { batch, index } = hit, o = batch.origin.subarray(3 * index, 3 * index + 3);
    const p = Twin.matrix.clip(Twin.camera.matrix(camera), [o[0], o[1], o[2] + batch.size[3 * index + 2]]);
    return [((p[0] / p[3] + 1) / 2) * canvas.clientWidth, ((1 - p[1] / p[3]) / 2) * canvas.clientHeight];
  }

  Twin.panel.bind(data, choose, reset);
  try {
    paint = Twin.draw.painter(canvas, data);
  } catch (error) {
    paint = null;
  }
  if (!paint) document.getElementById("fallback").hidden = false;
  canvas.addEventListener("webglcontextlost", () => {
    paint = null;
    document.getElementById("fallback").hidden = false;
  });
  Twin.camera.bind(canvas, camera, changed, (x, y) => {
    choose(Twin.pick.first(data.batches, Twin.camera.ray(camera, x, y)), false);
  });
  window.addEventListener("resize", () => { resize(); later(); });
  resize();
  draw();
  return { data, camera, screenOf, choose, reset, drawn: () => paint !== null };
})();
