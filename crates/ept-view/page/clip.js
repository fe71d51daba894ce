// The clip: a box or polygon, outside of which nothing is drawn, and the command that writes the points inside.

import { shownClasses } from './classes.js';
import { button, byId, copy, input } from './elements.js';
import { MOST_CORNERS } from './points.js';
import { isAbort, post, sentence } from './server.js';
import { corners } from './stage.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */
/** @typedef {import('./overlay.js').Overlay} Overlay */

/** Milliseconds after the last change until the command is requested. */
const PAUSE = 200;

/** The panel of the clip. */
export class Clip {
  /** @param {import('./server.js').Dataset} dataset @param {import('./state.js').State} state */
  constructor(dataset, state) {
    this.dataset = dataset;
    this.state = state;
    this.fields = [0, 1, 2, 3].map((i) => input(`clip-${i}`));
    this.fields.forEach((field) => field.addEventListener('change', () => this.enter()));
    button('clip-clear').addEventListener('click', () => state.change({ clip: null }));
    button('command-copy').addEventListener('click', () => this.copy());
    this.asked = '';
    /** @type {AbortController|null} */
    this.request = null;
    state.onChange(() => this.show());
    this.show();
  }

  /** Takes the box from the fields, once all of them have numbers. */
  enter() {
    const [minx, miny, maxx, maxy] = this.fields.map((field) => field.valueAsNumber);
    if (minx < maxx && miny < maxy) {
      this.state.change({ clip: { box: [minx, miny, maxx, maxy] } });
    }
  }

  show() {
    const { clip, hidden } = this.state;
    button('clip-clear').hidden = !clip;
    byId('clip-none').hidden = clip !== null;
    if (clip && 'box' in clip) {
      clip.box.forEach((value, i) => (this.fields[i].value = String(value)));
    } else if (this.asked !== '' || clip) {
      this.fields.forEach((field) => (field.value = ''));
    }
    byId('command').hidden = !clip;
    const asked = clip ? JSON.stringify([clip, [...hidden]]) : '';
    if (asked !== this.asked) {
      this.asked = asked;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    }
  }

  async ask() {
    const { clip, hidden } = this.state;
    this.request?.abort();
    if (!clip) {
      return;
    }
    this.request = new AbortController();
    const area = 'box' in clip ? { box: clip.box, polygon: null } : { box: null, polygon: clip.polygon };
    const text = byId('command-text');
    try {
      const body = { ...area, classes: shownClasses(this.dataset, hidden), resolution: null };
      text.textContent = (await post('command', body, this.request.signal)).command;
    } catch (error) {
      if (!isAbort(error)) {
        text.textContent = sentence(error);
      }
    }
  }

  async copy() {
    const press = button('command-copy');
    await copy(byId('command-text').textContent ?? '', byId('command'));
    press.textContent = 'Copied';
    setTimeout(() => (press.textContent = 'Copy command'), 1500);
  }

  /** @param {Overlay} overlay */
  draw(overlay) {
    const { clip } = this.state;
    if (clip) {
      overlay.line(onGround(this.dataset, corners(clip)), { isClosed: true });
    }
    for (const line of this.dataset.outline ?? []) {
      overlay.line(onGround(this.dataset, line), { dash: [6, 5], width: 1.5 });
    }
  }
}

/** Corners at a height near the ground. @param {import('./server.js').Dataset} dataset @param {[number, number][]} places @returns {Vec3[]} */
function onGround(dataset, places) {
  const height = dataset.limits.height?.[0] ?? dataset.conforming[2];
  return places.map(([x, y]) => [x, y, height]);
}

/** Draws a box with two clicks. */
export class BoxTool {
  /** @param {import('./state.js').State} state @param {() => void} done */
  constructor(state, done) {
    this.name = 'box';
    this.hint = 'Click two opposite corners of the box';
    this.state = state;
    this.done = done;
    /** @type {Vec3|null} */
    this.from = null;
    /** @type {Vec3|null} */
    this.to = null;
  }

  /** @param {Vec3} place */
  click(place) {
    if (!this.from) {
      this.from = place;
      return;
    }
    const [a, b] = [this.from, place];
    if (a[0] !== b[0] && a[1] !== b[1]) {
      const box = /** @type {[number, number, number, number]} */ ([0, 1, 0, 1].map((axis, i) => Math[i < 2 ? 'min' : 'max'](a[axis], b[axis])));
      this.state.change({ clip: { box: /** @type {typeof box} */ (box.map(rounded)) } });
      this.done();
    }
  }

  /** @param {Vec3} place */
  move(place) {
    this.to = place;
  }

  cancel() {
    this.from = null;
    this.to = null;
  }

  /** @param {Overlay} overlay */
  draw(overlay) {
    if (this.from && this.to) {
      const [[a, b, z], [c, d]] = [this.from, this.to];
      overlay.line([[a, b, z], [c, b, z], [c, d, z], [a, d, z]], { isClosed: true, dash: [6, 5] });
    }
    if (this.from) {
      overlay.dot(this.from);
    }
  }
}

/** Draws a polygon, a click for each corner. */
export class PolygonTool {
  /** @param {import('./state.js').State} state @param {() => void} done */
  constructor(state, done) {
    this.name = 'polygon';
    this.hint = 'Click the corners of the polygon; a double click or Enter closes it';
    this.state = state;
    this.done = done;
    /** @type {Vec3[]} */
    this.corners = [];
    /** @type {Vec3|null} */
    this.next = null;
  }

  /** @param {Vec3} place */
  click(place) {
    const last = this.corners.at(-1);
    // The second click of a double click is at the same place.
    if (this.corners.length < MOST_CORNERS && !(last && last[0] === place[0] && last[1] === place[1])) {
      this.corners.push(place);
    }
  }

  /** @param {Vec3} place */
  move(place) {
    this.next = place;
  }

  finish() {
    if (this.corners.length >= 3) {
      this.state.change({ clip: { polygon: this.corners.map(([x, y]) => [rounded(x), rounded(y)]) } });
      this.done();
    }
    return true;
  }

  cancel() {
    this.corners = [];
    this.next = null;
  }

  /** @param {Overlay} overlay */
  draw(overlay) {
    if (this.corners.length > 0) {
      overlay.line([...this.corners, ...(this.next ? [this.next] : [])], { isClosed: true, dash: [6, 5] });
      this.corners.forEach((corner) => overlay.dot(corner));
    }
  }
}

/** A coordinate with as many digits as a place on the ground needs: a tenth of a millimetre, or as much in degrees. @param {number} value */
function rounded(value) {
  return Math.abs(value) <= 360 ? Number(value.toFixed(9)) : Number(value.toFixed(3));
}
