// The arrow that points north.

import { button } from './elements.js';

/** @param {import('./camera.js').Camera} camera @param {() => void} north turns north up @returns {() => void} shows where north is */
export function startCompass(camera, north) {
  const press = button('compass');
  press.addEventListener('click', north);
  const needle = /** @type {SVGElement|null} */ (press.querySelector('#needle'));
  return () => {
    if (needle) {
      needle.style.transform = `rotate(${-camera.heading}rad)`;
    }
  };
}
