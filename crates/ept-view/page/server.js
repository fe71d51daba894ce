// What the server says. Addresses are relative to that of the page, which contains the token.

/** @typedef {{name: string|null, code: string|null, unit: string|null, metres: number|null, heightMetres: number|null, isGeographic: boolean}} Srs */
/** @typedef {{code: number, name: string, color: number[], points: number|null}} PointClass */
/**
 * What is shown, from `dataset`.
 * @typedef {object} Dataset
 * @property {string} name
 * @property {string} source
 * @property {number} points
 * @property {number[]} bounds cube of the octree, `[minx, miny, minz, maxx, maxy, maxz]`
 * @property {number[]} conforming box of the points
 * @property {number|null} spacing of the root, in units of the CRS
 * @property {Srs} srs
 * @property {{name: string, type: string}[]} dimensions
 * @property {string[]} colors that the points have
 * @property {string} color to start with
 * @property {Record<string, [number, number]>} limits of ramps
 * @property {number[][]} ramp 256 colours
 * @property {PointClass[]} classes
 * @property {number[][]} palette 16 colours, for return and source
 * @property {number} budget
 * @property {number} minPixels
 * @property {number|null} maxDepth
 * @property {string|null} selection
 * @property {[number, number][][]|null} outline lines around the selected areas
 */
/** @typedef {{key: string, points: number, cell: number[]}} Shown */
/** @typedef {{key: string, cell: number[], error: string, again: number|null}} Loss */
/**
 * What is to be drawn, from `look`.
 * @typedef {object} Look
 * @property {Shown[]} show the best first
 * @property {number} points
 * @property {number} missing
 * @property {number} failing
 * @property {boolean} settled
 * @property {Loss[]} losses
 * @property {number} version
 */
/** @typedef {{key: string, index: number, position: [number, number, number], lonlat: [number, number]|null, record: [string, string][]}} Picked */
/** @typedef {{points: number[][], columns: string[], length: number, depth: number}} ProfileData distances and length in metres */

/** An answer that is not a success. */
export class Refusal extends Error {
  /** @param {number} status @param {string} sentence */
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** Identifies this page to the server. */
export const viewer = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
  byte.toString(16).padStart(2, '0'),
).join('');

/**
 * Requests a path. Resolves for successes only.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function request(path, init) {
  const response = await fetch(path, init);
  if (response.ok) {
    return response;
  }
  let sentence = `the server answers with status ${response.status}`;
  try {
    sentence = (await response.json()).error || sentence;
  } catch {
    // The status has to do.
  }
  throw new Refusal(response.status, sentence);
}

/** @param {string} path @returns {Promise<any>} */
export async function get(path) {
  return (await request(path)).json();
}

/** @param {string} path @param {object} body @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function post(path, body, signal) {
  const headers = { 'Content-Type': 'application/json' };
  const response = await request(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  return response.json();
}

/** Whether an error means that the request was aborted by this page. @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** The sentence of an error. @param {unknown} error @returns {string} */
export function sentence(error) {
  // Browsers report all failures of the connection as a TypeError with a message of their own.
  if (error instanceof TypeError) {
    return 'The server does not answer. If `ept view` has ended, start it again.';
  }
  return error instanceof Error ? error.message : String(error);
}
