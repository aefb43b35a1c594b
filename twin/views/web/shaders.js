"use strict";
// Programs of the graphics unit: boxes drawn many at once, and flat floors.
Twin.shaders = {
  boxVertex: `#version 300 es
in vec3 corner; in vec3 normal;
in vec3 origin; in vec3 size; in float yaw; in vec3 colour; in float pattern;
uniform mat4 matrix; uniform int picked;
out vec3 vLocal; out vec3 vSize; out vec3 vNormal; out vec3 vFace; out vec3 vColour;
flat out float vPattern; flat out float vPicked;
void main() {
  vec3 local = corner * size;
  float c = cos(yaw), s = sin(yaw);
  vec3 turned = vec3(c * local.x - s * local.y, s * local.x + c * local.y, local.z);
  vNormal = vec3(c * normal.x - s * normal.y, s * normal.x + c * normal.y, normal.z);
  vFace = normal; vLocal = local; vSize = size; vColour = colour; vPattern = pattern;
  vPicked = gl_InstanceID == picked ? 1.0 : 0.0;
  gl_Position = matrix * vec4(origin + turned, 1.0);
}`,
  boxFragment: `#version 300 es
precision highp float;
in vec3 vLocal; in vec3 vSize; in vec3 vNormal; in vec3 vFace; in vec3 vColour;
flat in float vPattern; flat in float vPicked;
uniform float alpha;
out vec4 result;
float line(float distance, float width) {
  float soft = max(fwidth(distance), 1e-5);
  return 1.0 - smoothstep(width, width + soft, distance);
}
void main() {
  vec3 face = abs(vFace);
  vec2 at = face.z > 0.5 ? vLocal.xy : face.x > 0.5 ? vLocal.yz - vec2(0.0, vSize.z * 0.5)
    : vLocal.xz - vec2(0.0, vSize.z * 0.5);
  vec2 span = face.z > 0.5 ? vSize.xy : face.x > 0.5 ? vSize.yz : vSize.xz;
  vec3 colour = vColour;
  float hatched = mod(vPattern, 2.0), blocked = floor(vPattern / 2.0);
  if (hatched > 0.5) {
    float stripe = abs(fract((at.x + at.y) / 0.24) - 0.5) * 0.24;
    colour = mix(colour, vec3(0.33), line(stripe, 0.035));
  }
  vec3 light = normalize(vec3(-0.35, -0.55, 0.76));
  float bright = 0.66 + 0.34 * max(dot(normalize(vNormal), light), 0.0);
  bright *= vFace.y < -0.5 ? 0.9 : 1.0;
  colour *= face.z > 0.5 ? 1.0 : bright;
  vec2 rim = span * 0.5 - abs(at);
  float edge = min(rim.x, rim.y);
  float wide = max(blocked > 0.5 ? 0.045 : 0.008, 0.0);
  colour = mix(colour, vec3(0.1), line(edge, wide) * 0.85);
  if (blocked > 0.5 && face.z > 0.5) {
    float reach = min(span.x, span.y) * 0.36;
    vec2 centre = at;
    float cross1 = abs(centre.x - centre.y) * 0.7071, cross2 = abs(centre.x + centre.y) * 0.7071;
    float arm = min(cross1, cross2);
    if (max(abs(centre.x), abs(centre.y)) < reach) {
      colour = mix(colour, vec3(1.0), line(arm, 0.07));
      colour = mix(colour, vec3(0.05), line(arm, 0.035));
    }
  }
  if (vPicked > 0.5) {
    colour = mix(colour, vec3(0.0, 0.75, 1.0), 0.25);
    colour = mix(colour, vec3(0.0, 0.62, 0.95), line(edge, 0.07));
  }
  result = vec4(colour, alpha);
}`,
  floorVertex: `#version 300 es
in vec3 corner; uniform mat4 matrix;
void main() { gl_Position = matrix * vec4(corner, 1.0); }`,
  floorFragment: `#version 300 es
precision highp float;
uniform vec3 colour; out vec4 result;
void main() { result = vec4(colour, 1.0); }`,
};
