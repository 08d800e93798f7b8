#!/usr/bin/env -S node --
// After -- Node does not interpret options as its own: it has an --env-file, too.
import process from 'node:process';
import { problemOfNode } from '../base/node-floor.js';

// An older Node could not even load the rest.
const problem = problemOfNode(process.versions.node);
if (problem === undefined) await import('./program.js');
else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
