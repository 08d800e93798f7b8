// npm run demo [-- --headless]
// The main job from end to end, in a scratch folder: a real project, a real training script, two runs, what changed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { answers } from './engine.mjs';
import { demoImage } from './images.mjs';
import { CACHE, ROOT, say } from './shell.mjs';
import { ensureBuild, ensureDependencies, ensureNode, ensurePython } from './setup.mjs';

const headless = process.argv.includes('--headless');
ensureDependencies();
const node = ensureNode();
const python = ensurePython();
ensureBuild();

const scratch = path.join(CACHE, 'demo');
const project = path.join(scratch, 'digits');
const home = path.join(scratch, 'home');
const env = { ...process.env, TRAINYARD_HOME: home };

/** The command line, in the project. @returns what it printed, when it is not shown */
function trainyard(args, { show = false } = {}) {
  if (show) console.log(`\n$ trainyard ${args.join(' ')}`);
  const stdio = ['ignore', show ? 'inherit' : 'pipe', 'inherit'];
  const { status, stdout } = spawnSync(node, [path.join(ROOT, 'dist', 'cli.js'), ...args], {
    cwd: project,
    env,
    stdio,
  });
  if (status !== 0) throw new Error(`trainyard ${args.join(' ')} ended with ${status}`);
  return stdout?.toString() ?? '';
}
const json = (...args) => JSON.parse(trainyard([...args, '--json']));
const git = (...args) => {
  const who = ['-c', 'user.name=You', '-c', 'user.email=you@example.com', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: project });
  if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr}`);
};
const expect = (holds, what) => {
  if (!holds) throw new Error(`The demo expected ${what}.`);
};

say(`A project in ${project}`);
if (fs.existsSync(home)) spawnSync(node, [path.join(ROOT, 'dist', 'cli.js'), 'server', 'stop'], { env });
fs.rmSync(scratch, { recursive: true, force: true });
fs.cpSync(path.join(ROOT, 'examples', 'digits'), project, { recursive: true });
fs.symlinkSync(path.dirname(path.dirname(python)), path.join(project, '.venv'), 'junction');
git('init', '-q', '-b', 'main');
git('add', '-A');
git('commit', '-qm', 'Train on the digits');

trainyard(['submit', 'train.py', '--name', 'baseline', '--watch'], { show: true });

say('An edit: it learns faster and is held back less. It is not committed.');
const script = path.join(project, 'train.py');
const before = fs.readFileSync(script, 'utf8');
const after = before.replace('default=0.001', 'default=0.005').replace('default=0.01)', 'default=0.0001)');
expect(after !== before, 'to find what it edits in train.py');
fs.writeFileSync(script, after);
trainyard(['submit', 'train.py', '--name', 'faster', '--watch'], { show: true });

trainyard(['runs'], { show: true });
const { runs } = json('runs');
const [second, first] = runs;
expect(runs.length === 2 && runs.every(({ state }) => state === 'finished'), 'two finished runs');

console.log('\nSide by side');
const rows = [['', first.name, second.name, 'change']];
for (const key of ['lr', 'alpha', 'epochs']) rows.push([key, first.params[key], second.params[key], '']);
for (const key of ['loss', 'accuracy', 'val_loss', 'val_accuracy']) {
  const [a, b] = [first, second].map((run) => run.metrics[key]);
  expect(a?.count === 30 && b?.count === 30, `30 points of ${key} in each run`);
  const change = b.value - a.value;
  rows.push([
    key,
    a.value.toFixed(4),
    b.value.toFixed(4),
    `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(4)}`,
  ]);
}
for (const cells of rows)
  console.log(
    cells.map((cell, i) => String(cell)[i === 0 ? 'padEnd' : 'padStart'](i === 0 ? 14 : 18)).join(''),
  );

trainyard(['run', 'diff', first.id, second.id], { show: true });
const diff = json('run', 'diff', first.id, second.id);
expect(diff.files.length === 1 && diff.files[0].path === 'train.py', 'one changed file');
expect(first.code.head === second.code.head, 'both runs to stand on one commit');

trainyard(['run', 'show', 'faster'], { show: true });
const { files } = json('run', 'show', second.id);
expect(
  files.some(({ path: name }) => name === 'confusion_matrix.png'),
  'the confusion matrix',
);
const log = json('run', 'logs', second.id).log;
expect(log.includes('epoch 30/30') && !log.includes('WARNING'), 'a whole log without a warning');

const copy = path.join(scratch, 'restored');
trainyard(['run', 'restore', first.id, copy]);
expect(fs.readFileSync(path.join(copy, 'train.py'), 'utf8') === before, 'the first run’s code, to the byte');

await inContainer();

console.log(`\nThe project  ${project}\nThe store    ${home}`);
console.log(`The code of ${first.name}, restored  ${copy}`);
if (headless) trainyard(['server', 'stop']);
else await (await import('./open-editor.mjs')).openEditor({ project, home, node });

/** The third step, where an engine runs: the same code as the second run, in a container. */
async function inContainer() {
  if (!(await answers())) return say('No Docker engine answers, so there is no third run in a container.');
  let image;
  try {
    image = await demoImage();
  } catch (error) {
    return say(`There is no third run in a container: ${error.message}`);
  }
  say(`The same code in a container of ${image}`);
  const where = ['--target', 'docker', '--image', image];
  trainyard(['submit', 'train.py', '--name', 'contained', ...where, '--watch'], { show: true });
  const [contained] = json('runs').runs;
  expect(contained.state === 'finished' && contained.metrics.loss.count === 30, 'a whole run in a container');
  const apart = Math.abs(contained.metrics.loss.value - second.metrics.loss.value);
  expect(apart < 0.01, 'the loss to be that of the second run');
  console.log(`\nThe loss in the container is ${contained.metrics.loss.value.toFixed(4)}, as outside of it.`);
}
