// From the call to the first line of the script: warm server, repositories of 2,000 and of 20,000 files, each submit after an
// edit. Beside it, in the same run, the floors: git writing the same files anew, and the same script started by hand.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildScriptJob } from '../../src/job/build.ts';
import { findViewMaker, inView } from '../../src/targets/process/view.ts';
import { LocalWorkspace } from '../../src/workspace/local/workspace.ts';

/** Files, and milliseconds to the first line that are the goal. */
const SIZES = [
  [2_000, 150],
  [20_000, 250],
];
const ROUNDS = 9;

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-bench-')));
const stamp = path.join(root, 'stamp');
const first = () => Number(fs.readFileSync(stamp, 'utf8')) / 1e6;
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (what, value, more = '') =>
  console.log(`${what.padEnd(52)}${value.toFixed(0).padStart(6)} ms  ${more}`);

function makeProject(count) {
  const project = path.join(root, `project${count}`);
  for (let i = 0; i < count; i++) {
    const file = path.join(project, `pkg${i % Math.ceil(count / 50)}`, `module${i}.py`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `# ${i}\n`.repeat(40));
  }
  fs.writeFileSync(path.join(project, 'first.sh'), `date +%s%N > ${stamp}\n`);
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@example.com', ...args], { cwd: project });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'first');
  return project;
}

const timed = (run) => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

/** Git writes all files of the project into an empty folder. */
function plainCheckout(project) {
  return median(
    [1, 2, 3].map((n) => {
      const folder = path.join(root, `plain${n}`);
      const time = timed(() =>
        execFileSync('git', ['checkout-index', '-a', `--prefix=${folder}/`], { cwd: project }),
      );
      fs.rmSync(folder, { recursive: true });
      return time;
    }),
  );
}

async function startsOf(project) {
  const maker = await findViewMaker();
  const empty = fs.mkdirSync(path.join(root, 'view'), { recursive: true }) ?? path.join(root, 'view');
  const view = {
    mounts: [
      { from: project, at: empty },
      { from: empty, at: project },
    ],
    cwd: project,
  };
  const byHand = [];
  const inside = [];
  for (let i = 0; i < ROUNDS; i++) {
    byHand.push(timed(() => spawnSync('/bin/sh', ['first.sh'], { cwd: project })));
    if (!maker) continue;
    const entered = path.join(root, 'entered');
    const { command } = inView(maker, { ...view, entered }, ['/bin/sh', 'first.sh'], process.env);
    inside.push(timed(() => spawnSync(command[0], command.slice(1), { cwd: root })));
  }
  return { byHand: median(byHand), inside: maker && median(inside) };
}

const workspace = new LocalWorkspace({
  home: path.join(root, 'home'),
  serverEntry: path.resolve('dist/server.js'),
});

async function submit(spec) {
  const start = Date.now();
  const { id } = await workspace.jobs.submit(spec);
  const answered = Date.now() - start;
  while ((await workspace.run(id)).state !== 'finished') await sleep(50);
  return { answered, line: first() - start };
}

try {
  for (const [count, goal] of SIZES) {
    const project = makeProject(count);
    const spec = buildScriptJob({
      script: path.join(project, 'first.sh'),
      codeFolder: project,
      workingFolder: project,
      interpreter: '/bin/sh',
    });
    const { line: cold } = await submit(spec); // starts the server, fills the caches
    const runs = [];
    for (let i = 0; i < ROUNDS; i++) {
      await sleep(300);
      fs.writeFileSync(path.join(project, 'pkg0/module0.py'), `# edit ${i}\n`);
      runs.push(await submit(spec));
    }
    const { byHand, inside } = await startsOf(project);
    console.log(`${count.toLocaleString('en')} files`);
    show('  submit → answered', median(runs.map((r) => r.answered)));
    show('  submit → first line', median(runs.map((r) => r.line)), `goal ${goal} ms`);
    show(
      '  the first submit of the repository → first line',
      cold,
      count === SIZES[0][0] ? 'with the server’s start' : '',
    );
    show('  floor: git checkout-index of the same files', plainCheckout(project));
    show('  floor: the script started by hand, to its end', byHand);
    if (inside !== undefined) show('  the same in a view of its own', inside);
  }
} finally {
  const { pid } = await workspace.status();
  process.kill(pid);
  await sleep(500);
  fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}
