// Jobs in containers beside the same by hand: from the submit to the first line, and how fast a log is written and read.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { buildJob } from '../../src/job/build.ts';
import { digestOf } from '../../src/job/environment/digest.ts';
import { BuiltImages } from '../../src/targets/docker/build.ts';
import { Engine } from '../../src/targets/docker/engine.ts';
import { KeptEnvironments } from '../../src/targets/process/environments/kept.ts';
import { LocalWorkspace } from '../../src/workspace/local/workspace.ts';

const ROUNDS = 9;
const MB = 1e6;
/** Bytes of a log: ours, and of what Docker keeps and `docker logs` reads, which takes long. */
const [OURS, THEIRS] = [1000 * MB, 50 * MB];

const { TRAINYARD_TEST_IMAGE_PYTHON: python, TRAINYARD_TEST_IMAGE_SHELL: shell } = process.env;
if (!python) throw new Error('This benchmark wants a Docker engine: see what .ci/tools/containers.mjs says.');
const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-bench-')));
const project = path.join(root, 'project');
fs.mkdirSync(project);
fs.writeFileSync(path.join(project, 'README.md'), 'A project\n');
for (const args of [
  ['init', '-q'],
  ['add', '-A'],
  ['commit', '-qm', 'first'],
])
  spawnSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@example.com', ...args], { cwd: project });
const workspace = new LocalWorkspace({
  home: path.join(root, 'home'),
  serverEntry: path.resolve('dist/server.js'),
});

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (what, value, unit, more = '') =>
  console.log(`${what.padEnd(56)}${value.toFixed(0).padStart(6)} ${unit}  ${more}`);
const docker = (...args) => {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8', maxBuffer: 1e9 });
  if (status !== 0) throw new Error(`docker ${args[0]}: ${stderr}`);
  return stdout;
};

async function run(image, text) {
  const spec = {
    ...buildJob(
      { codeFolder: project, workingFolder: project, target: 'docker' },
      { command: ['sh', '-c', text], environment: { kind: 'image', image } },
    ),
  };
  const start = Date.now();
  const { id } = await workspace.jobs.submit(spec);
  const answered = Date.now() - start;
  for (;;) {
    const { state, job } = await workspace.run(id);
    if (state === 'finished') return { id, start, answered, took: Date.now() - start };
    if (state === 'failed') throw new Error(job?.reason ?? `exit code ${job?.exitCode}`);
    await sleep(50);
  }
}

async function text(id) {
  const chunks = [];
  for await (const chunk of workspace.jobs.log(id, {})) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Milliseconds until a target has found an environment that it has built. */
async function reuse(environments) {
  const definition = { image: python, pip: '# nothing\n' };
  const environment = { kind: 'defined', name: 'e', version: '1', digest: digestOf(definition), definition };
  await environments.build(environment, { onOutput: () => undefined, onStep: () => undefined });
  const times = [];
  for (let i = 0; i < ROUNDS; i++) {
    const begun = performance.now();
    if (!(await environments.find(environment))) throw new Error('The environment is gone.');
    times.push(performance.now() - begun);
  }
  await environments.remove(environment);
  return median(times);
}

/** When it was, in nanoseconds since the epoch, by the clock of both sides. */
const NOW = 'date +%s%N';
const yes = (bytes) => `yes ${'0123456789abcdef'.repeat(4)} | head -c ${bytes}`;

try {
  const [ours, answers, theirs] = [[], [], []];
  for (let i = 0; i <= ROUNDS; i++) {
    const { id, start, answered } = await run(python, NOW);
    const line = Number(await text(id)) / 1e6 - start;
    const begun = Date.now();
    const byHand = Number(docker('run', '--rm', '--init', python, 'sh', '-c', NOW)) / 1e6 - begun;
    // The first starts the server and makes the network.
    if (i === 0) continue;
    ours.push(line);
    answers.push(answered);
    theirs.push(byHand);
  }
  console.log('From the submit to the first line');
  show('  submit → answered', median(answers), 'ms');
  show('  submit → first line', median(ours), 'ms');
  show('  docker run → first line', median(theirs), 'ms');
  show('  on top', median(ours.map((time, i) => time - theirs[i])), 'ms', 'goal 150 ms');

  console.log('\nAn environment that is built already is found');
  const home = path.join(root, 'built');
  const engine = new Engine({ host: process.env.TRAINYARD_TEST_DOCKER });
  show('  in Docker', await reuse(new BuiltImages(home, () => engine)), 'ms', 'goal 50 ms');
  const kept = new KeptEnvironments(home, pino({ level: 'silent' }));
  show('  on this machine', await reuse(kept), 'ms', 'goal 50 ms');

  console.log('\nA log of short lines');
  const { took } = await run(shell, yes(OURS));
  show(
    `  a job writes ${OURS / MB} MB, until its run has ended`,
    OURS / MB / (took / 1000),
    'MB/s',
    'goal 100 MB/s',
  );
  const { pid } = await workspace.status();
  const memory = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  show('  most memory of the server', memory, 'MB');
  const begun = Date.now();
  const container = docker('run', '-d', shell, 'sh', '-c', yes(THEIRS)).trim();
  docker('wait', container);
  const written = Date.now();
  docker('logs', container);
  const read = Date.now();
  docker('rm', container);
  show(`  docker run writes ${THEIRS / MB} MB`, THEIRS / MB / ((written - begun) / 1000), 'MB/s');
  show('  docker logs reads them', THEIRS / MB / ((read - written) / 1000), 'MB/s');
} finally {
  const { pid } = await workspace.status();
  process.kill(pid);
  await sleep(500);
  fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}
