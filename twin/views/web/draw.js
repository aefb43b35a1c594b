"use strict";
// Draws a scene with WebGL 2: one call for each class of asset.
Twin.draw = (function () {
  const SIDES = [
    [0, 0, 1, [1, 0, 0], [0, 1, 0]], [0, 0, -1, [0, 1, 0], [1, 0, 0]],
    [1, 0, 0, [0, 1, 0], [0, 0, 1]], [-1, 0, 0, [0, 0, 1], [0, 1, 0]],
    [0, 1, 0, [0, 0, 1], [1, 0, 0]], [0, -1, 0, [1, 0, 0], [0, 0, 1]],
  ];

  // A box of unit size that stands on its base: 36 corners, each with the normal of its side.
  function unitBox() {
    const corners = [], normals = [];
    for (const [nx, ny, nz, u, v] of SIDES) {
      for (const [a, b] of [[-1, -1], [1, -1], [1, 1], [-1, -1], [1, 1], [-1, 1]]) {
        const p = [nx, ny, nz].map((n, k) => (n + a * u[k] + b * v[k]) / 2);
        corners.push(p[0], p[1], p[2] + 0.5);
        normals.push(nx, ny, nz);
      }
    }
    return { corners: new Float32Array(corners), normals: new Float32Array(normals) };
  }

  function program(gl, vertex, fragment) {
    const made = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(made, shader);
    }
    gl.linkProgram(made);
    if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made));
    return made;
  }

  function feed(gl, made, name, values, width, divisor) {
    const place = gl.getAttribLocation(made, name);
    if (place < 0) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, gl.FLOAT, false, 0, 0);
    gl.vertexAttribDivisor(place, divisor);
  }

  function boxes(gl, made, unit, batch) {
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    feed(gl, made, "corner", unit.corners, 3, 0);
    feed(gl, made, "normal", unit.normals, 3, 0);
    feed(gl, made, "origin", batch.origin, 3, 1);
    feed(gl, made, "size", batch.size, 3, 1);
    feed(gl, made, "yaw", batch.yaw, 1, 1);
    feed(gl, made, "colour", batch.colours, 3, 1);
    feed(gl, made, "pattern", batch.pattern, 1, 1);
    return { array, count: batch.count, batch };
  }

  function floors(gl, made, area) {
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    feed(gl, made, "corner", area.corners, 3, 0);
    return { array, count: area.corners.length / 3, colour: area.colour };
  }

  // Returns a function that draws one picture, or null where the browser has no WebGL 2.
  function painter(canvas, data) {
    const gl = canvas.getContext("webgl2", { antialias: true, preserveDrawingBuffer: true });
    if (!gl) return null;
    const box = program(gl, Twin.shaders.boxVertex, Twin.shaders.boxFragment);
    const floor = program(gl, Twin.shaders.floorVertex, Twin.shaders.floorFragment);
    const unit = unitBox();
    const solid = data.batches.map((b) => boxes(gl, box, unit, b));
    const flat = data.areas.map((a) => floors(gl, floor, a));
    const at = (made, name) => gl.getUniformLocation(made, name);
    const place = {
      matrix: at(box, "matrix"), picked: at(box, "picked"), alpha: at(box, "alpha"),
      floorMatrix: at(floor, "matrix"), colour: at(floor, "colour"),
    };

    function paintFloors(matrix) {
      gl.useProgram(floor);
      gl.uniformMatrix4fv(place.floorMatrix, false, matrix);
      gl.enable(gl.POLYGON_OFFSET_FILL);
      flat.forEach((area, i) => {
        // Aisles lie on the floor of their hall: each later layer is drawn a little nearer.
        gl.polygonOffset(1, 8 - 4 * Math.min(i, 1));
        gl.uniform3fv(place.colour, area.colour);
        gl.bindVertexArray(area.array);
        gl.drawArrays(gl.TRIANGLES, 0, area.count);
      });
      gl.disable(gl.POLYGON_OFFSET_FILL);
    }

    function paintBoxes(matrix, picked, lines) {
      gl.useProgram(box);
      gl.uniformMatrix4fv(place.matrix, false, matrix);
      gl.uniform1f(place.alpha, lines ? data.lineAlpha : 1);
      if (lines) { gl.enable(gl.BLEND); gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA); }
      gl.depthMask(!lines);
      for (const each of solid) {
        if (each.batch.line !== lines) continue;
        gl.uniform1i(place.picked, picked && picked.batch === each.batch ? picked.index : -1);
        gl.bindVertexArray(each.array);
        gl.drawArraysInstanced(gl.TRIANGLES, 0, 36, each.count);
      }
      gl.depthMask(true);
      gl.disable(gl.BLEND);
    }

    return function paint(matrix, picked) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0.933, 0.945, 0.957, 1);
      gl.enable(gl.DEPTH_TEST);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      paintFloors(matrix);
      paintBoxes(matrix, picked, false);
      paintBoxes(matrix, picked, true);
    };
  }

  return { painter };
})();
