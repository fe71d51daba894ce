// Tiles that can't be read: a list, and red boxes where their points would be.

import { byId, made } from './elements.js';

/** @typedef {import('./server.js').Loss} Loss */

export class Losses {
  /** @param {(cell: number[]) => void} goTo */
  constructor(goTo) {
    this.goTo = goTo;
    /** @type {Loss[]} */
    this.list = [];
    this.text = '';
  }

  /** @param {Loss[]} list */
  set(list) {
    this.list = list;
    const text = list.map(({ key, error }) => `${key} ${error}`).join('\n');
    if (text === this.text) {
      return;
    }
    this.text = text;
    const details = byId('losses');
    if (details instanceof HTMLDetailsElement && details.hidden) {
      details.open = true;
    }
    details.hidden = list.length === 0;
    byId('losses-count').textContent = String(list.length);
    byId('losses-list').replaceChildren(
      ...list.map(({ key, cell, error }) => {
        const item = document.createElement('li');
        const there = made('button', key, 'text');
        there.setAttribute('type', 'button');
        there.title = 'Go there';
        there.addEventListener('click', () => this.goTo(cell));
        item.append(there, ` ${error}`);
        return item;
      }),
    );
  }

  /** @param {import('./overlay.js').Overlay} overlay */
  draw(overlay) {
    for (const { cell } of this.list) {
      overlay.box(cell, { color: overlay.colors?.danger, width: 2 });
    }
  }
}
