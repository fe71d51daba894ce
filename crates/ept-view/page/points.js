// Draws the points of tiles.

import { createProgram, createRow, fillRow } from './program.js';
import { minus } from './vector.js';

/** @typedef {import('./tiles.js').Tile} Tile */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./server.js').Dataset} Dataset */
/**
 * How points look.
 * @typedef {object} Style
 * @property {string} color
 * @property {Record<string, [number, number]>} limits of ramps
 * @property {Set<number>} hidden classes
 * @property {[number, number][]|null} clip corners of the area outside of which nothing is drawn
 * @property {number} size factor of the size of points
 * @property {number} density pixels of the screen per CSS pixel
 */

/** Corners of a clip, as in the shader. */
export const MOST_CORNERS = 64;

const VERTEX = `
precision highp float;
precision highp int;
layout(location = 0) in vec3 a_position;
layout(location = 1) in uvec2 a_labels;
layout(location = 2) in vec3 a_rgb;
layout(location = 3) in float a_value;
uniform mat4 u_matrix;
uniform vec3 u_step; // lengths of a count
uniform vec3 u_centre; // of the cell, from the origin
uniform float u_sizes[8];
uniform vec2 u_range;
uniform int u_mode;
uniform float u_height; // of the origin, above the least limit
uniform vec2 u_limits;
uniform sampler2D u_ramp;
uniform sampler2D u_classes;
uniform sampler2D u_palette;
uniform int u_corners;
uniform vec2 u_clip[${MOST_CORNERS}];
out vec3 v_color;
flat out int v_isRound;

bool isClipped(vec2 place) {
  bool inside = u_corners == 0;
  for (int i = 0, j = u_corners - 1; i < u_corners; j = i++) {
    vec2 a = u_clip[i], b = u_clip[j];
    if ((a.y > place.y) != (b.y > place.y)
      && place.x < (b.x - a.x) * (place.y - a.y) / (b.y - a.y) + a.x) {
      inside = !inside;
    }
  }
  return !inside;
}

vec3 ramp(float value) {
  float part = clamp((value - u_limits.x) * u_limits.y, 0.0, 1.0);
  return texelFetch(u_ramp, ivec2(int(part * 255.0 + 0.5), 0), 0).rgb;
}

void main() {
  vec4 kind = texelFetch(u_classes, ivec2(int(a_labels.x), 0), 0);
  vec3 place = u_step * a_position;
  if (kind.a < 0.5 || isClipped(place.xy)) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 1.0;
    v_color = vec3(0.0);
    v_isRound = 0;
    return;
  }
  gl_Position = u_matrix * vec4(a_position, 1.0);
  ivec3 upper = ivec3(step(u_centre, place));
  float size = u_sizes[upper.x + 2 * upper.y + 4 * upper.z] / gl_Position.w;
  gl_PointSize = clamp(size, u_range.x, u_range.y);
  v_isRound = gl_PointSize > 3.0 ? 1 : 0;
  if (u_mode == 0) {
    v_color = a_rgb;
  } else if (u_mode == 1) {
    v_color = ramp(a_value);
  } else if (u_mode == 2) {
    v_color = ramp(u_height + place.z);
  } else if (u_mode == 3) {
    v_color = kind.rgb;
  } else {
    int number = u_mode == 4 ? int(a_labels.y & 15u) : int(a_value);
    v_color = texelFetch(u_palette, ivec2(number & 15, 0), 0).rgb;
  }
}`;

const FRAGMENT = `
precision mediump float;
in vec3 v_color;
flat in int v_isRound;
out vec4 color;
void main() {
  vec2 aside = gl_PointCoord - 0.5;
  if (v_isRound == 1 && dot(aside, aside) > 0.25) {
    discard;
  }
  color = vec4(v_color, 1.0);
}`;

const MODES = { rgb: 0, intensity: 1, time: 1, height: 2, class: 3, return: 4, source: 5 };
/** Colours that every tile has, whatever values it was requested with. */
const COMMON = ['height', 'class', 'return'];

/** Whether a colour needs values of its own in tiles. @param {string} color */
export function needsValues(color) {
  return !COMMON.includes(color);
}

export class Points {
  /** @param {WebGL2RenderingContext} gl @param {Dataset} dataset */
  constructor(gl, dataset) {
    this.gl = gl;
    this.dataset = dataset;
    this.gpu = this.compile();
    /** @type {Set<number>|null} */
    this.hidden = null;
  }

  /** Makes what the GPU needs. */
  compile() {
    const { gl, dataset } = this;
    const [ramp, classes, palette] = [createRow(gl), createRow(gl), createRow(gl)];
    fillRow(gl, ramp, dataset.ramp);
    fillRow(gl, palette, dataset.palette);
    return { ...createProgram(gl, VERTEX, FRAGMENT), ramp, classes, palette };
  }

  /** After a lost context. */
  restore() {
    this.gpu = this.compile();
    this.hidden = null;
  }

  /** @param {Set<number>} hidden */
  setHidden(hidden) {
    if (hidden === this.hidden) {
      return;
    }
    this.hidden = hidden;
    const colors = Array.from({ length: 256 }, (_, code) => [150, 150, 150, hidden.has(code) ? 0 : 255]);
    for (const { code, color } of this.dataset.classes) {
      colors[code] = [color[0], color[1], color[2], colors[code][3]];
    }
    fillRow(this.gl, this.gpu.classes, colors);
  }

  /** Draws tiles to the current frame buffer. @param {Tile[]} tiles @param {Camera} camera @param {Style} style */
  draw(tiles, camera, style) {
    const { gl } = this;
    const { program, uniforms: at, ramp, classes, palette } = this.gpu;
    this.setHidden(style.hidden);
    gl.useProgram(program);
    [ramp, classes, palette].forEach((texture, i) => {
      gl.activeTexture(gl.TEXTURE0 + i);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    });
    gl.uniform1i(at.u_ramp, 0);
    gl.uniform1i(at.u_classes, 1);
    gl.uniform1i(at.u_palette, 2);
    const least = Math.max(1.4 * style.density * Math.min(style.size, 1.4), 1);
    gl.uniform2f(at.u_range, least, Math.max(16 * style.density * style.size, least));
    const rows = camera.rows();
    const pixels = camera.pixels() * camera.scale[0] * style.density * style.size * 1.3;
    for (const tile of tiles) {
      if (tile.count === 0) {
        continue;
      }
      this.drawTile(tile, style, at, camera.cellMatrix(rows, tile.origin, tile.step), pixels);
    }
    gl.bindVertexArray(null);
  }

  /**
   * @param {Tile} tile @param {Style} style @param {Record<string, WebGLUniformLocation|null>} at
   * @param {Float32Array} matrix @param {number} pixels of a unit
   */
  drawTile(tile, style, at, matrix, pixels) {
    const { gl } = this;
    // Until its own values have come, a tile keeps the colours that it has.
    const color = needsValues(style.color) ? tile.payload : style.color;
    const mode = MODES[/** @type {keyof typeof MODES} */ (color)] ?? 0;
    gl.uniformMatrix4fv(at.u_matrix, false, matrix);
    gl.uniform1fv(at.u_sizes, tile.sizes.map((size) => size * pixels));
    gl.uniform1i(at.u_mode, mode);
    const [low, high] = style.limits[color] ?? [0, 1];
    // Times are relative to the least limit of the dataset, heights to the least limit of the ramp: `f32` is exact enough for them.
    const base = color === 'time' ? (this.dataset.limits.time?.[0] ?? 0) : color === 'height' ? low : 0;
    gl.uniform1f(at.u_height, tile.origin[2] - base);
    gl.uniform3fv(at.u_step, tile.step);
    gl.uniform3fv(at.u_centre, minus(tile.centre, tile.origin));
    gl.uniform2f(at.u_limits, low - base, 1 / Math.max(high - low, 1e-12));
    const corners = style.clip ?? [];
    gl.uniform1i(at.u_corners, corners.length);
    if (corners.length > 0) {
      gl.uniform2fv(at.u_clip, corners.flatMap(([x, y]) => [x - tile.origin[0], y - tile.origin[1]]));
    }
    gl.bindVertexArray(tile.array);
    gl.drawArrays(gl.POINTS, 0, tile.count);
  }
}
