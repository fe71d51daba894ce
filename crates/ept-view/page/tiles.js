// The tiles that are drawn: fetched by rank, kept in buffers of the GPU, freed when the server drops them.

import { Refusal, isAbort, request } from './server.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */
/** @typedef {import('./server.js').Shown} Shown */
/**
 * A tile on the GPU.
 * @typedef {object} Tile
 * @property {string} key
 * @property {number} count of points
 * @property {Vec3} origin least coordinates of its points
 * @property {Vec3} step units per count of a position
 * @property {Vec3} centre of its cell, where its eighths meet
 * @property {string} payload the colour whose values it has
 * @property {number} rank its place among those to draw, 0 is the best
 * @property {WebGLBuffer} buffer
 * @property {WebGLVertexArrayObject} array
 * @property {Float32Array} sizes distance between the points in each eighth, in units of the CRS
 */

/** Browsers have six connections to a server: one is left for looks, one for arrivals. */
const FLIGHTS = 4;
const HEADER = 64;
const RECORD = 12;
/** Where the class is in a record. */
const CLASS = 6;
const MAGIC = 0x56545045;
/** Milliseconds before a tile that failed is requested again. */
const AGAIN = 1500;

export class Tiles {
  /**
   * @param {WebGL2RenderingContext} gl
   * @param {() => void} onChange when a tile has come or gone
   * @param {() => void} onGone when the server has no longer a tile that it listed
   */
  constructor(gl, onChange, onGone) {
    this.gl = gl;
    this.onChange = onChange;
    this.onGone = onGone;
    /** @type {Map<string, Tile>} */
    this.loaded = new Map();
    /** @type {Map<string, AbortController>} */
    this.flights = new Map();
    /** @type {Map<string, {rank: number, centre: Vec3}>} the tiles that are to be drawn */
    this.wanted = new Map();
    /** @type {Map<string, number>} times before which failed tiles are not requested */
    this.rests = new Map();
    this.payload = '';
    /** Classes of all points that were received. @type {Set<number>} */
    this.classes = new Set();
    /** Bytes received, with headers of tiles. */
    this.bytes = 0;
  }

  /** Points of all tiles that are drawn. */
  get points() {
    let points = 0;
    for (const tile of this.loaded.values()) {
      points += tile.count;
    }
    return points;
  }

  /** Whether tiles are on their way. */
  get pending() {
    let pending = 0;
    for (const key of this.wanted.keys()) {
      pending += this.isCurrent(key) ? 0 : 1;
    }
    return pending;
  }

  /** @param {string} key */
  isCurrent(key) {
    return this.loaded.get(key)?.payload === this.payload;
  }

  /** What is to be drawn from now on. @param {Shown[]} show the best first @param {string} payload */
  want(show, payload) {
    const isOther = payload !== this.payload;
    this.payload = payload;
    this.wanted = new Map(show.map(({ key, cell }, rank) => [key, { rank, centre: centre(cell) }]));
    for (const [key, flight] of this.flights) {
      if (isOther || !this.wanted.has(key)) {
        flight.abort();
        this.flights.delete(key);
      }
    }
    for (const [key, tile] of this.loaded) {
      const wanted = this.wanted.get(key);
      if (wanted) {
        tile.rank = wanted.rank;
      } else {
        this.free(tile);
      }
    }
    this.onChange();
    this.fetch();
  }

  /** Starts requests, the best first. */
  fetch() {
    const now = performance.now();
    for (const key of this.wanted.keys()) {
      if (this.flights.size >= FLIGHTS) {
        return;
      }
      const rests = (this.rests.get(key) ?? 0) > now;
      if (!this.isCurrent(key) && !this.flights.has(key) && !rests) {
        this.load(key);
      }
    }
  }

  /** @param {string} key */
  async load(key) {
    const flight = new AbortController();
    const payload = this.payload;
    this.flights.set(key, flight);
    try {
      const answer = await request(`tile/${key}?color=${payload}`, { signal: flight.signal });
      const bytes = await answer.arrayBuffer();
      const wanted = this.wanted.get(key);
      if (this.flights.get(key) === flight && wanted) {
        this.bytes += bytes.byteLength;
        this.add({ key, payload, ...wanted, ...parse(bytes) }, bytes);
        this.rests.delete(key);
      }
    } catch (error) {
      if (!isAbort(error)) {
        this.rests.set(key, performance.now() + AGAIN);
        setTimeout(() => this.fetch(), AGAIN);
        if (error instanceof Refusal && error.status === 404) {
          this.onGone();
        }
      }
    }
    if (this.flights.get(key) === flight) {
      this.flights.delete(key);
    }
    this.fetch();
  }

  /** @param {Omit<Tile, 'buffer'|'array'|'sizes'>} tile @param {ArrayBuffer} bytes */
  add(tile, bytes) {
    const { gl } = this;
    const [buffer, array] = [gl.createBuffer(), gl.createVertexArray()];
    if (!buffer || !array) {
      throw new Error('the graphics card has no memory left');
    }
    const old = this.loaded.get(tile.key);
    if (old) {
      this.free(old);
    }
    const records = new Uint8Array(bytes, HEADER);
    for (let at = CLASS; at < records.length; at += RECORD) {
      this.classes.add(records[at]);
    }
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, records, gl.STATIC_DRAW);
    gl.vertexAttribPointer(0, 3, gl.UNSIGNED_SHORT, false, RECORD, 0);
    gl.vertexAttribIPointer(1, 2, gl.UNSIGNED_BYTE, RECORD, CLASS);
    // The last four bytes are a colour or a number: the shader reads that which the tile has.
    gl.vertexAttribPointer(2, 3, gl.UNSIGNED_BYTE, true, RECORD, 8);
    gl.vertexAttribPointer(3, 1, gl.FLOAT, false, RECORD, 8);
    [0, 1, 2, 3].forEach((index) => gl.enableVertexAttribArray(index));
    gl.bindVertexArray(null);
    this.loaded.set(tile.key, { ...tile, buffer, array, sizes: new Float32Array(8) });
    this.onChange();
  }

  /** @param {Tile} tile */
  free(tile) {
    this.gl.deleteVertexArray(tile.array);
    this.gl.deleteBuffer(tile.buffer);
    this.loaded.delete(tile.key);
  }

  /** Forgets all buffers, which a lost context has lost, and requests them again. */
  restore() {
    this.loaded.clear();
    this.fetch();
  }

  /** The tiles, the best first. @returns {Tile[]} */
  ordered() {
    return [...this.loaded.values()].sort((a, b) => a.rank - b.rank);
  }
}

/** @param {number[]} cell @returns {Vec3} */
function centre([minx, miny, minz, maxx, maxy, maxz]) {
  return [(minx + maxx) / 2, (miny + maxy) / 2, (minz + maxz) / 2];
}

/**
 * Header of a tile.
 * @param {ArrayBuffer} bytes @returns {{origin: Vec3, step: Vec3, count: number}}
 */
function parse(bytes) {
  const view = new DataView(bytes);
  const isTile = bytes.byteLength >= HEADER && view.getUint32(0, true) === MAGIC && view.getUint32(4, true) === 1;
  const count = isTile ? view.getUint32(8, true) : 0;
  if (!isTile || bytes.byteLength !== HEADER + count * RECORD) {
    throw new Error('the server sent a tile of another version: reload the page');
  }
  /** @param {number} at @returns {Vec3} */
  const numbers = (at) => [view.getFloat64(at, true), view.getFloat64(at + 8, true), view.getFloat64(at + 16, true)];
  return { origin: numbers(16), step: numbers(40), count };
}
