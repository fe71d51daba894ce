// What can be done with points: look at them, filter, clip, measure, link.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ept, fixture } from './places.js';
import { inFolder, parsed, points } from './rows.js';
import { clickMap, described, launch, lit, open, projected, serve, settle } from './view.js';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Number of a length in the page, such as `1,234.5 m`. @param {string} text */
const number = (text) => Number(text.replaceAll(',', '').split(' ')[0]);

test('a click shows the record that a query returns', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { page } = await open(t, browser, url);
  await clickMap(page, 0.5, 0.55);
  await page.waitForSelector('#picked:not([hidden]) tr');
  const record = await page.evaluate(() =>
    Array.from(document.querySelectorAll('#record tr'), (row) => Array.from(row.children, (cell) => cell.textContent ?? '')),
  );
  const shown = Object.fromEntries(record.map(([name, value]) => [name, Number(value)]));
  const rows = points(fixture('terrain')).filter(({ X, Y, Z }) => X === shown.X && Y === shown.Y && Z === shown.Z);
  const names = Object.keys(rows[0] ?? {});
  const found = rows.filter((row) => names.every((name) => row[name] === shown[name]));
  assert.equal(found.length, 1, JSON.stringify({ shown, rows }));

  // The point is at the pixel.
  const pixel = await page.evaluate((place) => window.ept.project(place), [shown.X, shown.Y, shown.Z]);
  const map = await page.locator('#map').boundingBox();
  const apart = Math.hypot(pixel[0] - map.width * 0.5, pixel[1] - map.height * 0.55);
  assert.ok(apart < 12, `${apart} pixels apart`);
});

test('hidden classes are not drawn', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { page } = await open(t, browser, url);
  const all = await lit(page);
  await page.locator('#classes input').first().click();
  await settle(page);
  const less = await lit(page);
  assert.ok(less.part < all.part, `${less.part} is not less than ${all.part}`);
  await page.click('#classes-none');
  await settle(page);
  assert.equal((await lit(page)).part, 0);
  await page.click('#classes-all');
  await settle(page);
  assert.deepEqual(await lit(page), all);
});

test('a clip shows what is inside, and its command writes that', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { conforming } = await described(url);
  const { page } = await open(t, browser, url, { hash: '&size=0.2&strength=0' });
  await page.click('#top');
  await page.click('#home');
  await settle(page);
  await page.click('[data-tool=box]');
  await clickMap(page, 0.4, 0.4);
  await clickMap(page, 0.6, 0.65);
  await settle(page);
  const { clip } = await page.evaluate(() => window.ept.state);
  const [minx, miny, maxx, maxy] = clip.box;
  const expected = await projected(page, [minx, miny, conforming[2], maxx, maxy, conforming[5]]);
  const { box } = await lit(page);
  const apart = box.map((side, i) => Math.abs(side - expected[i]));
  assert.ok(Math.max(...apart) <= 5, `lit: ${box}, clip: ${expected}`);

  await page.waitForFunction(() => document.getElementById('command-text')?.textContent);
  const command = (await page.textContent('#command-text')) ?? '';
  const inside = points(fixture('terrain')).filter(({ X, Y }) => X >= minx && X <= maxx && Y >= miny && Y <= maxy);
  assert.ok(inside.length > 0);
  inFolder((folder) => {
    const environment = { ...process.env, PATH: `${path.dirname(ept)}:${process.env.PATH}` };
    execFileSync('sh', ['-c', command], { cwd: folder, env: environment, stdio: 'ignore' });
    const file = command.match(/(?:-o|--output)\s+(\S+)/)?.[1] ?? '';
    execFileSync(ept, ['query', file, '-o', 'points.csv'], { cwd: folder, stdio: 'ignore' });
    assert.equal(parsed(readFileSync(path.join(folder, 'points.csv'), 'utf8')).length, inside.length);
  });
});

test('the ruler measures between places', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { page } = await open(t, browser, url);
  await page.click('#top');
  await settle(page);
  await page.click('[data-tool=ruler]');
  await clickMap(page, 0.45, 0.5);
  await clickMap(page, 0.55, 0.5);
  await page.waitForFunction(() => !document.getElementById('lengths')?.textContent?.includes('0.000 m'));
  const measured = number((await page.locator('#lengths tr').first().locator('td').textContent()) ?? '');
  // A tenth of the picture's width; points are some pixels away from where the click is.
  const { matrix, viewport } = await page.evaluate(() => window.ept.camera);
  const pixel = 2 / viewport[0] / Math.hypot(matrix[0], matrix[1]);
  const expected = 0.1 * viewport[0] * pixel;
  assert.ok(Math.abs(measured - expected) < 15 * pixel, `${measured} instead of ${expected}`);
});

test('a profile is drawn, and can be downloaded', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { page, complaints } = await open(t, browser, url);
  await page.click('#top');
  await settle(page);
  await page.click('[data-tool=profile]');
  await clickMap(page, 0.4, 0.45);
  await clickMap(page, 0.6, 0.5);
  await page.waitForFunction(() => document.getElementById('profile-readout')?.textContent?.includes('points'));
  const count = number((await page.textContent('#profile-readout')) ?? '');
  assert.ok(count > 0);
  const address = await page.evaluate(() => /** @type {HTMLAnchorElement} */ (document.getElementById('profile-csv')).href);
  const text = await (await fetch(address)).text();
  assert.ok(text.split('\n').length > count, text.slice(0, 200));
  assert.deepEqual(complaints(), []);
});

test('a link shows the same picture', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const first = await open(t, browser, url, { hash: '&hide=5&color=height&height=290,320&size=1.5' });
  await first.page.locator('#map').focus();
  for (const key of ['ArrowLeft', 'Shift+ArrowRight', '+', '+', 'Shift+ArrowUp']) {
    await first.page.keyboard.press(key);
  }
  await settle(first.page);
  await first.page.click('#link');
  const link = new URL(first.page.url());
  const second = await open(t, browser, url, { hash: `&${link.hash.slice(1)}` });
  const facts = (/** @type {import('playwright-core').Page} */ page) => page.evaluate(() => ({ state: window.ept.state, points: window.ept.points }));
  assert.deepEqual(await facts(second.page), await facts(first.page));
  const [before, now] = [await lit(first.page), await lit(second.page)];
  assert.ok(Math.abs(before.part - now.part) < 1e-3, JSON.stringify({ before, now }));
});

test('every control has a name', async (t) => {
  const { url } = await serve(t, fixture('terrain'));
  const { page } = await open(t, browser, url);
  const nameless = await page.evaluate(() => {
    const controls = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('button, input, select, a, canvas:not([aria-hidden])'));
    const isNamed = (/** @type {HTMLInputElement} */ control) =>
      control.ariaLabel || control.labels?.length || (control.tagName !== 'INPUT' && control.textContent?.trim());
    return Array.from(controls).filter((control) => !isNamed(control)).map((control) => control.outerHTML);
  });
  assert.deepEqual(nameless, []);
});
