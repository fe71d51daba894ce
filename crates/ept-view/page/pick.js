// Looks at points: a click shows the whole record of the point there.

import { byId, fillTable, made, onClose } from './elements.js';
import { Refusal, post, sentence, viewer } from './server.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */
/** @typedef {import('./server.js').Picked} Picked */

/**
 * The point under a pixel.
 * @param {object} view camera and classes @param {[number, number]} pixel of the picture @returns {Promise<Picked|null>}
 */
export function pickAt(view, pixel) {
  return post('pick', { viewer, ...view, pixel });
}

export class Pick {
  /**
   * @param {(pixel: [number, number]) => Promise<Picked|null>} pick
   * @param {() => void} onChange @param {() => Promise<void>} again tells the server what is seen
   */
  constructor(pick, onChange, again) {
    this.name = 'pick';
    this.hint = '';
    this.pick = pick;
    this.onChange = onChange;
    this.again = again;
    /** @type {Picked|null} */
    this.point = null;
    this.clicks = 0;
    onClose(byId('picked'), () => this.cancel());
  }

  /** @param {Vec3} _ @param {[number, number]} pixel */
  async click(_, pixel) {
    const click = ++this.clicks;
    try {
      const point = await this.pick(pixel).catch(async (error) => {
        if (!(error instanceof Refusal && error.status === 404)) {
          throw error;
        }
        // The server has forgotten this page, or the tile was replaced.
        await this.again();
        return this.pick(pixel);
      });
      if (click === this.clicks) {
        this.point = point;
        this.show();
      }
    } catch (error) {
      if (click === this.clicks) {
        this.point = null;
        this.fail(sentence(error));
      }
    }
  }

  cancel() {
    this.point = null;
    this.show();
  }

  show() {
    const { point } = this;
    byId('picked').hidden = !point;
    if (point) {
      const [lon, lat] = point.lonlat ?? [];
      /** @type {[string, string][]} */
      const place = lon === undefined || lat === undefined ? [] : [['Longitude', lon.toFixed(8)], ['Latitude', lat.toFixed(8)]];
      fillTable(byId('record'), [...point.record, ...place, ['Tile', `${point.key}, point ${point.index}`]]);
    }
    this.onChange();
  }

  /** @param {string} problem */
  fail(problem) {
    byId('picked').hidden = false;
    byId('record').replaceChildren(made('caption', problem));
    this.onChange();
  }

  /** @param {import('./overlay.js').Overlay} overlay */
  draw(overlay) {
    if (this.point) {
      overlay.dot(this.point.position, undefined, 5);
    }
  }
}
