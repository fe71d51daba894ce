// Numbers and units as text.

/** Digits in groups of three. @param {number} number @param {number} [digits] after the point @returns {string} */
export function grouped(number, digits = 0) {
  return number.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A number with as many digits as a step of this size needs. @param {number} number @param {number} step @returns {string} */
export function withStep(number, step) {
  const digits = step > 0 ? Math.ceil(-Math.log10(step) - 1e-9) : 0;
  return number.toFixed(Math.min(Math.max(digits, 0), 12));
}

/** A count in few letters, such as `12.3 M`. @param {number} count @returns {string} */
export function short(count) {
  /** @type {[number, string][]} */
  const units = [[1e9, ' B'], [1e6, ' M'], [1e3, ' k']];
  for (const [unit, letter] of units) {
    if (count >= unit) {
      const value = count / unit;
      return (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)) + letter;
    }
  }
  return String(count);
}

/** @param {number} number @param {string} unit @returns {string} */
function measure(number, unit) {
  const digits = Math.abs(number) < 10 ? 3 : Math.abs(number) < 1000 ? 2 : 1;
  return `${grouped(number, digits)} ${unit}`;
}

/** Lengths in the unit of a CRS. */
export class Units {
  /** @param {import('./server.js').Srs} srs */
  constructor(srs) {
    this.isGeographic = srs.isGeographic;
    /** Metres per unit of the length; `null` if unknown. */
    this.metres = srs.isGeographic ? 1 : srs.metres;
    this.name = srs.isGeographic ? 'm' : srs.unit || 'units';
  }

  /** A length in the unit of the CRS, and in metres if they differ. @param {number} length @returns {string} */
  length(length) {
    const own = measure(length, this.name);
    const isMetre = this.metres === null || Math.abs(this.metres - 1) < 1e-9;
    return isMetre ? own : `${own} (${measure(length * Number(this.metres), 'm')})`;
  }
}
