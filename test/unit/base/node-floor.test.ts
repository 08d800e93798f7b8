import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { problemOfNode } from '../../../src/base/node-floor.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
const floor = engines.node.replace('>=', '');

describe('the oldest Node that works', () => {
  it('has node:sqlite without a flag', () => {
    assert.equal(engines.node, '>=22.19');
  });

  it('is the one that the docs name', () => {
    for (const file of ['README.md', 'CONTRIBUTING.md', 'docs/cli.md']) {
      const named = [...read(file).matchAll(/Node(?:\.js)? ≥ ([\d.]*\d)/g)].map(([, version]) => version);
      assert.ok(named.length > 0, `${file} names none`);
      for (const version of named) assert.equal(version, floor, file);
    }
  });

  it('is in package-lock.json, as npm checks it', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { engines?: { node?: string }; bin?: unknown }>;
    };
    assert.equal(packages['']?.engines?.node, engines.node);
  });

  it('passes itself and what is newer, and says what to do about an older one', () => {
    for (const version of ['22.19.0', '22.20.1', '24.0.0', '100.1.0'])
      assert.equal(problemOfNode(version, floor), undefined, version);
    for (const version of ['22.18.9', '22.5.0', '20.20.2', '8.19.0'])
      assert.match(problemOfNode(version, floor) ?? '', /needs Node 22\.19 or newer.*Install/s, version);
  });
});
