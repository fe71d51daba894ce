// Servers that fail, tiles that are broken, pages that stay open for long.

import assert from 'node:assert/strict';
import { cpSync, createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { fixture, sample } from './places.js';
import { launch, lit, open, serve, settle } from './view.js';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Points of the look of a dataset that has no faults. @param {import('node:test').TestContext} t @param {string} source */
async function intactPoints(t, source) {
  const { url } = await serve(t, source);
  const { page } = await open(t, browser, url);
  return page.evaluate(() => window.ept.points);
}

test('a broken tile is a red box, and all others are drawn', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ept-page-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = path.join(folder, 'terrain');
  cpSync(fixture('terrain'), source, { recursive: true });
  const { nodes } = JSON.parse(readFileSync(path.join(source, 'truth.json'), 'utf8'));
  const key = Object.keys(nodes).find((name) => name.startsWith('1-')) ?? '';
  const tile = path.join(source, 'ept-data', `${key}.laz`);
  assert.ok(existsSync(tile));
  writeFileSync(tile, 'not a tile');

  const intact = await intactPoints(t, fixture('terrain'));
  const { url } = await serve(t, source);
  const { page } = await openUnsettled(t, url);
  await page.waitForFunction(() => window.ept?.losses.length > 0);
  await page.waitForFunction((points) => window.ept.points === points, intact - nodes[key]);
  assert.deepEqual(await page.evaluate(() => window.ept.losses), [key]);
  assert.match((await page.textContent('#losses-list')) ?? '', new RegExp(key));
  await page.waitForFunction(() => {
    const overlay = /** @type {HTMLCanvasElement} */ (document.getElementById('overlay'));
    const danger = getComputedStyle(overlay).getPropertyValue('--danger').trim();
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(danger.slice(at, at + 2), 16));
    const { data } = overlay.getContext('2d').getImageData(0, 0, overlay.width, overlay.height);
    let red = 0;
    for (let i = 0; i < data.length; i += 4) {
      red += data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] > 200 ? 1 : 0;
    }
    return red > 200;
  });
  assert.ok((await lit(page)).part > 0.1);
});

/** Opens a page that may never settle. @param {import('node:test').TestContext} t @param {string} url */
async function openUnsettled(t, url) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${url}#budget=300000`);
  return { page };
}

test('a server that answers 503 to the first request for each tile is waited for', async (t) => {
  const source = fixture('terrain');
  const refused = new Set();
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path.join(source, name);
    const isTile = name.startsWith('/ept-data/');
    if (isTile && !refused.has(name)) {
      refused.add(name);
      response.writeHead(503).end();
    } else if (existsSync(file)) {
      createReadStream(file).pipe(response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const intact = await intactPoints(t, source);
  const { url } = await serve(t, `http://127.0.0.1:${port}/ept.json`);
  const { page } = await open(t, browser, url);
  await page.waitForFunction((points) => window.ept.points === points, intact);
  assert.ok(refused.size > 10);
  assert.deepEqual(await page.evaluate(() => window.ept.losses), []);
});

test('300 looks leave memory as it was', async (t) => {
  const { url, memory } = await serve(t, sample('ept/terrain-laz') ?? fixture('terrain'));
  const { page, complaints } = await open(t, browser, url, { viewport: { width: 500, height: 400 }, budget: 50_000 });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const measure = async () => {
    await page.keyboard.press('Home');
    await page.waitForTimeout(500);
    await settle(page);
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
    const { buffers, points } = await page.evaluate(() => ({ buffers: window.ept.buffers, points: window.ept.points }));
    return { heap, buffers, points, server: memory() };
  };
  const wander = async (/** @type {number} */ looks) => {
    const keys = ['+', '+', '+', 'ArrowLeft', 'Shift+ArrowRight', 'ArrowUp', '-', '-', 'ArrowRight', '-', 'Shift+ArrowLeft', 'ArrowDown'];
    const start = await page.evaluate(() => window.ept.looks);
    for (let i = 0; (await page.evaluate(() => window.ept.looks)) - start < looks; i++) {
      await page.keyboard.press(keys[i % keys.length]);
    }
  };
  await page.locator('#map').focus();
  // The first looks fill the caches.
  await wander(60);
  const before = await measure();
  await wander(300);
  const now = await measure();
  t.diagnostic(JSON.stringify({ before, now }));
  assert.equal(now.buffers, before.buffers);
  assert.equal(now.points, before.points);
  assert.ok(now.heap < before.heap + 4e6, `JavaScript: from ${before.heap} to ${now.heap} bytes`);
  assert.ok(now.server < before.server + 48e6, `server: from ${before.server} to ${now.server} bytes`);
  assert.deepEqual(complaints(), []);
});
