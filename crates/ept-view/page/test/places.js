// Where the command, the browser and the datasets are. `cargo xtask page` says it by variables.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const workspace = path.resolve(fileURLToPath(import.meta.url), '../../../../..');

/** @param {string} name @returns {string} */
function variable(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run the tests with cargo xtask page`);
  }
  return value;
}

export const ept = variable('EPT');
export const browser = variable('EPT_BROWSER');

/** A dataset that `cargo xtask gen-testdata` wrote. @param {string} name */
export function fixture(name) {
  return path.join(workspace, 'testdata', name);
}

/** A dataset of other programs; `null` on machines without them. @param {string} name @returns {string|null} */
export function sample(name) {
  const folder = path.join(process.env.EPT_SAMPLES ?? path.join(workspace, '../shared/samples'), name);
  if (existsSync(folder)) {
    return folder;
  }
  console.log(`skipped: no sample at ${folder}`);
  return null;
}
