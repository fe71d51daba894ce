// How far apart the points are that are drawn, in each eighth of each tile, so that points are as large as their gaps.

/** @typedef {import('./tiles.js').Tile} Tile */

/**
 * Sets the distances between the points of all tiles. An eighth that has a tile of its own is as dense as that tile.
 * @param {Map<string, Tile>} tiles @param {number} spacing of the root
 */
export function setSizes(tiles, spacing) {
  const keys = [...tiles.keys()].map((key) => key.split('-').map(Number));
  keys.sort((a, b) => b[0] - a[0]);
  /** @type {Map<string, number>} */
  const means = new Map();
  for (const [depth, x, y, z] of keys) {
    const key = `${depth}-${x}-${y}-${z}`;
    const tile = tiles.get(key);
    if (!tile) {
      continue;
    }
    const own = spacing / 2 ** depth;
    let sum = 0;
    for (let i = 0; i < 8; i++) {
      const child = `${depth + 1}-${2 * x + (i & 1)}-${2 * y + ((i >> 1) & 1)}-${2 * z + (i >> 2)}`;
      const size = means.get(child) ?? own;
      tile.sizes[i] = size;
      sum += size;
    }
    means.set(key, sum / 8);
  }
}
