// Who gets nothing.

import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';

import { fixture } from './places.js';
import { launch, serve } from './view.js';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Status and length of an answer. @param {string} url @param {Record<string, string>} headers */
function answer(url, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      let length = 0;
      response.on('data', (bytes) => (length += bytes.length));
      response.on('end', () => resolve({ status: response.statusCode, length }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a wrong token, a foreign host and a foreign site get nothing', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { status } = await answer(url, {});
  assert.equal(status, 200);
  const wrong = url.replace(/[0-9a-f]{32}/, (token) => token.replace(/./g, (digit) => (digit === '0' ? '1' : '0')));
  assert.deepEqual(await answer(wrong, {}), { status: 404, length: 0 });
  assert.deepEqual(await answer(new URL('/', url).href, {}), { status: 404, length: 0 });
  for (const headers of [{ Host: 'example.com' }, { Origin: 'http://example.com' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
    assert.deepEqual(await answer(url, headers), { status: 403, length: 0 }, JSON.stringify(headers));
    assert.deepEqual(await answer(`${url}dataset`, headers), { status: 403, length: 0 }, JSON.stringify(headers));
  }
});

test('a page of another site reads nothing, even if it knows the address', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const site = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Other</title>'));
  await new Promise((resolve) => site.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => site.close());
  t.after(() => site.closeAllConnections());
  const { port } = /** @type {import('node:net').AddressInfo} */ (site.address());
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  const read = await page.evaluate(async (address) => {
    const texts = [];
    for (const mode of /** @type {const} */ (['cors', 'no-cors'])) {
      texts.push(await fetch(`${address}dataset`, { mode }).then((answer) => answer.text(), () => ''));
    }
    const image = new Image();
    const loaded = new Promise((resolve) => {
      image.onload = () => resolve('loaded');
      image.onerror = () => resolve('');
    });
    image.src = `${address}picture.png`;
    texts.push(await loaded);
    const frame = document.createElement('iframe');
    frame.src = address;
    document.body.append(frame);
    await new Promise((resolve) => frame.addEventListener('load', resolve));
    return texts;
  }, url);
  assert.deepEqual(read, ['', '', '']);
  const frame = page.frames()[1];
  assert.equal(await frame.evaluate(() => document.getElementById('map')), null);
});
