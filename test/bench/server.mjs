// The server at rest: memory and CPU, against the goals of the design and a bare Node.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalWorkspace } from '../../src/workspace/local/workspace.ts';

const SECONDS = 10;
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-bench-'));
const workspace = new LocalWorkspace({ home, serverEntry: path.resolve('dist/server.js') });
const start = performance.now();
const { pid } = await workspace.status();
const started = performance.now() - start;
const cpu = () => {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
const before = cpu();
await new Promise((r) => setTimeout(r, SECONDS * 1000));
const used = cpu() - before;
const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
const [rss, own] = ['VmRSS', 'RssAnon'].map(
  (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024,
);
const bare = Number(
  execFileSync(process.execPath, ['-e', 'console.log(process.memoryUsage.rss() / 1048576)']),
);
console.log(`first start → answers    ${started.toFixed(0)} ms`);
console.log(
  `memory at rest           ${rss.toFixed(0)} MB RSS  (goal 80 MB), ${own.toFixed(0)} MB not shared with other Nodes; a bare Node ${bare.toFixed(0)} MB`,
);
console.log(`CPU at rest              ${used} ms in ${SECONDS} s  (goal 0 %)`);
process.kill(pid);
await new Promise((r) => setTimeout(r, 500));
fs.rmSync(home, { recursive: true, force: true });
