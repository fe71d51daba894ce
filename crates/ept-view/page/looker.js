// Asks the server what is to be drawn, whenever the camera moved or something arrived.

import { Refusal, isAbort, post, request, sentence, viewer } from './server.js';

/** @typedef {import('./server.js').Look} Look */

/** Milliseconds after which the server is told that the page is still open. */
const ALIVE = 30_000;
/** Milliseconds between looks while the camera moves. */
const PAUSE = 30;
/** Milliseconds between looks that drop what is out of view. */
const DROP = 80;

/** One request for a look and one for arrivals are in flight at most. */
export class Looker {
  /**
   * @param {() => object} view what is sent
   * @param {(look: Look) => void} onLook
   * @param {(problem: string|null) => void} onProblem with `null` when it is over
   * @param {() => void} onRest when what is seen was looked at
   */
  constructor(view, onLook, onProblem, onRest) {
    this.view = view;
    this.onLook = onLook;
    this.onProblem = onProblem;
    this.onRest = onRest;
    this.isWanted = false;
    /** The looks that are under way. @type {Promise<void>|null} */
    this.looking = null;
    this.isWaiting = false;
    /** @type {Look|null} */
    this.last = null;
    this.looks = 0;
    setInterval(() => document.hidden || this.look(), ALIVE);
    document.addEventListener('visibilitychange', () => document.hidden || this.look());
  }

  /** Whether nothing more is coming for the present camera. */
  get isSettled() {
    return !this.isWanted && !this.looking && this.last !== null && this.last.settled;
  }

  /** Looks again, soon. @returns {Promise<void>} resolves when what is seen now was looked at */
  look() {
    this.isWanted = true;
    this.looking ??= this.run().finally(() => {
      this.looking = null;
      if (this.isWanted) {
        this.look();
      } else {
        this.onRest();
        this.wait();
      }
    });
    return this.looking;
  }

  async run() {
    let failures = 0;
    while (this.isWanted) {
      this.isWanted = false;
      try {
        const look = await post('look', this.view());
        failures = 0;
        this.looks += 1;
        this.last = look;
        this.onProblem(null);
        this.onLook(look);
        await pause(PAUSE);
      } catch (error) {
        failures += 1;
        this.isWanted = true;
        this.onProblem(sentence(error));
        await pause(Math.min(500 * 2 ** failures, 15_000));
      }
    }
  }

  /** Waits for something to arrive. A hidden page does not: browsers share a few connections among all pages of a server. */
  async wait() {
    const isOver = () => !this.last || document.hidden || (this.last.settled && this.last.losses.length === 0);
    if (this.isWaiting || isOver()) {
      return;
    }
    this.isWaiting = true;
    while (!isOver()) {
      if (this.last?.missing === 0 && !this.last.settled) {
        // Tiles out of view are dropped after some looks, not after some time.
        await pause(DROP);
        await this.look();
        continue;
      }
      try {
        const version = this.last?.version ?? 0;
        const answer = await request(`arrivals?viewer=${viewer}&version=${version}`);
        if (answer.status === 200) {
          await this.look();
        }
      } catch (error) {
        if (!isAbort(error) && !(error instanceof Refusal)) {
          this.onProblem(sentence(error));
        }
        await pause(1000);
        await this.look();
      }
    }
    this.isWaiting = false;
  }
}

/** @param {number} milliseconds @returns {Promise<void>} */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
