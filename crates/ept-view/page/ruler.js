// The ruler: lengths between clicks, along the ground and in space.

import { byId, fillTable, onClose } from './elements.js';
import { between, minus, scaled } from './vector.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */

/** Horizontal and spatial length of a line, and its rise, for display. @param {Vec3} from @param {Vec3} to @param {Vec3} scale */
export function lengths(from, to, scale) {
  const [x, y, z] = scaled(minus(to, from), scale);
  return { across: Math.hypot(x, y), whole: Math.hypot(x, y, z), rise: z };
}

export class Ruler {
  /**
   * @param {Vec3} scale lengths per unit of each axis
   * @param {import('./format.js').Units} units
   * @param {(pixel: [number, number]) => Promise<Vec3|null>} exact the point under a pixel
   * @param {() => void} onChange
   */
  constructor(scale, units, exact, onChange) {
    this.name = 'ruler';
    this.hint = 'Click points to measure between them; a double click or Enter ends the line';
    this.scale = scale;
    this.units = units;
    this.exact = exact;
    this.onChange = onChange;
    /** @type {Vec3[]} */
    this.places = [];
    /** @type {Vec3|null} */
    this.next = null;
    this.isDone = false;
    onClose(byId('measured'), () => {
      this.cancel();
      onChange();
    });
  }

  /** @param {Vec3} place @param {[number, number]} pixel */
  async click(place, pixel) {
    if (this.isDone) {
      this.cancel();
    }
    const places = this.places;
    const index = places.push(place) - 1;
    this.show();
    const exact = await this.exact(pixel);
    if (exact && places === this.places) {
      places[index] = exact;
      this.show();
      this.onChange();
    }
  }

  /** @param {Vec3} place */
  move(place) {
    this.next = this.isDone ? null : place;
  }

  finish() {
    // A double click has added its place twice.
    const [a, b] = this.places.slice(-2);
    if (b && lengths(a, b, this.scale).whole === 0) {
      this.places.pop();
    }
    this.isDone = true;
    this.next = null;
    this.show();
    return true;
  }

  cancel() {
    this.places = [];
    this.next = null;
    this.isDone = false;
    this.show();
  }

  show() {
    const card = byId('measured');
    card.hidden = this.places.length === 0;
    const total = { across: 0, whole: 0, rise: 0 };
    this.places.slice(1).forEach((place, i) => {
      const part = lengths(this.places[i], place, this.scale);
      total.across += part.across;
      total.whole += part.whole;
      total.rise += part.rise;
    });
    const { units } = this;
    const about = units.isGeographic ? ' (about)' : '';
    fillTable(byId('lengths'), [
      [`Horizontal${about}`, units.length(total.across)],
      [`In space${about}`, units.length(total.whole)],
      ['Rise', units.length(total.rise)],
    ]);
  }

  /** @param {import('./overlay.js').Overlay} overlay */
  draw(overlay) {
    const line = [...this.places, ...(this.next && this.places.length > 0 ? [this.next] : [])];
    if (line.length > 1) {
      overlay.line(line);
    }
    this.places.forEach((place) => overlay.dot(place));
    line.slice(1).forEach((place, i) => {
      const { across } = lengths(line[i], place, this.scale);
      overlay.label(between(line[i], place, 0.5), this.units.length(across));
    });
  }
}
