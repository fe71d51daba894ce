// How much is drawn, and how.

import { element, input } from './elements.js';
import { short } from './format.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Shown} Shown */
/**
 * @typedef {object} Setting
 * @property {string} id of its slider
 * @property {() => number} read
 * @property {(value: number) => Partial<Shown>} write
 * @property {() => string} text
 */

/** @param {State} state */
export function startSettings(state) {
  const deepest = input('depth').max;
  /** @type {Setting[]} */
  const settings = [
    {
      id: 'budget',
      read: () => Math.log10(state.budget),
      write: (value) => ({ budget: Math.round(10 ** value / 1000) * 1000 }),
      text: () => short(state.budget),
    },
    {
      id: 'depth',
      read: () => state.depth ?? Number(deepest),
      write: (value) => ({ depth: value >= Number(deepest) ? null : value }),
      text: () => (state.depth === null ? 'any' : String(state.depth)),
    },
    { id: 'size', read: () => state.size, write: (size) => ({ size }), text: () => `${Math.round(state.size * 100)} %` },
    { id: 'strength', read: () => state.strength, write: (strength) => ({ strength }), text: () => `${Math.round(state.strength * 100)} %` },
    { id: 'stretch', read: () => state.stretch, write: (stretch) => ({ stretch }), text: () => `${state.stretch} ×` },
  ];
  for (const { id, write } of settings) {
    const slider = input(id);
    slider.addEventListener('input', () => state.change(write(slider.valueAsNumber)));
  }
  const show = () => {
    for (const { id, read, text } of settings) {
      input(id).value = String(read());
      input(id).setAttribute('aria-valuetext', text());
      element(`${id}-value`, HTMLOutputElement).textContent = text();
    }
  };
  state.onChange(show);
  show();
}
