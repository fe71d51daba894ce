// The part of the address after #: camera and state, so that a link shows the same picture.

import { MOST_CORNERS } from './points.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Shown} Shown */
/** @typedef {import('./camera.js').Camera} Camera */

/** Digits that are exact enough for a link. @param {number} number */
const brief = (number) => String(Number(number.toPrecision(12)));
/** @param {number[]} numbers */
const list = (numbers) => numbers.map(brief).join(',');

/** @param {State} state @param {Camera} camera @returns {string} */
export function write(state, camera) {
  const parts = [`at=${list(camera.target)}`, `view=${list([camera.distance, camera.heading, camera.tilt])}`];
  if (camera.isTop) {
    parts.push('top');
  }
  parts.push(`color=${state.color}`);
  for (const [name, limits] of Object.entries(state.limits)) {
    parts.push(`${name}=${list(limits)}`);
  }
  if (state.hidden.size > 0) {
    parts.push(`hide=${[...state.hidden].sort((a, b) => a - b).join(',')}`);
  }
  if (state.clip) {
    parts.push('box' in state.clip ? `box=${list(state.clip.box)}` : `polygon=${list(state.clip.polygon.flat())}`);
  }
  for (const name of /** @type {const} */ (['budget', 'size', 'strength', 'stretch', 'depth'])) {
    const value = state[name];
    if (value !== state.start[name] && value !== null) {
      parts.push(`${name}=${brief(value)}`);
    }
  }
  return `#${parts.join('&')}`;
}

/**
 * Takes camera and state from a link. Whatever is not valid is left out.
 * @param {string} hash @param {State} state @param {Camera} camera @param {import('./server.js').Dataset} dataset
 * @returns {boolean} whether it has a camera
 */
export function read(hash, state, camera, dataset) {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  /** Numbers of a part; `null` unless it has that many. @param {string} name @param {number} [count] */
  const numbers = (name, count) => {
    const values = (parts.get(name) ?? '').split(',').map((text) => (text.trim() === '' ? NaN : Number(text)));
    const isRight = values.every(Number.isFinite) && (count === undefined || values.length === count);
    return isRight ? values : null;
  };
  /** @type {Shown} */
  const shown = { ...state.start, limits: {}, hidden: new Set(numbers('hide') ?? []) };
  const color = parts.get('color') ?? '';
  if (dataset.colors.includes(color)) {
    shown.color = color;
  }
  for (const name of Object.keys(dataset.limits)) {
    const limits = numbers(name, 2);
    if (limits && limits[0] < limits[1]) {
      shown.limits[name] = [limits[0], limits[1]];
    }
  }
  const [box, polygon] = [numbers('box', 4), numbers('polygon')];
  if (box && box[0] < box[2] && box[1] < box[3]) {
    shown.clip = { box: [box[0], box[1], box[2], box[3]] };
  } else if (polygon && polygon.length % 2 === 0 && polygon.length >= 6 && polygon.length <= 2 * MOST_CORNERS) {
    const corners = polygon.flatMap((x, i) => (i % 2 === 0 ? [/** @type {[number, number]} */ ([x, polygon[i + 1]])] : []));
    shown.clip = { polygon: corners };
  }
  /** @type {[('budget'|'size'|'strength'|'stretch'|'depth'), number, number][]} */
  const ranges = [['budget', 10_000, 20_000_000], ['size', 0.2, 5], ['strength', 0, 1], ['stretch', 0.1, 20], ['depth', 0, 64]];
  for (const [name, least, most] of ranges) {
    const value = numbers(name, 1)?.[0];
    if (value !== undefined && value >= least && value <= most) {
      shown[name] = value;
    }
  }
  state.change(shown);
  const [at, view] = [numbers('at', 3), numbers('view', 3)];
  if (!at || !view || !(view[0] > 0)) {
    return false;
  }
  const [distance, heading, tilt] = view;
  camera.take({ target: [at[0], at[1], at[2]], distance, heading, tilt, isTop: parts.has('top') });
  return true;
}
