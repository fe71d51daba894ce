// The scale bar: a round length, at the centre of the image.

import { byId } from './elements.js';
import { grouped } from './format.js';

/** Pixels that the bar has at most. */
const LONGEST = 110;

/** @param {import('./camera.js').Camera} camera @param {import('./format.js').Units} units @returns {() => void} shows the scale */
export function startScaleBar(camera, units) {
  const [line, text] = [byId('scale-line'), byId('scale-text')];
  return () => {
    const pixels = camera.pixels() / (camera.isTop ? 1 : camera.distance);
    const most = LONGEST / pixels;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((factor) => factor * power).find((size) => size <= most) ?? power;
    const isKilometres = units.name === 'm' && length >= 1000;
    const shown = isKilometres ? length / 1000 : length;
    text.textContent = `${grouped(shown, Math.max(0, -Math.floor(Math.log10(shown) + 1e-9)))} ${isKilometres ? 'km' : units.name}`;
    line.style.width = `${length * pixels}px`;
  };
}
