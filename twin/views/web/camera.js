"use strict";
// The camera: it orbits a target; mouse, touch and keys move it.
Twin.camera = (function () {
  const M = Twin.matrix, FOV = 0.6, UP = [0, 0, 1];

  function make(low, high) {
    const camera = { low, high, aspect: 1 };
    reset(camera);
    return camera;
  }

  function reset(camera) {
    camera.turn = -1.95;
    camera.rise = 0.82;
    camera.target = [0, 1].map((k) => (camera.low[k] + camera.high[k]) / 2).concat([0]);
    fit(camera);
  }

  // Steps back until all corners of the scene are in sight.
  function fit(camera) {
    const [right, up, back] = axes(camera), tall = Math.tan(FOV / 2) * 0.8;
    const wide = tall * camera.aspect;
    let distance = 2;
    for (let i = 0; i < 8; i += 1) {
      const corner = [0, 1, 2].map((k) => ((i >> k) & 1 ? camera.high : camera.low)[k]);
      const from = M.minus(corner, camera.target);
      const need = Math.max(Math.abs(M.dot(from, right)) / wide, Math.abs(M.dot(from, up)) / tall);
      distance = Math.max(distance, need + M.dot(from, back));
    }
    camera.distance = distance;
    camera.fitted = distance;
  }

  function axes(camera) {
    const c = Math.cos(camera.rise);
    const back = [c * Math.cos(camera.turn), c * Math.sin(camera.turn), Math.sin(camera.rise)];
    const right = M.unit(M.cross(UP, back));
    return [right, M.cross(back, right), back];
  }

  const eye = (camera) => M.plus(camera.target, axes(camera)[2], camera.distance);

  function matrix(camera) {
    const far = camera.distance + 3 * camera.fitted;
    const near = Math.max(camera.distance / 500, 0.05);
    const view = M.lookAt(eye(camera), camera.target, UP);
    return M.times(M.perspective(FOV, camera.aspect, near, far), view);
  }

  // The ray through a point of the canvas, given from -1 to 1 both ways.
  function ray(camera, x, y) {
    const [right, up, back] = axes(camera), tall = Math.tan(FOV / 2);
    let way = M.plus([0, 0, 0], back, -1);
    way = M.plus(way, right, x * tall * camera.aspect);
    way = M.plus(way, up, y * tall);
    return { from: eye(camera), way: M.unit(way) };
  }

  // Pixels that a metre takes at some depth before the eye.
  const pixels = (camera, depth, height) => height / (2 * Math.tan(FOV / 2) * Math.max(depth, 0.01));

  function orbit(camera, dx, dy) {
    camera.turn -= dx;
    camera.rise = Math.min(Math.max(camera.rise + dy, 0.05), 1.55);
  }

  function pan(camera, dx, dy) {
    const [right, up] = axes(camera), scale = camera.distance * Math.tan(FOV / 2) * 2;
    const along = M.unit([up[0], up[1], 0]);
    camera.target = M.plus(camera.target, right, -dx * scale);
    camera.target = M.plus(camera.target, along, dy * scale);
  }

  // Comes nearer to the place of the floor under the pointer.
  function zoom(camera, factor, x, y) {
    const before = camera.distance;
    camera.distance = Math.min(Math.max(before * factor, 1.5), 4 * camera.fitted);
    const { from, way } = ray(camera, x || 0, y || 0);
    if (way[2] < -0.05 && factor < 1) {
      const spot = M.plus(from, way, -from[2] / way[2]), share = 1 - camera.distance / before;
      camera.target = M.plus(camera.target, M.minus(spot, camera.target), share);
      camera.target[2] = 0;
    }
  }

  function goTo(camera, point, distance) {
    camera.target = [point[0], point[1], 0];
    camera.distance = Math.min(camera.distance, distance);
  }

  // Binds mouse, touch and pen; `clicked` is called with a point of the canvas.
  function bind(canvas, camera, changed, clicked) {
    const held = new Map();
    let moved = 0, spread = 0, shifted = false;
    const at = (event) => [
      (2 * event.offsetX) / canvas.clientWidth - 1, 1 - (2 * event.offsetY) / canvas.clientHeight,
    ];

    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      held.set(event.pointerId, [event.clientX, event.clientY]);
      moved = held.size > 1 ? 99 : 0;
      spread = 0;
      shifted = event.button !== 0 || event.shiftKey || event.ctrlKey;
      canvas.classList.add("moving");
    });

    canvas.addEventListener("pointermove", (event) => {
      const last = held.get(event.pointerId);
      if (!last) return;
      const dx = event.clientX - last[0], dy = event.clientY - last[1];
      moved += Math.abs(dx) + Math.abs(dy);
      held.set(event.pointerId, [event.clientX, event.clientY]);
      const unit = 1 / canvas.clientHeight;
      if (held.size === 2) {
        const [a, b] = [...held.values()], now = Math.hypot(a[0] - b[0], a[1] - b[1]);
        if (spread) zoom(camera, spread / Math.max(now, 1));
        spread = now;
        pan(camera, (dx * unit) / 2, (dy * unit) / 2);
      } else if (shifted) {
        pan(camera, dx * unit, dy * unit);
      } else if (moved > 4) {
        orbit(camera, dx * unit * 3, dy * unit * 3);
      }
      changed();
    });

    const drop = (event) => {
      if (held.delete(event.pointerId) && moved <= 4 && event.type === "pointerup") clicked(...at(event));
      canvas.classList.toggle("moving", held.size > 0);
    };
    canvas.addEventListener("pointerup", drop);
    canvas.addEventListener("pointercancel", drop);
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 30 : 1;
      zoom(camera, Math.exp(Math.max(-0.4, Math.min(0.4, event.deltaY * lines * 0.0015))), ...at(event));
      changed();
    }, { passive: false });
    keys(canvas, camera, changed);
  }

  function keys(canvas, camera, changed) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    canvas.addEventListener("keydown", (event) => {
      const way = step[event.key];
      if (way && event.shiftKey) pan(camera, -way[0] * 0.05, -way[1] * 0.05);
      else if (way) orbit(camera, way[0] * 0.08, -way[1] * 0.08);
      else if (event.key === "+" || event.key === "=") zoom(camera, 0.85);
      else if (event.key === "-") zoom(camera, 1 / 0.85);
      else if (event.key === "Home") reset(camera);
      else return;
      event.preventDefault();
      changed();
    });
  }

  return { make, reset, fit, matrix, ray, pixels, bind, goTo };
})();
