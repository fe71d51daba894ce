// Mouse, fingers and keys move the camera, as in maps.

import { minus, plus, times, unscaled } from './vector.js';

/** @typedef {import('./vector.js').Vec3} Vec3 */
/** @typedef {import('./stage.js').Stage} Stage */
/** @typedef {import('./tools.js').Tools} Tools */
/** @typedef {[number, number]} Pixel */

/** Pixels that a pointer moves before a click is a drag. */
const CLICK = 4;
/** Radians per pixel. */
const TURN = 0.006;
/** Radians per key. */
const STEP = Math.PI / 36;
/** Tilt above which a drag is parallel to the image: the ground is too flat to be dragged. */
const FLAT = 1.2;

export class Controls {
  /** @param {Stage} stage @param {Tools} tools @param {() => void} home shows everything */
  constructor(stage, tools, home) {
    this.stage = stage;
    this.tools = tools;
    this.home = home;
    /** @type {Map<number, Pixel>} */
    this.pointers = new Map();
    this.mode = 'none';
    this.isDrag = false;
    /** @type {Vec3} */
    this.anchor = [0, 0, 0];
    /** @type {Pixel} */
    this.start = [0, 0];
    /** @type {{pixel: Pixel, time: number, place: Vec3}|null} */
    this.wheel = null;
    /** @type {number|undefined} */
    this.flight = undefined;
    const { canvas } = stage;
    canvas.addEventListener('pointerdown', (event) => this.down(event));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    canvas.addEventListener('pointerup', (event) => this.up(event));
    canvas.addEventListener('pointercancel', (event) => this.cancel(event));
    canvas.addEventListener('pointerleave', () => tools.leave());
    canvas.addEventListener('wheel', (event) => this.roll(event), { passive: false });
    canvas.addEventListener('dblclick', (event) => this.goTo(this.pixel(event)));
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener('keydown', (event) => this.key(event));
  }

  /** @param {MouseEvent} event @returns {Pixel} */
  pixel(event) {
    const box = this.stage.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  down(event) {
    const { stage } = this;
    stage.canvas.setPointerCapture(event.pointerId);
    cancelAnimationFrame(this.flight ?? 0);
    const pixel = this.pixel(event);
    this.pointers.set(event.pointerId, pixel);
    if (this.pointers.size === 1) {
      const turns = event.button !== 0 || event.ctrlKey;
      this.mode = turns ? 'orbit' : 'pan';
      this.isDrag = false;
      this.start = pixel;
      if (turns) {
        stage.aim();
      }
      this.anchor = stage.place(pixel);
    } else if (this.pointers.size === 2) {
      this.mode = 'pinch';
      this.isDrag = true;
      const [a, b] = [...this.pointers.values()];
      this.anchor = stage.place([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const pixel = this.pixel(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.tools.hover(pixel);
      return;
    }
    this.isDrag ||= Math.hypot(pixel[0] - this.start[0], pixel[1] - this.start[1]) > CLICK;
    if (!this.isDrag) {
      return;
    }
    if (this.mode === 'pinch') {
      this.pinch(event.pointerId, pixel);
    } else if (this.mode === 'orbit') {
      this.stage.camera.turn((pixel[0] - before[0]) * TURN, (before[1] - pixel[1]) * TURN);
    } else {
      this.pan(pixel);
    }
    this.pointers.set(event.pointerId, pixel);
    this.stage.moved();
  }

  /** @param {PointerEvent} event */
  up(event) {
    const pixel = this.pixel(event);
    const isClick = this.pointers.has(event.pointerId) && !this.isDrag && this.mode === 'pan';
    this.cancel(event);
    if (isClick) {
      this.tools.click(pixel);
    }
  }

  /** @param {PointerEvent} event */
  cancel(event) {
    this.pointers.delete(event.pointerId);
    const [rest] = this.pointers.values();
    if (rest) {
      this.mode = 'pan';
      this.anchor = this.stage.place(rest);
    }
  }

  /** Keeps the anchor under the pointer. @param {Pixel} pixel */
  pan(pixel) {
    const { camera } = this.stage;
    if (camera.isTop || camera.tilt < FLAT) {
      const place = camera.onPlane(pixel, this.anchor[2]);
      if (place) {
        const [x, y] = minus(this.anchor, place);
        camera.target = plus(camera.target, [x, y, 0]);
      }
      return;
    }
    const ahead = camera.clip(this.anchor)[3];
    if (ahead > 0) {
      camera.target = plus(camera.target, minus(this.anchor, camera.along(pixel, ahead)));
    }
  }

  /** Two fingers: their distance zooms, their angle turns, together up and down they tilt. @param {number} id @param {Pixel} pixel */
  pinch(id, pixel) {
    const { camera } = this.stage;
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    const before = this.pointers.get(id);
    if (!other || !before) {
      return;
    }
    const [old, now] = [minus2(before, other), minus2(pixel, other)];
    const [oldLength, length] = [Math.hypot(...old), Math.hypot(...now)];
    if (oldLength < 1 || length < 1) {
      return;
    }
    let angle = Math.atan2(now[1], now[0]) - Math.atan2(old[1], old[0]);
    angle = Math.atan2(Math.sin(angle), Math.cos(angle));
    const isVertical = Math.abs(pixel[1] - before[1]) > 2 * Math.abs(pixel[0] - before[0]) && Math.abs(now[0]) > Math.abs(now[1]);
    if (isVertical) {
      camera.turn(0, (before[1] - pixel[1]) * TURN * 0.5);
    } else {
      camera.turn(-angle, 0);
      camera.zoom(this.anchor, oldLength / length);
    }
  }

  /** @param {WheelEvent} event */
  roll(event) {
    event.preventDefault();
    const pixel = this.pixel(event);
    const now = performance.now();
    const last = this.wheel;
    const isSame = last && now - last.time < 400 && Math.hypot(...minus2(last.pixel, pixel)) < CLICK;
    const place = isSame ? last.place : this.stage.place(pixel);
    this.wheel = { pixel, time: now, place };
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    // A pinch on a touch pad is a wheel with ctrl and small steps.
    const amount = event.deltaY * lines * (event.ctrlKey ? 6 : 1);
    this.stage.camera.zoom(place, Math.exp(Math.min(Math.max(amount, -200), 200) * 0.0018));
    this.stage.moved();
  }

  /** A double click. @param {Pixel} pixel */
  goTo(pixel) {
    if (this.tools.finish()) {
      return;
    }
    const { camera } = this.stage;
    const place = this.stage.drawnAtPixel(pixel);
    if (place) {
      this.fly({ ...camera.pose(), target: place, distance: camera.distance * 0.4 });
    }
  }

  /** Moves to a pose, in a fraction of a second. @param {import('./camera.js').Pose} end */
  fly(end) {
    const { stage } = this;
    const begin = stage.camera.pose();
    const isQuiet = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const start = performance.now();
    cancelAnimationFrame(this.flight ?? 0);
    // The short way round.
    const turn = Math.atan2(Math.sin(end.heading - begin.heading), Math.cos(end.heading - begin.heading));
    const step = () => {
      const part = isQuiet ? 1 : Math.min((performance.now() - start) / 350, 1);
      const smooth = part * part * (3 - 2 * part);
      const distance = begin.distance * (end.distance / begin.distance) ** smooth;
      stage.camera.take({
        target: plus(begin.target, times(minus(end.target, begin.target), smooth)),
        distance,
        heading: begin.heading + turn * smooth,
        tilt: begin.tilt + (end.tilt - begin.tilt) * smooth,
        isTop: end.isTop,
      });
      stage.moved();
      if (part < 1) {
        this.flight = requestAnimationFrame(step);
      }
    };
    step();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.metaKey || event.ctrlKey || !this.act(event.key, event.shiftKey)) {
      return;
    }
    event.preventDefault();
  }

  /** @param {string} key @param {boolean} shift @returns {boolean} whether the key means something */
  act(key, shift) {
    const { stage, tools } = this;
    const { camera } = stage;
    /** @type {Record<string, [number, number]>} */
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const arrow = arrows[key];
    if (arrow && shift) {
      stage.aim();
      camera.turn(arrow[0] * STEP, arrow[1] * STEP);
    } else if (arrow) {
      this.walk(arrow[0], arrow[1]);
    } else if (key === '+' || key === '=') {
      camera.zoom(camera.target, 1 / 1.25);
    } else if (key === '-' || key === '_') {
      camera.zoom(camera.target, 1.25);
    } else if (key === 'q' || key === 'e') {
      stage.aim();
      camera.turn(key === 'q' ? -STEP : STEP, 0);
    } else if (key === 'Home') {
      this.home();
    } else if (key === ' ') {
      tools.click([camera.width / 2, camera.height / 2]);
      return true;
    } else if (key === 'Enter') {
      return tools.finish();
    } else if (key === 'Escape') {
      tools.cancel();
      return true;
    } else {
      return false;
    }
    stage.moved();
    return true;
  }

  /** Moves the target along the ground. @param {number} right @param {number} ahead tenths of the distance */
  walk(right, ahead) {
    const { camera } = this.stage;
    const length = camera.distance * 0.08;
    const [sin, cos] = [Math.sin(camera.heading) * length, Math.cos(camera.heading) * length];
    const move = /** @type {Vec3} */ ([right * cos + ahead * sin, ahead * cos - right * sin, 0]);
    camera.target = plus(camera.target, unscaled(move, camera.scale));
  }
}

/** @param {Pixel} a @param {Pixel} b @returns {Pixel} */
function minus2(a, b) {
  return [a[0] - b[0], a[1] - b[1]];
}
