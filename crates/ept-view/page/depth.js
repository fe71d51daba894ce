// The depth of what is drawn under a pixel.

import { EVERY_PIXEL, createProgram } from './program.js';

// The nearest depth around the pixel, as 24 bits; alpha is 0 if there is none.
const FRAGMENT = `
precision highp float;
precision highp int;
uniform sampler2D u_depth;
uniform ivec2 u_pixel;
uniform int u_radius;
out vec4 color;
void main() {
  float depth = 1.0;
  ivec2 last = textureSize(u_depth, 0) - 1;
  for (int radius = 0; radius <= u_radius && depth >= 1.0; radius++) {
    for (int y = -radius; y <= radius; y++) {
      for (int x = -radius; x <= radius; x++) {
        depth = min(depth, texelFetch(u_depth, clamp(u_pixel + ivec2(x, y), ivec2(0), last), 0).r);
      }
    }
  }
  uint bits = min(uint(depth * 16777215.0), 16777215u);
  color = vec4(bits & 255u, (bits >> 8) & 255u, bits >> 16, depth < 1.0 ? 255u : 0u) / 255.0;
}`;

/** A texture of one pixel, to which the depth is drawn, since WebGL can't read depth itself. */
export class Depth {
  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    this.gpu = this.compile();
  }

  /** Makes what the GPU needs. */
  compile() {
    const { gl } = this;
    const frame = gl.createFramebuffer();
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 1, 1);
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return { ...createProgram(gl, EVERY_PIXEL, FRAGMENT), frame, empty: gl.createVertexArray() };
  }

  /** After a lost context. */
  restore() {
    this.gpu = this.compile();
  }

  /**
   * The nearest depth at a pixel or up to `radius` pixels around it, 0 to 1. `null` if nothing is drawn there.
   * @param {WebGLTexture|null} depth @param {[number, number]} pixel of the texture, from its lower left corner @param {number} radius
   * @returns {number|null}
   */
  at(depth, pixel, radius) {
    const { gl } = this;
    if (!depth || gl.isContextLost()) {
      return null;
    }
    const { program, uniforms, frame, empty } = this.gpu;
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.viewport(0, 0, 1, 1);
    gl.disable(gl.DEPTH_TEST);
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, depth);
    gl.uniform1i(uniforms.u_depth, 0);
    gl.uniform2i(uniforms.u_pixel, Math.floor(pixel[0]), Math.floor(pixel[1]));
    gl.uniform1i(uniforms.u_radius, radius);
    gl.bindVertexArray(empty);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindVertexArray(null);
    const bytes = new Uint8Array(4);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const bits = bytes[0] + 256 * bytes[1] + 65536 * bytes[2];
    return bytes[3] > 0 ? bits / 16_777_215 : null;
  }
}
