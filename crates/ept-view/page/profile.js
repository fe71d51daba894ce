// A profile: the points along a line, seen from the side. Distances are in metres, heights in the unit of the CRS.

import { byId, element, input, onClose } from './elements.js';
import { grouped } from './format.js';
import { isAbort, post, sentence } from './server.js';
import { between, minus, scaled } from './vector.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */
/** @typedef {import('./server.js').ProfileData} ProfileData */

/** Points that are read for a plot: those around the line, of which few may be within its width. */
const BUDGET = 500_000;
/** Pixels around the plot, for its axes: left, right, top, bottom. */
const MARGIN = [58, 12, 8, 22];

export class Profile {
  /**
   * @param {import('./server.js').Dataset} dataset @param {import('./state.js').State} state
   * @param {Vec3} scale @param {import('./format.js').Units} units @param {() => void} onChange
   */
  constructor(dataset, state, scale, units, onChange) {
    this.name = 'profile';
    this.hint = 'Click the two ends of the line';
    this.dataset = dataset;
    this.state = state;
    this.scale = scale;
    this.units = units;
    this.onChange = onChange;
    /** @type {Vec3[]} */
    this.line = [];
    /** @type {Vec3|null} */
    this.next = null;
    /** @type {ProfileData|null} */
    this.data = null;
    /** @type {AbortController|null} */
    this.request = null;
    /** Distance along the line under the pointer. @type {number|null} */
    this.at = null;
    this.canvas = element('profile-plot', HTMLCanvasElement);
    this.width = input('profile-width');
    this.width.addEventListener('change', () => this.load());
    onClose(byId('profile'), () => this.close());
    this.canvas.addEventListener('pointermove', (event) => this.point(event));
    this.canvas.addEventListener('pointerleave', () => this.leave());
    new ResizeObserver(() => this.plot()).observe(this.canvas);
    state.onChange(() => this.plot());
  }

  /** @param {Vec3} place */
  click(place) {
    if (this.line.length !== 1) {
      this.close();
      this.line = [place];
      return;
    }
    const length = Math.hypot(...scaled(minus(place, this.line[0]), this.scale).slice(0, 2));
    if (length > 0) {
      this.line = [this.line[0], place];
      this.next = null;
      if (!(this.width.valueAsNumber > 0)) {
        this.width.value = String(Number(((length * (this.units.metres ?? 1)) / 50).toPrecision(1)));
      }
      this.load();
    }
  }

  /** @param {Vec3} place */
  move(place) {
    this.next = this.line.length === 1 ? place : null;
  }

  /** Half a line is forgotten, a profile is kept until it is closed. */
  cancel() {
    this.next = null;
    if (this.line.length === 1) {
      this.line = [];
    }
  }

  close() {
    this.request?.abort();
    this.line = [];
    this.next = null;
    this.data = null;
    this.at = null;
    byId('profile').hidden = true;
    this.onChange();
  }

  async load() {
    const width = this.width.valueAsNumber;
    if (this.line.length < 2 || !(width > 0)) {
      return;
    }
    this.request?.abort();
    this.request = new AbortController();
    const line = this.line.map(([x, y]) => [x, y]);
    byId('profile').hidden = false;
    this.say('Reading');
    element('profile-csv', HTMLAnchorElement).href = `profile.csv?line=${line.flat().join(',')}&width=${width}`;
    try {
      this.data = await post('profile', { line, width, budget: BUDGET }, this.request.signal);
      this.summary();
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this.data = null;
      this.say(sentence(error));
    }
    this.plot();
    this.onChange();
  }

  summary() {
    const { data } = this;
    if (data) {
      this.say(`${grouped(data.points.length)} points · depth ${data.depth} · ${grouped(data.length, 1)} m`);
    }
  }

  /** @param {string} text */
  say(text) {
    byId('profile-readout').textContent = text;
  }

  /** What the plot shows: least and greatest distance and height. */
  reach() {
    const points = this.data?.points ?? [];
    let [low, high] = [Infinity, -Infinity];
    for (const [, z] of points) {
      low = Math.min(low, z);
      high = Math.max(high, z);
    }
    const isAny = low <= high;
    const margin = isAny ? Math.max((high - low) * 0.05, 1e-3) : 1;
    return { length: Math.max(this.data?.length ?? 1, 1e-9), low: isAny ? low - margin : 0, high: isAny ? high + margin : 1 };
  }

  plot() {
    const { canvas, data, state, dataset } = this;
    const context = canvas.getContext('2d');
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!context || !data || width === 0) {
      return;
    }
    const density = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    context.scale(density, density);
    const { x, y, reach } = this.axes(width, height);
    this.drawAxes(context, x, y, reach, width, height);
    const colors = new Map(dataset.classes.map(({ code, color }) => [code, color]));
    const [least, most] = state.limits.height ?? dataset.limits.height ?? [reach.low, reach.high];
    for (const [distance, z, kind, red, green, blue] of data.points) {
      if (state.hidden.has(kind)) {
        continue;
      }
      const part = Math.min(Math.max((z - least) / (most - least), 0), 1);
      const isRgb = state.color === 'rgb' && red !== undefined && red !== null;
      const color = state.color === 'class' ? (colors.get(kind) ?? [150, 150, 150]) : isRgb ? [red, green, blue] : dataset.ramp[Math.round(part * 255)];
      context.fillStyle = `rgb(${color.join(' ')})`;
      context.fillRect(x(distance) - 0.75, y(z) - 0.75, 1.5, 1.5);
    }
  }

  /** Where distances and heights are in the plot. @param {number} width @param {number} height */
  axes(width, height) {
    const reach = this.reach();
    const [left, right, top, bottom] = MARGIN;
    /** @param {number} distance */
    const x = (distance) => left + (distance / reach.length) * (width - left - right);
    /** @param {number} z */
    const y = (z) => height - bottom - ((z - reach.low) / (reach.high - reach.low)) * (height - top - bottom);
    return { x, y, reach };
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {(distance: number) => number} x @param {(z: number) => number} y
   * @param {{length: number, low: number, high: number}} reach @param {number} width @param {number} height
   */
  drawAxes(context, x, y, reach, width, height) {
    const style = getComputedStyle(this.canvas);
    const [left, right] = MARGIN;
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = style.getPropertyValue('--quiet');
    context.strokeStyle = style.getPropertyValue('--line');
    context.lineWidth = 1;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const z of ticks(reach.low, reach.high, Math.max(height / 45, 2))) {
      const at = Math.round(y(z)) + 0.5;
      context.beginPath();
      context.moveTo(left, at);
      context.lineTo(width - right, at);
      context.stroke();
      context.fillText(`${z} ${this.units.name}`, left - 6, at);
    }
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const distance of ticks(0, reach.length, Math.max(width / 110, 2))) {
      context.fillText(`${distance} m`, Math.min(x(distance), width - right - 8), height - MARGIN[3] + 6);
    }
  }

  /** @param {PointerEvent} event */
  point(event) {
    const { data, canvas } = this;
    if (!data) {
      return;
    }
    const { x, y, reach } = this.axes(canvas.clientWidth, canvas.clientHeight);
    let [best, nearest] = [/** @type {number[]|null} */ (null), 400];
    for (const point of data.points) {
      const apart = (x(point[0]) - event.offsetX) ** 2 + (y(point[1]) - event.offsetY) ** 2;
      if (apart < nearest && !this.state.hidden.has(point[2])) {
        [best, nearest] = [point, apart];
      }
    }
    const distance = best ? best[0] : x(0) < event.offsetX ? ((event.offsetX - x(0)) / (x(reach.length) - x(0))) * reach.length : 0;
    this.at = Math.min(distance, reach.length) / reach.length;
    const kind = best && this.dataset.classes.find(({ code }) => code === best[2])?.name;
    const height = best ? ` · ${best[1].toFixed(2)} ${this.units.name}` : '';
    this.say(`${grouped(distance, 2)} m${height}${kind ? ` · ${kind}` : ''}`);
    this.onChange();
  }

  leave() {
    this.at = null;
    this.summary();
    this.onChange();
  }

  /** @param {import('./overlay.js').Overlay} overlay */
  draw(overlay) {
    const line = [...this.line, ...(this.next ? [this.next] : [])];
    if (line.length > 1) {
      overlay.line(line);
    }
    line.slice(0, 2).forEach((place) => overlay.dot(place));
    if (this.at !== null && this.line.length === 2) {
      overlay.dot(between(this.line[0], this.line[1], this.at), undefined, 6);
    }
  }
}

/** Round numbers from low to high, about as many as wanted. @param {number} low @param {number} high @param {number} wanted @returns {number[]} */
export function ticks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
