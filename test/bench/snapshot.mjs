// node --import=tsx test/bench/snapshot.mjs [files] [changed]
// Snapshot of a repository of 10,000 files with 50 changed: cold (the first one) and warm, next to what git's
// own commands take for the same, on the same repository in the same run.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { take } from '../../src/snapshot/take.ts';

const FILES = Number(process.argv[2] ?? 10_000);
const CHANGED = Number(process.argv[3] ?? 50);
const IGNORED = 100_000;
const ROUNDS = 15;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-bench-'));
const root = path.join(scratch, 'repository');
fs.mkdirSync(root);
process.env.GIT_CONFIG_GLOBAL = path.join(scratch, 'gitconfig');
fs.writeFileSync(process.env.GIT_CONFIG_GLOBAL, '[user]\n\tname = Bench\n\temail = bench@localhost\n');
const git = (args, env = {}) =>
  execFileSync('git', args, { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
const fileOf = (i) => path.join(root, `package${i % 200}`, `part${i % 3}`, `module${i}.py`);

function makeRepository() {
  git(['init', '-q']);
  for (let i = 0; i < FILES; i++) {
    fs.mkdirSync(path.dirname(fileOf(i)), { recursive: true });
    fs.writeFileSync(fileOf(i), `# module ${i}\n${'x = 1\n'.repeat(20 + (i % 300))}`);
  }
  git(['add', '-A']);
  git(['commit', '-qm', 'all']);
  git(['status']);
}

/** Other content in each round, so that every round has CHANGED files to hash. */
function edit(round) {
  for (let i = 0; i < CHANGED; i++)
    fs.appendFileSync(fileOf(Math.floor((i * FILES) / CHANGED)), `# ${round}\n`);
}

async function time(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times) {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
}

function line(name, times, reference) {
  const ratio =
    reference === undefined ? '' : `   ${(median(times) / median(reference)).toFixed(2)} × git add -A`;
  const range = `${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)}`;
  console.log(`  ${name.padEnd(34)} ${median(times).toFixed(0).padStart(5)} ms   (${range})${ratio}`);
}

const snapshot = (runId) =>
  take({ runId, folder: root, hiddenRoot: path.join(scratch, 'hidden'), sizeLimit: 100e6, message: runId });
/** What a script would do: a copy of the index, add everything, write and commit the tree. */
function addAll() {
  const index = path.join(scratch, 'index');
  fs.copyFileSync(path.join(root, '.git', 'index'), index);
  const env = { GIT_INDEX_FILE: index };
  git(['add', '-A'], env);
  git(['commit-tree', git(['write-tree'], env), '-p', 'HEAD', '-m', 'peer']);
}

try {
  makeRepository();
  const times = { cold: [], warm: [], unchanged: [], stash: [], add: [] };
  for (let round = 0; round < ROUNDS; round++) {
    edit(round);
    if (round < 5) {
      fs.rmSync(path.join(root, '.git', 'trainyard'), { recursive: true, force: true });
      times.cold.push(await time(() => snapshot(`cold${round}`)));
    } else {
      times.warm.push(await time(() => snapshot(`warm${round}`)));
      times.unchanged.push(await time(() => snapshot(`unchanged${round}`)));
    }
    times.stash.push(await time(() => git(['stash', 'create'])));
    times.add.push(await time(addAll));
  }
  console.log(`snapshot of ${FILES} files, ${CHANGED} changed; median (range)`);
  line('take, cold', times.cold, times.add);
  line('take, warm', times.warm, times.add);
  line('take, warm, no new edit', times.unchanged, times.add);
  line('git add -A, write-tree, commit-tree', times.add);
  line('git stash create (no untracked)', times.stash);

  // `data/*` beside `!data/.gitkeep`: every file of the folder is ignored by itself.
  fs.mkdirSync(path.join(root, 'data'));
  for (const name of ['.gitkeep', ...Array(IGNORED).keys()])
    fs.writeFileSync(path.join(root, 'data', `${name}`), '');
  fs.writeFileSync(path.join(root, '.gitignore'), 'data/*\n!data/.gitkeep\n');
  const ignoring = [];
  for (let round = 0; round < 5; round++) ignoring.push(await time(() => snapshot(`ignoring${round}`)));
  line(`take, warm, and ${IGNORED} ignored files`, ignoring);
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
