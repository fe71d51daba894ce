// What a click on the map does: one tool at a time.

/** @typedef {import('./vector.js').Vec3} Vec3 */
/**
 * @typedef {object} Tool
 * @property {string} name as in `data-tool` of its button
 * @property {string} hint what to do, shown while it is in use
 * @property {(place: Vec3, pixel: [number, number]) => void} click
 * @property {(place: Vec3) => void} [move] the pointer moves without a button
 * @property {() => boolean} [finish] a double click or Enter; false if it means nothing to the tool
 * @property {() => void} cancel
 * @property {(overlay: import('./overlay.js').Overlay) => void} draw
 */

export class Tools {
  /** @param {import('./stage.js').Stage} stage @param {HTMLElement} bar with the buttons @param {HTMLElement} hint */
  constructor(stage, bar, hint) {
    this.stage = stage;
    this.bar = bar;
    this.hint = hint;
    /** @type {Tool[]} */
    this.tools = [];
    /** @type {Tool|null} */
    this.current = null;
    /** Where the pointer is. @type {[number, number]|null} */
    this.pixel = null;
    /** Called with the place under the pointer; `null` if there is none. @type {(place: Vec3|null) => void} */
    this.onPlace = () => {};
    this.isAsked = false;
    bar.addEventListener('click', (event) => {
      const button = /** @type {Element} */ (event.target).closest('[data-tool]');
      if (button instanceof HTMLElement) {
        const name = button.dataset.tool ?? '';
        // A tool that is pressed again is put down.
        this.choose(this.current?.name === name ? this.tools[0].name : name);
      }
    });
  }

  /** @param {Tool} tool the first one is chosen when others are put down */
  add(tool) {
    this.tools.push(tool);
  }

  /** @param {string} name */
  choose(name) {
    const tool = this.tools.find((other) => other.name === name) ?? this.tools[0];
    if (this.current && this.current !== tool) {
      this.current.cancel();
    }
    this.current = tool;
    for (const button of this.bar.querySelectorAll('[data-tool]')) {
      button.setAttribute('aria-pressed', String(button instanceof HTMLElement && button.dataset.tool === tool.name));
    }
    const isFirst = tool === this.tools[0];
    this.hint.textContent = isFirst ? '' : tool.hint;
    this.hint.hidden = isFirst;
    this.stage.canvas.classList.toggle('draws', !isFirst);
    this.stage.request();
  }

  /** @param {[number, number]} pixel */
  click(pixel) {
    this.current?.click(this.stage.place(pixel), pixel);
    this.stage.request();
  }

  /** The pointer moves. Its place is asked for once a frame. @param {[number, number]} pixel */
  hover(pixel) {
    this.pixel = pixel;
    if (!this.isAsked) {
      this.isAsked = true;
      requestAnimationFrame(() => {
        this.isAsked = false;
        if (this.pixel) {
          const drawn = this.stage.drawnAtPixel(this.pixel);
          this.onPlace(drawn);
          if (this.current?.move) {
            this.current.move(drawn ?? this.stage.place(this.pixel));
            this.stage.request();
          }
        }
      });
    }
  }

  leave() {
    this.pixel = null;
    this.onPlace(null);
  }

  /** @returns {boolean} whether the tool had something to finish */
  finish() {
    const isDone = this.current?.finish?.() ?? false;
    this.stage.request();
    return isDone;
  }

  cancel() {
    this.current?.cancel();
    this.choose(this.tools[0].name);
  }

  /** @param {import('./overlay.js').Overlay} overlay */
  draw(overlay) {
    this.tools.forEach((tool) => tool.draw(overlay));
  }
}
