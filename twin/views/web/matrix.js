"use strict";
// Matrices of 4 x 4 as WebGL takes them: columns one after another.
var Twin = window.Twin || {};
Twin.matrix = (function () {
  function perspective(fov, aspect, near, far) {
    const f = 1 / Math.tan(fov / 2), d = 1 / (near - far);
    return new Float32Array([
      f / aspect, 0, 0, 0,
      0, f, 0, 0,
      0, 0, (far + near) * d, -1,
      0, 0, 2 * far * near * d, 0,
    ]);
  }

  function lookAt(eye, target, up) {
    const z = unit(minus(eye, target)), x = unit(cross(up, z)), y = cross(z, x);
    return new Float32Array([
      x[0], y[0], z[0], 0,
      x[1], y[1], z[1], 0,
      x[2], y[2], z[2], 0,
      -dot(x, eye), -dot(y, eye), -dot(z, eye), 1,
    ]);
  }

  function times(a, b) {
    const out = new Float32Array(16);
    for (let col = 0; col < 4; col += 1) {
      for (let row = 0; row < 4; row += 1) {
        let sum = 0;
        for (let k = 0; k < 4; k += 1) sum += a[4 * k + row] * b[4 * col + k];
        out[4 * col + row] = sum;
      }
    }
    return out;
  }

  // Place of a point in clip space, before the division by the last number.
  function clip(m, p) {
    const out = [0, 0, 0, 0];
    for (let row = 0; row < 4; row += 1) {
      out[row] = m[row] * p[0] + m[4 + row] * p[1] + m[8 + row] * p[2] + m[12 + row];
    }
    return out;
  }

  const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  const plus = (a, b, s) => [a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]];
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const cross = (a, b) => [
    a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
  ];
  const unit = (a) => {
    const length = Math.hypot(a[0], a[1], a[2]) || 1;
    return [a[0] / length, a[1] / length, a[2] / length];
  };

  return { perspective, lookAt, times, clip, minus, plus, dot, cross, unit };
})();
window.Twin = Twin;
