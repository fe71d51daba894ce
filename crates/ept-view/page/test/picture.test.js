// What is drawn.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fixture, sample } from './places.js';
import { described, launch, lit, open, projected, serve, settle } from './view.js';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const DATASETS = [
  fixture('terrain'),
  fixture('binary'),
  fixture('zstandard'),
  fixture('laz-pf7'),
  sample('ept/terrain-laz14'),
  sample('../bench/autzen-laz'),
].filter((folder) => folder !== null);

for (const source of DATASETS) {
  test(`all points of a look are drawn where they are: ${source.split('/').at(-1)}`, async (t) => {
    const { url } = await serve(t, source);
    const { conforming } = await described(url);
    const { page, complaints, requests } = await open(t, browser, url, { hash: '&size=0.2&strength=0' });
    const facts = await page.evaluate(() => ({ points: window.ept.points, look: window.ept.lookPoints }));
    assert.equal(facts.points, facts.look);
    assert.ok(facts.points > 0);

    await page.click('#top');
    await page.click('#home');
    await settle(page);
    const { box } = await lit(page);
    const expected = await projected(page, conforming);
    const apart = box.map((side, i) => Math.abs(side - expected[i]));
    assert.ok(Math.max(...apart) <= 5, `lit: ${box}, projected: ${expected}`);

    assert.deepEqual(complaints(), []);
    for (const request of requests) {
      assert.ok(request.startsWith(url) || request.startsWith('data:'), request);
    }
  });
}

test('a picture has many pixels and colours', async (t) => {
  const source = sample('../bench/autzen-laz') ?? fixture('terrain');
  const { url } = await serve(t, source, ['--color', 'rgb']);
  const { page } = await open(t, browser, url);
  const { part, colors } = await lit(page);
  assert.ok(part >= 0.2, `${part} of the pixels are lit`);
  assert.ok(colors >= 1000, `${colors} colours`);
});

test('every colour shows something else', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { colors } = await described(url);
  assert.ok(colors.length >= 5, colors.join());
  const { page, complaints } = await open(t, browser, url);
  const pictures = new Set();
  for (const color of colors) {
    await page.selectOption('#color', color);
    await settle(page);
    const { pixels } = await page.evaluate(() => {
      const { pixels } = window.ept.pixels();
      return { pixels: Array.from(pixels).reduce((sum, value, i) => (sum * 31 + value * (i % 251)) % 1e9, 7) };
    });
    pictures.add(pixels);
  }
  assert.equal(pictures.size, colors.length);
  assert.deepEqual(complaints(), []);
});

for (const name of ['ept/pdal-1.2-with-color', '../bench/autzen-laz']) {
  const source = sample(name);
  test(`8-bit colours in 16-bit fields are bright: ${name}`, { skip: source === null }, async (t) => {
    const { url } = await serve(t, source ?? '', ['--color', 'rgb']);
    const { page } = await open(t, browser, url, { hash: '&strength=0' });
    const { brightness } = await lit(page);
    // Shifted by 8 bits, they would all be 0.
    assert.ok(brightness > 40, `mean brightness is ${brightness}`);
  });
}

test('the picture is that which the server draws without a browser', async (t) => {
  const { url } = await serve(t, sample('ept/terrain-laz14') ?? fixture('terrain'), ['--color', 'rgb']);
  const { page } = await open(t, browser, url, { hash: '&strength=0' });
  const { same, mirrored } = await page.evaluate(async (budget) => {
    const { matrix, viewport } = window.ept.camera;
    const background = window.ept.background.map((part) => part.toString(16).padStart(2, '0')).join('');
    const address = `picture.png?matrix=${matrix}&viewport=${viewport}&color=rgb&budget=${budget}&background=${background}`;
    const image = await createImageBitmap(await (await fetch(address)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const other = context.getImageData(0, 0, image.width, image.height).data;
    const { width, height, pixels } = window.ept.pixels();
    // Means of blocks: points have other shapes in the other picture.
    const BLOCK = 16;
    const mean = (at) => {
      const sums = [];
      for (let y = 0; y + BLOCK <= height; y += BLOCK) {
        for (let x = 0; x + BLOCK <= width; x += BLOCK) {
          for (let channel = 0; channel < 3; channel++) {
            let sum = 0;
            for (let i = 0; i < BLOCK * BLOCK; i++) {
              sum += at(x + (i % BLOCK), y + Math.floor(i / BLOCK), channel);
            }
            sums.push(sum / BLOCK / BLOCK);
          }
        }
      }
      return sums;
    };
    const own = mean((x, y, channel) => pixels[((height - 1 - y) * width + x) * 4 + channel]);
    const drawn = mean((x, y, channel) => other[(y * width + x) * 4 + channel]);
    const turned = mean((x, y, channel) => other[((height - 1 - y) * width + (width - 1 - x)) * 4 + channel]);
    const apart = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
    return { same: apart(own, drawn), mirrored: apart(own, turned) };
  }, 300_000);
  t.diagnostic(JSON.stringify({ same, mirrored }));
  // Of 255. Turned upside down, the same pictures differ much more.
  assert.ok(same < 6, `the mean difference is ${same}`);
  assert.ok(mirrored > 3 * same, `${mirrored} is not more than 3 * ${same}`);
});

test('a lost context is restored', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { page, complaints } = await open(t, browser, url);
  const before = await lit(page);
  await page.evaluate(async () => {
    const map = /** @type {HTMLCanvasElement} */ (document.getElementById('map'));
    const extension = map.getContext('webgl2')?.getExtension('WEBGL_lose_context');
    const lost = new Promise((resolve) => map.addEventListener('webglcontextlost', resolve, { once: true }));
    extension?.loseContext();
    await lost;
    const restored = new Promise((resolve) => map.addEventListener('webglcontextrestored', resolve, { once: true }));
    setTimeout(() => extension?.restoreContext());
    await restored;
  });
  await settle(page);
  assert.deepEqual(await lit(page), before);
  assert.deepEqual(complaints().filter((text) => !text.includes('CONTEXT_LOST')), []);
});
