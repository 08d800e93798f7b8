// A job that writes 5,000 small files: from the end of its script until it has ended, all of them kept, and how long the
// server lets others wait meanwhile.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalWorkspace } from '../../src/workspace/local/workspace.ts';
import { buildScriptJob } from '../../src/job/build.ts';

const FILES = 5000;
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-bench-'));
const project = path.join(root, 'project');
fs.mkdirSync(project);
fs.writeFileSync(
  path.join(project, 'write.sh'),
  `mkdir out; for i in $(seq ${FILES}); do echo "$TRAINYARD_OUTPUT sample $i" > out/$i.txt; done\n`,
);
const git = (...args) =>
  execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@example.com', ...args], { cwd: project });
git('init', '-q');
git('add', '-A');
git('commit', '-qm', 'first');

const workspace = new LocalWorkspace({
  home: path.join(root, 'home'),
  serverEntry: path.resolve('dist/server.js'),
});
const spec = buildScriptJob({
  script: path.join(project, 'write.sh'),
  codeFolder: project,
  workingFolder: project,
  interpreter: '/bin/bash',
});
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function once() {
  const { id } = await workspace.jobs.submit(spec);
  const exit = path.join(root, 'home', 'jobs', id, 'exit.json');
  while (!fs.existsSync(exit)) await sleep(10);
  const start = performance.now();
  let longest = 0;
  for (;;) {
    const asked = performance.now();
    const run = await workspace.run(id);
    longest = Math.max(longest, performance.now() - asked);
    if (run.state === 'finished') break;
    await sleep(20);
  }
  const took = performance.now() - start;
  const kept = (await workspace.files(id, 'outputs/out')).length;
  if (kept !== FILES) throw new Error(`${kept} of ${FILES} files were kept.`);
  return { took, longest };
}
try {
  await workspace.status();
  const times = [];
  for (let i = 0; i < 3; i++) times.push(await once());
  const range = (values) =>
    values
      .sort((a, b) => a - b)
      .map((value) => value.toFixed(0))
      .join('–');
  console.log(`${FILES} files, script's end → job's end   ${range(times.map(({ took }) => took))} ms`);
  console.log(`longest answer meanwhile             ${range(times.map(({ longest }) => longest))} ms`);
} finally {
  const { pid } = await workspace.status();
  process.kill(pid);
  await sleep(500);
  fs.rmSync(root, { recursive: true, force: true });
}
