// The legend: what colours mean, and the limits of the ramp.

import { button, byId, element, input, made, swatch } from './elements.js';
import { withStep } from './format.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./server.js').Dataset} Dataset */

const NAMES = {
  rgb: 'RGB',
  height: 'Height',
  intensity: 'Intensity',
  class: 'Class',
  return: 'Return number',
  source: 'Source',
  time: 'GPS time',
};
/** Steps of the sliders. */
const STEPS = 1000;
/** Returns in the legend: formats of LAS have up to 15, flights rarely more than these. */
const RETURNS = 7;

export class Legend {
  /** @param {Dataset} dataset @param {State} state */
  constructor(dataset, state) {
    this.dataset = dataset;
    this.state = state;
    this.select = element('color', HTMLSelectElement);
    this.sliders = { low: input('ramp-low'), high: input('ramp-high') };
    this.fields = { low: input('low'), high: input('high') };
    for (const color of dataset.colors) {
      const option = made('option', NAMES[/** @type {keyof typeof NAMES} */ (color)] ?? color);
      option.setAttribute('value', color);
      this.select.append(option);
    }
    this.select.addEventListener('change', () => state.change({ color: this.select.value }));
    for (const end of /** @type {const} */ (['low', 'high'])) {
      this.sliders[end].addEventListener('input', () => this.set(end, this.fromSlider(end)));
      this.fields[end].addEventListener('change', () => this.set(end, this.fields[end].valueAsNumber));
    }
    button('ramp-reset').addEventListener('click', () => {
      const { [state.color]: _, ...limits } = state.limits;
      state.change({ limits });
    });
    this.drawRamp();
    state.onChange(() => this.show());
    this.show();
  }

  /** Present limits of the ramp. @returns {[number, number]|undefined} */
  limits() {
    const { color, limits } = this.state;
    return limits[color] ?? this.dataset.limits[color];
  }

  /** What the sliders reach. @returns {[number, number]} */
  reach() {
    const [low, high] = this.dataset.limits[this.state.color] ?? [0, 1];
    const margin = Math.max(high - low, 1e-9) / 2;
    if (this.state.color === 'height') {
      const { conforming } = this.dataset;
      return [Math.min(conforming[2], low), Math.max(conforming[5], high, low + 2 * margin)];
    }
    return [low >= 0 ? Math.max(low - margin, 0) : low - margin, high + margin];
  }

  /** @param {'low'|'high'} end @returns {number} */
  fromSlider(end) {
    const [from, to] = this.reach();
    return from + ((to - from) * this.sliders[end].valueAsNumber) / STEPS;
  }

  /** @param {'low'|'high'} end @param {number} value */
  set(end, value) {
    const limits = this.limits();
    if (!limits || !Number.isFinite(value)) {
      this.show();
      return;
    }
    const [from, to] = this.reach();
    const least = (to - from) / STEPS;
    const [low, high] = end === 'low' ? [Math.min(value, limits[1] - least), limits[1]] : [limits[0], Math.max(value, limits[0] + least)];
    this.state.change({ limits: { ...this.state.limits, [this.state.color]: [low, high] } });
  }

  show() {
    const { color } = this.state;
    this.select.value = color;
    const limits = this.limits();
    byId('ramp').hidden = !limits;
    if (limits) {
      const [from, to] = this.reach();
      limits.forEach((limit, i) => {
        const end = i === 0 ? 'low' : 'high';
        this.sliders[end].value = String(((limit - from) / (to - from)) * STEPS);
        this.sliders[end].setAttribute('aria-valuetext', withStep(limit, (to - from) / STEPS));
        this.fields[end].value = withStep(limit, (to - from) / STEPS);
      });
      this.drawRamp();
    }
    this.showPalette(color);
  }

  /** @param {string} color */
  showPalette(color) {
    const list = byId('palette');
    list.hidden = color !== 'return' && color !== 'source';
    const { palette } = this.dataset;
    if (color === 'return') {
      list.replaceChildren(...Array.from({ length: RETURNS }, (_, i) => entry(palette[(i + 1) % palette.length], String(i + 1))));
    } else if (color === 'source') {
      list.replaceChildren(made('li', `Each source has a colour, which repeats after ${palette.length}.`, 'quiet'));
    }
  }

  /** The ramp over what the sliders reach. */
  drawRamp() {
    const { ramp } = this.dataset;
    const canvas = element('ramp-bar', HTMLCanvasElement);
    const context = canvas.getContext('2d');
    const limits = this.limits();
    if (!context || !limits) {
      return;
    }
    const [from, to] = this.reach();
    for (let x = 0; x < canvas.width; x++) {
      const value = from + ((to - from) * (x + 0.5)) / canvas.width;
      const part = Math.min(Math.max((value - limits[0]) / (limits[1] - limits[0]), 0), 1);
      context.fillStyle = `rgb(${ramp[Math.round(part * (ramp.length - 1))].join(' ')})`;
      context.fillRect(x, 0, 1, 1);
    }
  }
}

/** @param {number[]} color @param {string} text */
function entry(color, text) {
  const item = document.createElement('li');
  item.append(swatch(color), text);
  return item;
}
