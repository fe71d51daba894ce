// The coordinates under the pointer, in the CRS and as longitude and latitude.

import { byId } from './elements.js';
import { withStep } from './format.js';
import { isAbort, post } from './server.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */

/** Milliseconds that the pointer rests before longitude and latitude are requested. */
const REST = 80;

/** @param {import('./server.js').Dataset} dataset @returns {(place: Vec3|null) => void} shows a place */
export function startCursor(dataset) {
  const node = byId('cursor');
  const name = dataset.srs.code ?? dataset.srs.name ?? '';
  const step = dataset.srs.isGeographic ? 1e-7 : 0.01;
  /** @type {number|undefined} */
  let timer;
  /** @type {AbortController|null} */
  let request = null;
  /** @param {Vec3|null} place @param {string} more */
  const show = (place, more) => {
    const numbers = place?.map((value, axis) => withStep(value, axis < 2 ? step : 0.01)).join('  ');
    node.textContent = place ? `${numbers}${more}` : name;
  };
  show(null, '');
  return (place) => {
    clearTimeout(timer);
    request?.abort();
    show(place, '');
    if (!place || dataset.srs.isGeographic || !name) {
      return;
    }
    timer = setTimeout(async () => {
      request = new AbortController();
      try {
        const answer = await post('lonlat', { points: [[place[0], place[1]]] }, request.signal);
        const [lon, lat] = answer.lonlat[0] ?? [];
        if (lon !== undefined) {
          show(place, `   ${Math.abs(lat).toFixed(6)}° ${lat < 0 ? 'S' : 'N'}  ${Math.abs(lon).toFixed(6)}° ${lon < 0 ? 'W' : 'E'}`);
        }
      } catch (error) {
        // Without longitude and latitude, the coordinates have to do.
        if (!isAbort(error)) {
          show(place, '');
        }
      }
    }, REST);
  };
}
