// The classes of the points: which are shown.

import { button, byId, made, swatch } from './elements.js';
import { short } from './format.js';

/**
 * @param {import('./server.js').Dataset} dataset @param {import('./state.js').State} state
 * @param {Set<number>} seen classes of points that were received
 * @returns {() => void} shows the classes again
 */
export function startClasses(dataset, state, seen) {
  const { classes } = dataset;
  const list = byId('classes');
  const section = list.closest('section');
  if (section) {
    section.hidden = classes.length === 0;
  }
  const boxes = classes.map((kind) => {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.addEventListener('change', () => {
      const hidden = new Set(state.hidden);
      if (box.checked) {
        hidden.delete(kind.code);
      } else {
        hidden.add(kind.code);
      }
      state.change({ hidden });
    });
    const label = document.createElement('label');
    const name = made('span', kind.name, 'name');
    name.title = kind.name;
    const points = made('span', kind.points === null ? '' : short(kind.points), 'points');
    label.append(box, swatch(kind.color), made('span', String(kind.code), 'code'), name, points);
    const item = document.createElement('li');
    item.append(label);
    list.append(item);
    return { box, item, kind };
  });
  button('classes-all').addEventListener('click', () => state.change({ hidden: new Set() }));
  button('classes-none').addEventListener('click', () => {
    // Codes that are not in the list are hidden too: nothing means nothing.
    state.change({ hidden: new Set(Array.from({ length: 256 }, (_, code) => code)) });
  });
  const show = () => {
    for (const { box, item, kind } of boxes) {
      box.checked = !state.hidden.has(kind.code);
      // If the dataset does not say which classes it has, those are listed that have come.
      item.hidden = kind.points === null && !seen.has(kind.code);
    }
  };
  state.onChange(show);
  show();
  let count = seen.size;
  return () => {
    if (seen.size !== count) {
      count = seen.size;
      show();
    }
  };
}

/** The classes that are shown; `null` if all are. @param {import('./server.js').Dataset} dataset @param {Set<number>} hidden @returns {number[]|null} */
export function shownClasses(dataset, hidden) {
  const isAny = dataset.classes.some(({ code }) => hidden.has(code));
  return isAny ? dataset.classes.map(({ code }) => code).filter((code) => !hidden.has(code)) : null;
}
