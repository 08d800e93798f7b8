// From the call to the first line of the script, warm server, a repository of 2,000 files.
// Peer in the same run: the same script started by hand.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalWorkspace } from '../../src/workspace/local/workspace.ts';
import { buildScriptJob } from '../../src/job/build.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-bench-'));
const project = path.join(root, 'project');
for (let i = 0; i < 2000; i++) {
  const file = path.join(project, `pkg${i % 40}`, `module${i}.py`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `# ${i}\n`.repeat(40));
}
const stamp = path.join(root, 'stamp');
fs.writeFileSync(path.join(project, 'first.sh'), `date +%s%N > ${stamp}\n`);
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
  script: path.join(project, 'first.sh'),
  codeFolder: project,
  workingFolder: project,
  interpreter: '/bin/sh',
});
const first = () => Number(fs.readFileSync(stamp, 'utf8')) / 1e6;
async function submit() {
  const start = Date.now();
  const { id } = await workspace.submit(spec);
  const answered = Date.now() - start;
  while ((await workspace.run(id)).state !== 'finished') await new Promise((r) => setTimeout(r, 50));
  return { answered, line: first() - start };
}
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
try {
  await submit(); // starts the server, fills the caches
  const runs = [];
  for (let i = 0; i < 9; i++) runs.push(await submit());
  const byHand = Array.from({ length: 9 }, () => {
    const start = Date.now();
    spawnSync('/bin/sh', ['first.sh'], { cwd: project });
    return first() - start;
  });
  const line = median(runs.map((r) => r.line));
  console.log(`submit → answered        ${median(runs.map((r) => r.answered)).toFixed(0)} ms`);
  console.log(
    `submit → first line      ${line.toFixed(0)} ms  (goal 400 ms); started by hand ${median(byHand).toFixed(0)} ms`,
  );
} finally {
  const { pid } = await workspace.status();
  process.kill(pid);
  await new Promise((r) => setTimeout(r, 500));
  fs.rmSync(root, { recursive: true, force: true });
}
