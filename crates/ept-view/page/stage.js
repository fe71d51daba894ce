// The canvas: draws a frame when something changed, and finds the place under a pixel.

import { Depth } from './depth.js';
import { EyeDome } from './eye_dome.js';
import { Points } from './points.js';
import { setSizes } from './sizes.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */
/** @typedef {import('./state.js').State} State */
/** @typedef {import('./camera.js').Camera} Camera */

/** Milliseconds that a frame takes on the GPU while the camera moves, and those that leave time for more points. */
const SLOW = 60;
const FAST = 25;
/** Milliseconds without movement after which all points are drawn. */
const STILL = 180;
/** Points that are always drawn while the camera moves. */
const FEWEST = 100_000;
/** More pixels of the screen per CSS pixel cost time and show no more points. */
const DENSEST = 2;

export class Stage {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import('./server.js').Dataset} dataset
   * @param {Camera} camera
   * @param {State} state
   */
  constructor(canvas, dataset, camera, state) {
    const gl = canvas.getContext('webgl2', { antialias: false, alpha: false, depth: false, powerPreference: 'high-performance' });
    if (!gl) {
      throw new Error('This browser has no WebGL 2, which draws the points.');
    }
    this.canvas = canvas;
    this.gl = gl;
    this.dataset = dataset;
    this.camera = camera;
    this.state = state;
    this.eyeDome = new EyeDome(gl);
    this.points = new Points(gl, dataset);
    this.depth = new Depth(gl);
    /** @type {import('./tiles.js').Tiles|null} */
    this.tiles = null;
    /** Called after each frame. @type {(() => void)[]} */
    this.drawings = [];
    /** Called when the camera moved. @type {() => void} */
    this.onMove = () => {};
    this.isRequested = false;
    this.areSizesOld = true;
    this.movedAt = -Infinity;
    this.drawnAt = 0;
    /** Milliseconds that the GPU took for the last frame. */
    this.cost = 0;
    /** Points drawn in it. */
    this.drawn = 0;
    /** Points that are drawn while the camera moves. */
    this.most = Infinity;
    /** @type {WebGLSync|null} */
    this.fence = null;
    /** @type {number|undefined} */
    this.later = undefined;
    this.background = [0, 0, 0];
    this.readTheme();
    this.resize();
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  /** The camera moved. */
  moved() {
    this.movedAt = performance.now();
    this.onMove();
    this.request();
  }

  /** Tiles have come or gone. @param {boolean} areMoreComing */
  tilesChanged(areMoreComing) {
    this.areSizesOld = true;
    if (!areMoreComing) {
      clearTimeout(this.later);
      this.later = undefined;
      this.request();
      return;
    }
    // Frames leave the GPU idle for most of the time, since there may be hundreds of tiles.
    const wait = this.drawnAt + Math.min(3 * this.cost, 1500) - performance.now();
    this.requestLater(Math.max(wait, 0));
  }

  /** Draws a frame, soon. */
  request() {
    if (!this.isRequested) {
      this.isRequested = true;
      requestAnimationFrame(() => this.frame());
    }
  }

  /** Draws a frame after a time. @param {number} milliseconds */
  requestLater(milliseconds) {
    this.later ??= setTimeout(() => {
      this.later = undefined;
      this.request();
    }, milliseconds);
  }

  /** Draws, unless the GPU has not finished the last frame: frames that wait for it would only be late. */
  frame() {
    if (!this.isReady()) {
      requestAnimationFrame(() => this.frame());
      return;
    }
    this.isRequested = false;
    this.draw();
  }

  /** Whether the GPU has finished the last frame. Then it is known how long that took. */
  isReady() {
    const { gl, fence } = this;
    if (!fence || gl.isContextLost()) {
      return true;
    }
    if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) {
      return false;
    }
    gl.deleteSync(fence);
    this.fence = null;
    this.cost = performance.now() - this.drawnAt;
    if (this.cost > SLOW) {
      this.most = Math.max(this.drawn * Math.max((0.8 * SLOW) / this.cost, 0.4), FEWEST);
    } else if (this.cost < FAST) {
      this.most = Math.max(this.most, this.drawn) * 1.2;
    }
    return true;
  }

  /** Whether nothing is to be drawn. */
  get isIdle() {
    return !this.isRequested && this.later === undefined;
  }

  resize() {
    const { canvas, camera } = this;
    this.density = Math.min(window.devicePixelRatio || 1, DENSEST);
    camera.width = Math.max(canvas.clientWidth, 1);
    camera.height = Math.max(canvas.clientHeight, 1);
    canvas.width = Math.round(camera.width * this.density);
    canvas.height = Math.round(camera.height * this.density);
    this.onMove();
    this.request();
  }

  /** Takes the background from the style sheet. */
  readTheme() {
    const parts = getComputedStyle(this.canvas).backgroundColor.match(/\d+/g) ?? [];
    this.background = [0, 1, 2].map((i) => Number(parts[i] ?? 0));
    this.request();
  }

  /** Corners of the clip. @returns {[number, number][]|null} */
  clip() {
    return this.state.clip && corners(this.state.clip);
  }

  draw() {
    const { canvas, gl, state, camera, tiles } = this;
    if (gl.isContextLost() || !tiles) {
      return;
    }
    if (this.areSizesOld) {
      setSizes(tiles.loaded, this.dataset.spacing ?? (this.dataset.bounds[3] - this.dataset.bounds[0]) / 128);
      this.areSizesOld = false;
    }
    const density = this.density ?? 1;
    const limits = { ...this.dataset.limits, ...state.limits };
    const style = { color: state.color, limits, hidden: state.hidden, clip: this.clip(), size: state.size, density };
    this.eyeDome.begin(canvas.width, canvas.height);
    this.points.draw(this.affordable(tiles.ordered()), camera, style);
    gl.viewport(0, 0, canvas.width, canvas.height);
    this.eyeDome.end(camera, { strength: state.strength, density, background: this.background });
    gl.deleteSync(this.fence);
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.drawings.forEach((drawing) => drawing());
  }

  /**
   * While the camera moves, as many tiles as are drawn without jerking, the best first.
   * @param {import('./tiles.js').Tile[]} tiles
   */
  affordable(tiles) {
    this.drawnAt = performance.now();
    const isMoving = this.drawnAt - this.movedAt < STILL;
    let left = isMoving ? this.most : Infinity;
    const affordable = tiles.filter((tile) => (left -= tile.count) >= 0);
    if (affordable.length < tiles.length) {
      this.requestLater(STILL + 20);
    }
    this.drawn = affordable.reduce((sum, tile) => sum + tile.count, 0);
    return affordable;
  }

  /** The place that is drawn at a pixel, or near it; `null` if there is none. @param {[number, number]} pixel @returns {Vec3|null} */
  drawnAtPixel(pixel) {
    const density = this.density ?? 1;
    const inside = pixel[0] >= 0 && pixel[1] >= 0 && pixel[0] < this.camera.width && pixel[1] < this.camera.height;
    const at = /** @type {[number, number]} */ ([pixel[0] * density, this.canvas.height - 1 - pixel[1] * density]);
    const depth = inside ? this.depth.at(this.eyeDome.depth, at, 6) : null;
    return depth === null ? null : this.camera.unproject(pixel, depth);
  }

  /** The place at a pixel: of what is drawn there, else at the height of the target. @param {[number, number]} pixel @returns {Vec3} */
  place(pixel) {
    const { camera } = this;
    return this.drawnAtPixel(pixel) ?? camera.onPlane(pixel, camera.target[2]) ?? camera.target;
  }

  /** Orbits around what is drawn at the centre of the image from now on. */
  aim() {
    const centre = this.drawnAtPixel([this.camera.width / 2, this.camera.height / 2]);
    if (centre) {
      this.camera.aim(centre);
    }
  }

  /** Makes everything again after a lost context. */
  restore() {
    this.fence = null;
    this.eyeDome.restore();
    this.points.restore();
    this.depth.restore();
    this.tiles?.restore();
    this.tilesChanged(true);
  }
}

/** @param {import('./state.js').Clip} clip @returns {[number, number][]} */
export function corners(clip) {
  if ('polygon' in clip) {
    return clip.polygon;
  }
  const [minx, miny, maxx, maxy] = clip.box;
  return [[minx, miny], [maxx, miny], [maxx, maxy], [minx, maxy]];
}
