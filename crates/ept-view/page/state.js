// What the page shows, except for the camera.

/** @typedef {{box: [number, number, number, number]}|{polygon: [number, number][]}} Clip */
/**
 * @typedef {object} Shown
 * @property {string} color
 * @property {Record<string, [number, number]>} limits of ramps, where they differ from the dataset's
 * @property {Set<number>} hidden classes; never changed, only replaced
 * @property {Clip|null} clip
 * @property {number} budget points
 * @property {number|null} depth the most
 * @property {number} size factor of the size of points
 * @property {number} strength of eye-dome lighting, 0 to 1
 * @property {number} stretch vertical exaggeration
 */

export class State {
  /** @param {import('./server.js').Dataset} dataset */
  constructor(dataset) {
    /** @type {Shown} */
    const start = {
      color: dataset.color,
      limits: {},
      hidden: new Set(),
      clip: null,
      budget: dataset.budget,
      depth: dataset.maxDepth,
      size: 1,
      strength: 0.3,
      stretch: 1,
    };
    this.start = start;
    this.color = start.color;
    this.limits = start.limits;
    this.hidden = start.hidden;
    this.clip = start.clip;
    this.budget = start.budget;
    this.depth = start.depth;
    this.size = start.size;
    this.strength = start.strength;
    this.stretch = start.stretch;
    /** @type {(() => void)[]} */
    this.listeners = [];
  }

  /** Changes parts, and tells whoever listens. @param {Partial<Shown>} parts */
  change(parts) {
    Object.assign(this, parts);
    this.listeners.forEach((listener) => listener());
  }

  /** @param {() => void} listener */
  onChange(listener) {
    this.listeners.push(listener);
  }
}

/** The rectangle around a clip. @param {Clip} clip @returns {[number, number, number, number]} */
export function boxOf(clip) {
  if ('box' in clip) {
    return clip.box;
  }
  const [x, y] = [0, 1].map((axis) => clip.polygon.map((corner) => corner[axis]));
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}
