// Eye-dome lighting: points are darker where neighbours are nearer to the eye. Boucheny, 2009.

import { EVERY_PIXEL, createProgram } from './program.js';

const FRAGMENT = `
precision highp float;
uniform sampler2D u_color;
uniform sampler2D u_depth;
uniform vec3 u_lens; // near, far, and the distance of a view from the top, else 0
uniform vec4 u_background;
uniform float u_strength;
uniform int u_radius;
out vec4 color;

// Logarithm of the distance, so that steps matter relative to it.
float distanceOf(float depth) {
  float z = depth * 2.0 - 1.0;
  if (u_lens.z > 0.0) {
    return (z * (u_lens.y - u_lens.x) + u_lens.y + u_lens.x) / 2.0 / u_lens.z / 0.6931;
  }
  return log2(2.0 * u_lens.y * u_lens.x / (u_lens.y + u_lens.x - z * (u_lens.y - u_lens.x)));
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  float depth = texelFetch(u_depth, at, 0).r;
  if (depth >= 1.0) {
    color = u_background;
    return;
  }
  vec3 own = texelFetch(u_color, at, 0).rgb;
  if (u_strength > 0.0) {
    ivec2 last = textureSize(u_depth, 0) - 1;
    float here = distanceOf(depth);
    float sum = 0.0;
    for (int i = 0; i < 8; i++) {
      float angle = float(i) * 0.785398;
      ivec2 aside = ivec2(round(vec2(cos(angle), sin(angle)) * float(u_radius)));
      float other = texelFetch(u_depth, clamp(at + aside, ivec2(0), last), 0).r;
      sum += other < 1.0 ? max(0.0, here - distanceOf(other)) : 0.0;
    }
    own *= max(exp(-sum / 8.0 * 300.0 * u_strength), 0.2);
  }
  color = vec4(own, 1.0);
}`;

/** The frame buffer that points are drawn to, and the pass from it to the canvas. */
export class EyeDome {
  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    this.gpu = this.compile();
    /** @type {WebGLTexture|null} */
    this.color = null;
    /** @type {WebGLTexture|null} */
    this.depth = null;
    this.size = [0, 0];
  }

  /** Makes what the GPU needs. */
  compile() {
    const { gl } = this;
    return { ...createProgram(gl, EVERY_PIXEL, FRAGMENT), frame: gl.createFramebuffer(), empty: gl.createVertexArray() };
  }

  /** After a lost context. */
  restore() {
    this.gpu = this.compile();
    [this.color, this.depth] = [null, null];
    this.size = [0, 0];
  }

  /** Points are drawn to the frame buffer from here on. @param {number} width @param {number} height */
  begin(width, height) {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.gpu.frame);
    if (this.size[0] !== width || this.size[1] !== height) {
      this.resize(width, height);
    }
    gl.viewport(0, 0, width, height);
    gl.enable(gl.DEPTH_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    const { gl } = this;
    gl.deleteTexture(this.color);
    gl.deleteTexture(this.depth);
    /** @param {number} format @param {number} attachment */
    const attach = (format, attachment) => {
      const texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, attachment, gl.TEXTURE_2D, texture, 0);
      return texture;
    };
    this.color = attach(gl.RGBA8, gl.COLOR_ATTACHMENT0);
    this.depth = attach(gl.DEPTH_COMPONENT24, gl.DEPTH_ATTACHMENT);
    this.size = [width, height];
  }

  /**
   * Draws the frame to the canvas.
   * @param {import('./camera.js').Camera} camera @param {{strength: number, density: number, background: number[]}} look
   */
  end(camera, look) {
    const { gl } = this;
    const { program, uniforms, empty } = this.gpu;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.disable(gl.DEPTH_TEST);
    gl.useProgram(program);
    [this.color, this.depth].forEach((texture, i) => {
      gl.activeTexture(gl.TEXTURE0 + i);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    });
    gl.uniform1i(uniforms.u_color, 0);
    gl.uniform1i(uniforms.u_depth, 1);
    const [near, far] = camera.depths(camera.axes().forward);
    gl.uniform3f(uniforms.u_lens, near, far, camera.isTop ? camera.distance : 0);
    gl.uniform4fv(uniforms.u_background, [...look.background, 255].map((part) => part / 255));
    gl.uniform1f(uniforms.u_strength, look.strength);
    gl.uniform1i(uniforms.u_radius, Math.max(1, Math.round(1.3 * look.density)));
    gl.bindVertexArray(empty);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindVertexArray(null);
  }
}
