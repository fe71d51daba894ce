// `window.ept`: what the page knows, read only. For tests, and for whoever opens the console.

/**
 * @param {object} parts
 * @param {import('./stage.js').Stage} parts.stage
 * @param {import('./tiles.js').Tiles} parts.tiles
 * @param {import('./looker.js').Looker} parts.looker
 * @param {import('./losses.js').Losses} parts.losses
 * @param {import('./state.js').State} parts.state
 */
export function publishFacts({ stage, tiles, looker, losses, state }) {
  const facts = {
    /** Points in the buffers of the GPU, before classes and clip. */
    get points() {
      return tiles.points;
    },
    /** Points of the last look. */
    get lookPoints() {
      return looker.last?.points ?? 0;
    },
    /** Whether all tiles of the present camera are drawn. */
    get settled() {
      return looker.isSettled && tiles.pending === 0 && stage.isIdle;
    },
    /** Buffers of the GPU. */
    get buffers() {
      return tiles.loaded.size;
    },
    /** Bytes of tiles that were received. */
    get bytes() {
      return tiles.bytes;
    },
    /** Looks so far. */
    get looks() {
      return looker.looks;
    },
    /** Keys of the tiles that can't be read. */
    get losses() {
      return losses.list.map(({ key }) => key);
    },
    /** Matrix in rows from coordinates to clip space, size of the picture in pixels, and where the camera is. */
    get camera() {
      const { canvas, camera } = stage;
      return { matrix: camera.matrix(), viewport: [canvas.width, canvas.height], pose: camera.pose() };
    },
    /** Colour, limits, hidden classes, clip and settings. */
    get state() {
      const { color, limits, clip, budget, depth, size, strength, stretch } = state;
      return { color, limits, hidden: [...state.hidden], clip, budget, depth, size, strength, stretch };
    },
    /** The CSS pixel of a place; `null` if it is behind the eye. @param {[number, number, number]} place */
    project(place) {
      return stage.camera.project(place);
    },
    /** Colour of the background. */
    get background() {
      return [...stage.background];
    },
    /** Draws a frame and reads its pixels, as RGBA from the lower left corner. */
    pixels() {
      const { gl, canvas } = stage;
      stage.movedAt = -Infinity;
      stage.draw();
      const pixels = new Uint8Array(canvas.width * canvas.height * 4);
      gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      return { width: canvas.width, height: canvas.height, pixels };
    },
  };
  Object.defineProperty(window, 'ept', { value: Object.freeze(facts) });
}
