// Lines and labels over the points, on a canvas of its own.

/** @typedef {import('./vector.js').Vec3} Vec3 */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {{color?: string, width?: number, dash?: number[], isClosed?: boolean}} Line */

export class Overlay {
  /** @param {HTMLCanvasElement} canvas @param {Camera} camera */
  constructor(canvas, camera) {
    this.canvas = canvas;
    this.camera = camera;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    /** @type {number[][]} */
    this.rows = [];
    this.readTheme();
  }

  /** Takes colours from the style sheet. */
  readTheme() {
    const style = getComputedStyle(this.canvas);
    /** @param {string} name */
    const color = (name) => style.getPropertyValue(name).trim();
    this.colors = { accent: color('--accent'), danger: color('--danger'), text: color('--ink'), halo: color('--panel') };
  }

  /** Starts a frame. */
  begin() {
    const { canvas, camera, context } = this;
    const density = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(camera.width * density), Math.round(camera.height * density)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, camera.width, camera.height);
    context.lineJoin = 'round';
    context.lineCap = 'round';
    this.rows = camera.rows();
  }

  /** A line through points of the dataset. What is behind the eye is cut off. @param {Vec3[]} points @param {Line} [line] */
  line(points, line = {}) {
    const { context, camera } = this;
    const at = points.map((point) => camera.clip(point, this.rows));
    const path = new Path2D();
    const last = at.length - (line.isClosed ? 0 : 1);
    for (let i = 0; i < last; i++) {
      const ends = inFront(at[i], at[(i + 1) % at.length]);
      if (ends) {
        const [from, to] = ends.map(([x, y, , w]) => camera.pixel(x / w, y / w));
        path.moveTo(...from);
        path.lineTo(...to);
      }
    }
    const width = line.width ?? 2;
    context.setLineDash([]);
    context.globalAlpha = 0.55;
    context.strokeStyle = this.colors?.halo ?? '';
    context.lineWidth = width + 2;
    context.stroke(path);
    context.globalAlpha = 1;
    context.setLineDash(line.dash ?? []);
    context.strokeStyle = line.color ?? this.colors?.accent ?? '';
    context.lineWidth = width;
    context.stroke(path);
    context.setLineDash([]);
  }

  /** The twelve edges of a box. @param {number[]} box @param {Line} line */
  box(box, line) {
    const [a, b, c, d, e, f] = box;
    this.line([[a, b, c], [d, b, c], [d, e, c], [a, e, c]], { ...line, isClosed: true });
    this.line([[a, b, f], [d, b, f], [d, e, f], [a, e, f]], { ...line, isClosed: true });
    for (const [x, y] of [[a, b], [d, b], [d, e], [a, e]]) {
      this.line([[x, y, c], [x, y, f]], line);
    }
  }

  /** A dot at a point. @param {Vec3} point @param {string} [color] @param {number} [radius] */
  dot(point, color, radius = 4) {
    const pixel = this.camera.project(point);
    if (pixel) {
      const { context } = this;
      context.beginPath();
      context.arc(...pixel, radius, 0, 2 * Math.PI);
      context.fillStyle = color ?? this.colors?.accent ?? '';
      context.strokeStyle = this.colors?.halo ?? '';
      context.lineWidth = 2;
      context.stroke();
      context.fill();
    }
  }

  /** Text above a point. @param {Vec3} point @param {string} text */
  label(point, text) {
    const pixel = this.camera.project(point);
    if (!pixel) {
      return;
    }
    const { context } = this;
    context.font = '600 12px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    const half = context.measureText(text).width / 2 + 6;
    const [x, y] = [pixel[0], pixel[1] - 9];
    context.fillStyle = this.colors?.halo ?? '';
    context.globalAlpha = 0.9;
    context.beginPath();
    context.roundRect(x - half, y - 17, 2 * half, 20, 4);
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = this.colors?.text ?? '';
    context.fillText(text, x, y);
  }
}

/** The part of a line in clip space that is in front of the eye. @param {number[]} a @param {number[]} b @returns {[number[], number[]]|null} */
function inFront(a, b) {
  const LEAST = 1e-6 * Math.max(Math.abs(a[3]), Math.abs(b[3]));
  if (a[3] < LEAST && b[3] < LEAST) {
    return null;
  }
  /** @param {number[]} from @param {number[]} to */
  const cut = (from, to) => {
    const part = (LEAST - from[3]) / (to[3] - from[3]);
    return from.map((value, i) => value + (to[i] - value) * part);
  };
  return [a[3] < LEAST ? cut(a, b) : a, b[3] < LEAST ? cut(b, a) : b];
}
