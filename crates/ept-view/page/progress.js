// The line that says how much is drawn, and what is missing.

import { byId } from './elements.js';
import { grouped } from './format.js';

/** @typedef {{points: number, arriving: number, missing: number, failing: number, isSettled: boolean}} Counts */

/** @returns {(counts: Counts) => void} */
export function startProgress() {
  const [text, dot, announced] = [byId('progress-text'), byId('progress-bar'), byId('announced')];
  return (counts) => {
    const parts = [`${grouped(counts.points)} points`];
    // What fails is missing, too.
    const coming = Math.max(counts.missing - counts.failing, 0) + counts.arriving;
    if (coming > 0) {
      parts.push(`${grouped(coming)} ${coming === 1 ? 'tile' : 'tiles'} to come`);
    }
    if (counts.failing > 0) {
      parts.push(`${grouped(counts.failing)} failing`);
    }
    const line = parts.join(' · ');
    if (text.textContent !== line) {
      text.textContent = line;
    }
    dot.className = counts.failing > 0 ? 'failing' : counts.isSettled ? '' : 'busy';
    // Said aloud only when it is settled: counts change many times a second.
    const said = counts.isSettled || counts.failing > 0 ? `${parts.join(', ')}${counts.isSettled ? ', complete' : ''}` : '';
    if (said && announced.textContent !== said) {
      announced.textContent = said;
    }
  };
}
