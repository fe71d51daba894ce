// Vectors of three numbers.

/** @typedef {[number, number, number]} Vec3 */

/** @param {Vec3} a @param {Vec3} b @returns {number} */
export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** @param {Vec3} a @param {Vec3} b @returns {Vec3} */
export function plus(a, b) {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** @param {Vec3} a @param {Vec3} b @returns {Vec3} */
export function minus(a, b) {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** @param {Vec3} a @param {number} factor @returns {Vec3} */
export function times(a, factor) {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** Product of each pair of components. @param {Vec3} a @param {Vec3} b @returns {Vec3} */
export function scaled(a, b) {
  return [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
}

/** Quotient of each pair of components. @param {Vec3} a @param {Vec3} b @returns {Vec3} */
export function unscaled(a, b) {
  return [a[0] / b[0], a[1] / b[1], a[2] / b[2]];
}

/** The point that is a part of the way from a to b. @param {Vec3} a @param {Vec3} b @param {number} part @returns {Vec3} */
export function between(a, b, part) {
  return plus(a, times(minus(b, a), part));
}

/** The eight corners of a box. @param {number[]} box `[minx, miny, minz, maxx, maxy, maxz]` @returns {Vec3[]} */
export function corners(box) {
  return [0, 1, 2, 3, 4, 5, 6, 7].map(
    (i) => /** @type {Vec3} */ ([0, 1, 2].map((axis) => box[axis + 3 * ((i >> axis) & 1)])),
  );
}
