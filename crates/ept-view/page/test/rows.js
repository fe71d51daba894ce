// Points as `ept query` writes them, in CSV.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { run } from './view.js';

/** Rows of a CSV with a header. @param {string} text @returns {Record<string, number>[]} */
export function parsed(text) {
  const [head, ...lines] = text.trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i], Number(value)])));
}

/** All points of a dataset. @param {string} source @returns {Record<string, number>[]} */
export function points(source) {
  return inFolder((folder) => {
    const file = path.join(folder, 'points.csv');
    run('query', source, '--output', file);
    return parsed(readFileSync(file, 'utf8'));
  });
}

/** Works in a folder that is removed afterwards. @template T @param {(folder: string) => T} work @returns {T} */
export function inFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ept-page-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
