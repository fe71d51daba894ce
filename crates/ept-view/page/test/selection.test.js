// Parts of datasets, and datasets in degrees.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { fixture } from './places.js';
import { points } from './rows.js';
import { described, launch, lit, open, projected, run, serve, settle } from './view.js';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test('with --where, only the points that meet it are drawn', async (t) => {
  const ground = points(fixture('terrain')).filter(({ Classification }) => Classification === 2);
  const { url } = await serve(t, fixture('terrain'), ['--where', 'Classification == 2', '--color', 'class']);
  const { page, complaints } = await open(t, browser, url, { hash: '&strength=0' });
  const { classes } = await described(url);
  const color = classes.find((/** @type {{code: number}} */ { code }) => code === 2).color;
  const drawn = await page.evaluate(() => {
    const { pixels } = window.ept.pixels();
    const [r, g, b] = window.ept.background;
    const colors = new Set();
    for (let i = 0; i < pixels.length; i += 4) {
      if (pixels[i] !== r || pixels[i + 1] !== g || pixels[i + 2] !== b) {
        colors.add([pixels[i], pixels[i + 1], pixels[i + 2]].join());
      }
    }
    return { colors: [...colors], points: window.ept.points };
  });
  assert.deepEqual(drawn.colors, [color.join()]);
  assert.ok(drawn.points > 0 && drawn.points <= ground.length, `${drawn.points} of ${ground.length}`);
  assert.deepEqual(complaints(), []);
});

test('a dataset in degrees is drawn where it is, and as wide as on the ground', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ept-page-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'degrees.copc.laz');
  run('query', fixture('terrain'), '--out-crs', 'EPSG:4326', '-o', file);
  const rows = points(file);
  const side = (/** @type {string} */ name) => rows.map((row) => row[name]);
  const box = ['X', 'Y', 'Z'].map((name) => Math.min(...side(name))).concat(['X', 'Y', 'Z'].map((name) => Math.max(...side(name))));
  const { url } = await serve(t, file);
  const { page, complaints } = await open(t, browser, url, { hash: '&size=0.2&strength=0' });
  await page.click('#top');
  await page.click('#home');
  await settle(page);
  const expected = await projected(page, box);
  const { box: found } = await lit(page);
  const apart = found.map((edge, i) => Math.abs(edge - expected[i]));
  assert.ok(Math.max(...apart) <= 5, `lit: ${found}, projected: ${expected}`);
  // The terrain is about as wide as it is high, on the ground; in degrees it is a third wider.
  const [width, height] = [expected[2] - expected[0], expected[3] - expected[1]];
  assert.ok(Math.abs(width / height - 1) < 0.05, `${width} x ${height} pixels`);
  assert.deepEqual(complaints(), []);
});
