// `ept view` and pages of it, ended with the test that started them.

import { spawn, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

import { browser as program, ept } from './places.js';

/**
 * Starts the command.
 * @param {import('node:test').TestContext} test @param {string} source @param {string[]} [flags]
 * @returns {Promise<{url: string, memory: () => number}>} address of the page, and the server's memory in bytes
 */
export async function serve(test, source, flags = []) {
  const server = spawn(ept, ['view', source, '--no-open', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  test.after(() => server.kill());
  let said = '';
  const url = await new Promise((resolve, reject) => {
    const read = (/** @type {Buffer} */ bytes) => {
      said += bytes;
      const found = said.match(/http:\/\/[\w.:[\]]+\/[0-9a-f]{32}\//);
      if (found) {
        resolve(found[0]);
      }
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('exit', () => reject(new Error(`ept view ended: ${said}`)));
  });
  const memory = () => {
    const kilobytes = readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1];
    return Number(kilobytes) * 1024;
  };
  return { url, memory };
}

/** Runs the command and returns what it prints. @param {string[]} flags */
export function run(...flags) {
  return execFileSync(ept, flags, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
}

/** Starts the browser. */
export async function launch() {
  // Chromium refuses to be root in its sandbox.
  return chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
}

/**
 * Opens a page that draws at most 300,000 points, unless told: the browser has no GPU.
 * @param {import('node:test').TestContext} test @param {import('playwright-core').Browser} browser
 * @param {string} url @param {{hash?: string, budget?: number, viewport?: {width: number, height: number}, colorScheme?: 'dark'|'light'}} [options]
 */
export async function open(test, browser, url, options = {}) {
  const { hash = '', budget = 300_000, viewport = { width: 1000, height: 700 }, colorScheme = 'dark' } = options;
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1 });
  test.after(() => context.close());
  const page = await context.newPage();
  /** @type {string[]} */
  const said = [];
  /** @type {string[]} */
  const requests = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error.stack)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`${url}#budget=${budget}${hash}`);
  await settle(page);
  // What Chromium says of its own drawing is not the page's.
  const complaints = () => said.filter((text) => !text.includes('GL Driver Message'));
  return { page, complaints, requests };
}

/** Waits until all that the camera sees is drawn. @param {import('playwright-core').Page} page */
export async function settle(page) {
  // A change is seen by the next look at the latest.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));
  await page.waitForFunction(() => window.ept?.settled, undefined, { timeout: 60_000 });
}

/**
 * What is drawn: part of the pixels that are lit, number of colours, mean brightness of lit pixels (0 to 255), and the box around
 * them in CSS pixels.
 * @param {import('playwright-core').Page} page
 */
export function lit(page) {
  return page.evaluate(() => {
    const { width, height, pixels } = window.ept.pixels();
    const [r, g, b] = window.ept.background;
    const box = [width, height, 0, 0];
    const colors = new Set();
    let [count, sum] = [0, 0];
    for (let i = 0; i < pixels.length; i += 4) {
      if (pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b) {
        continue;
      }
      const [x, y] = [(i / 4) % width, height - 1 - Math.floor(i / 4 / width)];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x + 1);
      box[3] = Math.max(box[3], y + 1);
      colors.add((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]);
      sum += (pixels[i] + pixels[i + 1] + pixels[i + 2]) / 3;
      count += 1;
    }
    return { part: count / (width * height), colors: colors.size, brightness: sum / Math.max(count, 1), box };
  });
}

/** The box in pixels around the corners of a box in the dataset. @param {import('playwright-core').Page} page @param {number[]} box */
export function projected(page, box) {
  return page.evaluate(([a, b, c, d, e, f]) => {
    const at = [];
    for (const x of [a, d]) {
      for (const y of [b, e]) {
        for (const z of [c, f]) {
          at.push(window.ept.project([x, y, z]));
        }
      }
    }
    const [x, y] = [0, 1].map((axis) => at.map((pixel) => pixel[axis]));
    return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
  }, box);
}

/** Clicks the map at parts of its width and height. @param {import('playwright-core').Page} page @param {number} x @param {number} y */
export async function clickMap(page, x, y) {
  const box = await page.locator('#map').boundingBox();
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
}

/** What `dataset` says. @param {string} url */
export async function described(url) {
  return (await fetch(`${url}dataset`)).json();
}
