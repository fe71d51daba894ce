// The camera: an eye that orbits around a target, in the coordinates of the dataset.

import { corners, dot, minus, plus, scaled, times, unscaled } from './vector.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */

/** Half of the field of view, as a tangent: 45 degrees from bottom to top. */
const TANGENT = Math.tan(Math.PI / 8);
/** The most that the view is tilted: a bit above the horizon. */
const STEEPEST = 0.53 * Math.PI;

/** @typedef {{target: Vec3, distance: number, heading: number, tilt: number, isTop: boolean}} Pose */

/**
 * All numbers are `f64`. Matrices of tiles are computed relative to the target, so nothing that reaches the GPU is as large as
 * a coordinate.
 */
export class Camera {
  /**
   * @param {Vec3} scale lengths for display per unit of each axis: metres per degree, for example
   * @param {number[]} reach box that is never cut off in depth
   */
  constructor(scale, reach) {
    this.scale = scale;
    this.reach = reach;
    /** @type {Vec3} */
    this.target = [0, 0, 0];
    /** From the eye to the target. In the view from the top, it gives the height of the image. */
    this.distance = 1;
    /** Radians clockwise from north. */
    this.heading = 0;
    /** Radians from straight down. */
    this.tilt = 0;
    /** Whether the view is straight down and without perspective. */
    this.isTop = false;
    /** Size of the image in CSS pixels. */
    this.width = 1;
    this.height = 1;
  }

  /** @returns {Pose} */
  pose() {
    const { target, distance, heading, tilt, isTop } = this;
    return { target: [...target], distance, heading, tilt, isTop };
  }

  /** @param {Pose} pose */
  take(pose) {
    Object.assign(this, pose, { target: [...pose.target] });
    this.turn(0, 0);
  }

  /** Turns around the target. @param {number} heading @param {number} tilt */
  turn(heading, tilt) {
    const whole = 2 * Math.PI;
    this.heading = (((this.heading + heading) % whole) + whole) % whole;
    this.tilt = Math.min(Math.max(this.tilt + tilt, 0), STEEPEST);
  }

  /** Unit vectors to the right, up and forward, for display. */
  axes() {
    const tilt = this.isTop ? 0 : this.tilt;
    const [sh, ch, st, ct] = [Math.sin(this.heading), Math.cos(this.heading), Math.sin(tilt), Math.cos(tilt)];
    return {
      right: /** @type {Vec3} */ ([ch, -sh, 0]),
      up: /** @type {Vec3} */ ([ct * sh, ct * ch, st]),
      forward: /** @type {Vec3} */ ([st * sh, st * ch, -ct]),
    };
  }

  /** Distances along the view of the nearest and farthest points. @param {Vec3} forward @returns {[number, number]} */
  depths(forward) {
    const ahead = corners(this.reach).map((corner) => dot(forward, scaled(minus(corner, this.target), this.scale)) + this.distance);
    const margin = 1e-3 * this.distance;
    let [near, far] = [Math.min(...ahead) - margin, Math.max(...ahead) + margin];
    if (!this.isTop) {
      far = Math.max(far, this.distance * 1e-3);
      // As far from the eye as can be afforded, since depths are rounded relative to it.
      near = Math.max(near, Math.min(far / 5000, this.distance / 20), far * 1e-6);
    }
    return [near, far];
  }

  /**
   * Rows of the matrix to clip space. They take `[x, y, z, 1]` of the dataset, relative to the target.
   * @returns {number[][]}
   */
  rows() {
    const { right, up, forward } = this.axes();
    const [near, far] = this.depths(forward);
    const aspect = this.width / this.height;
    /** @param {Vec3} axis @param {number} factor @param {number} constant */
    const row = (axis, factor, constant) => [...times(scaled(axis, this.scale), factor), constant];
    if (this.isTop) {
      const half = this.distance * TANGENT;
      const depth = 2 / (far - near);
      return [
        row(right, 1 / (half * aspect), 0),
        row(up, 1 / half, 0),
        row(forward, depth, depth * this.distance - (far + near) / (far - near)),
        [0, 0, 0, 1],
      ];
    }
    const slope = (far + near) / (far - near);
    return [
      row(right, 1 / (TANGENT * aspect), 0),
      row(up, 1 / TANGENT, 0),
      row(forward, slope, slope * this.distance - (2 * far * near) / (far - near)),
      row(forward, 1, this.distance),
    ];
  }

  /** The matrix from the dataset's coordinates to clip space, 16 numbers in rows. @returns {number[]} */
  matrix() {
    return this.rows().flatMap(([x, y, z, constant]) => [x, y, z, constant - dot([x, y, z], this.target)]);
  }

  /**
   * The matrix from counts of a cell to clip space, in columns.
   * @param {number[][]} rows those of this camera
   * @param {Vec3} origin @param {Vec3} step @returns {Float32Array}
   */
  cellMatrix(rows, origin, step) {
    const offset = minus(origin, this.target);
    const matrix = new Float32Array(16);
    rows.forEach(([x, y, z, constant], i) => {
      matrix[i] = x * step[0];
      matrix[4 + i] = y * step[1];
      matrix[8 + i] = z * step[2];
      matrix[12 + i] = dot([x, y, z], offset) + constant;
    });
    return matrix;
  }

  /** A point in clip space. @param {Vec3} point @param {number[][]} [rows] @returns {number[]} */
  clip(point, rows = this.rows()) {
    const offset = minus(point, this.target);
    return rows.map(([x, y, z, constant]) => dot([x, y, z], offset) + constant);
  }

  /** The pixel of a point; `null` if it is behind the eye. @param {Vec3} point @returns {[number, number]|null} */
  project(point) {
    const [x, y, , w] = this.clip(point);
    return w > 0 ? this.pixel(x / w, y / w) : null;
  }

  /** @param {number} x -1 to 1 @param {number} y -1 to 1, upwards @returns {[number, number]} */
  pixel(x, y) {
    return [((x + 1) / 2) * this.width, ((1 - y) / 2) * this.height];
  }

  /** Pixels of a length for display at a distance of 1, or anywhere in the view from the top. */
  pixels() {
    return this.height / (2 * TANGENT) / (this.isTop ? this.distance : 1);
  }

  /**
   * The ray through a pixel: origin and direction for display, relative to the target. The direction's part along the view is 1.
   * @param {[number, number]} pixel
   */
  ray(pixel) {
    const { right, up, forward } = this.axes();
    const x = (pixel[0] / this.width) * 2 - 1;
    const y = 1 - (pixel[1] / this.height) * 2;
    const aside = plus(times(right, x * TANGENT * (this.width / this.height)), times(up, y * TANGENT));
    const eye = times(forward, -this.distance);
    return this.isTop
      ? { origin: plus(eye, times(aside, this.distance)), direction: forward }
      : { origin: eye, direction: plus(forward, aside) };
  }

  /** The point under a pixel at a depth of the depth buffer, 0 to 1. @param {[number, number]} pixel @param {number} depth @returns {Vec3} */
  unproject(pixel, depth) {
    const { forward } = this.axes();
    const [near, far] = this.depths(forward);
    const z = depth * 2 - 1;
    const ahead = this.isTop
      ? (z * (far - near) + far + near) / 2
      : (2 * far * near) / (far + near - z * (far - near));
    return this.along(pixel, ahead);
  }

  /** The point under a pixel at a distance along the view. @param {[number, number]} pixel @param {number} ahead @returns {Vec3} */
  along(pixel, ahead) {
    const { origin, direction } = this.ray(pixel);
    return plus(this.target, unscaled(plus(origin, times(direction, ahead)), this.scale));
  }

  /**
   * The point under a pixel on the plane of a height. `null` if it is beyond the horizon, or too far away to drag.
   * @param {[number, number]} pixel @param {number} z @returns {Vec3|null}
   */
  onPlane(pixel, z) {
    const { origin, direction } = this.ray(pixel);
    const height = (z - this.target[2]) * this.scale[2];
    const ahead = (height - origin[2]) / direction[2];
    const isNear = ahead > 0 && ahead < 20 * this.distance;
    return isNear || (this.isTop && Number.isFinite(ahead)) ? this.along(pixel, ahead) : null;
  }

  /** Goes nearer to a point or away from it, which stays where it is in the image. @param {Vec3} point @param {number} factor of distances */
  zoom(point, factor) {
    const largest = 20 * this.size(this.reach);
    const distance = Math.min(Math.max(this.distance * factor, largest * 1e-8), largest);
    const part = distance / this.distance;
    this.target = plus(point, times(minus(this.target, point), part));
    this.distance = distance;
  }

  /** Orbits around a point at the centre of the image from now on, without moving. @param {Vec3} point */
  aim(point) {
    if (this.isTop) {
      this.target = [this.target[0], this.target[1], point[2]];
      return;
    }
    const { forward } = this.axes();
    const ahead = dot(forward, scaled(minus(point, this.target), this.scale)) + this.distance;
    if (ahead > 1e-6 * this.distance) {
      this.target = this.along([this.width / 2, this.height / 2], ahead);
      this.distance = ahead;
    }
  }

  /** Length of the diagonal of a box, for display. @param {number[]} box */
  size(box) {
    return Math.hypot(...[0, 1, 2].map((i) => (box[i + 3] - box[i]) * this.scale[i]));
  }

  /** Shows a box whole, from the present direction. @param {number[]} box */
  fit(box) {
    const at = corners(box);
    this.target = times(plus(at[0], at[7]), 0.5);
    const { right, up, forward } = this.axes();
    const aspect = this.width / this.height;
    const distances = at.map((corner) => {
      const offset = scaled(minus(corner, this.target), this.scale);
      const aside = Math.max(Math.abs(dot(right, offset)) / aspect, Math.abs(dot(up, offset))) / TANGENT;
      return this.isTop ? aside : aside - dot(forward, offset);
    });
    this.distance = Math.max(...distances, 1e-6 * this.size(box), Number.MIN_VALUE) * 1.06;
    if (!(this.distance > 1e-12)) {
      this.distance = 1;
    }
  }
}

/**
 * Lengths for display per unit of each axis: metres for degrees, else the units themselves.
 * @param {import('./server.js').Dataset} dataset @returns {Vec3}
 */
export function displayScale(dataset) {
  const { metres, heightMetres, isGeographic } = dataset.srs;
  if (!isGeographic) {
    // Heights may be in another unit than the ground.
    return [1, 1, metres && heightMetres ? heightMetres / metres : 1];
  }
  const METRES = 111_320;
  const latitude = (dataset.conforming[1] + dataset.conforming[4]) / 2;
  return [METRES * Math.max(Math.cos((latitude * Math.PI) / 180), 0.01), METRES, heightMetres ?? 1];
}
