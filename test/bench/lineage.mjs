// From the content of a file to the run that wrote it: one request to a server with many files, at full scale a million.
import { createHash } from 'node:crypto';
import { startTrainyard } from './_servers.mjs';
import { FULL, quantile, time } from './_report.mjs';

const RUNS = 1_000;
const FILES = FULL ? 1_000 : 100;
const CALLS = 500;
/** ms; the goal for each request. */
const GOAL = 50;

const idOf = (run) => run.toString(16).padStart(32, '0');
/** The first file of each run is the same in all. */
const hashOf = (run, file) =>
  createHash('sha256')
    .update(file === 0 ? 'common' : `${run}/${file}`)
    .digest('hex');

const server = await startTrainyard({
  async fill(store) {
    for (let run = 0; run < RUNS; run++)
      await store.write(() => {
        store.runs.create({ id: idOf(run), experimentId: '0', name: `run-${run}`, startTime: 1.7e12 + run });
        for (let file = 0; file < FILES; file++)
          store.db.run(
            'INSERT INTO artifacts VALUES (?, ?, ?, 1, 0)',
            `runs/${idOf(run)}`,
            `many/${file}.bin`,
            hashOf(run, file),
          );
      });
  },
});
try {
  const ask = async (sha256, direction) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/api/trainyard/v1/lineage`, {
      method: 'POST',
      headers: { ...server.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [`file:${sha256}`], direction }),
    });
    const { edges } = await response.json();
    return edges.length;
  };
  const cases = {
    'the run that wrote a file': (n) => [hashOf((n * 7) % RUNS, 1 + ((n * 13) % (FILES - 1))), 'up'],
    'what came of a file': (n) => [hashOf((n * 7) % RUNS, 1 + ((n * 13) % (FILES - 1))), 'down'],
    'the runs that wrote a file which 1,000 have': () => [hashOf(0, 0), 'up'],
    'a file that nobody knows': (n) => [hashOf('none', n + 1), 'up'],
  };
  console.log(`${(RUNS * FILES).toLocaleString('en')} files, ${CALLS} requests each; goal: ${GOAL} ms`);
  for (const [name, args] of Object.entries(cases)) {
    const times = [];
    for (let n = 0; n < CALLS; n++) times.push(await time(() => ask(...args(n))));
    const [median, most] = [quantile(times, 0.5), quantile(times, 0.99)];
    console.log(`${name.padEnd(46)} median ${median.toFixed(1)} ms, 99 % ${most.toFixed(1)} ms`);
    if (most > GOAL) process.exitCode = 1;
  }
} finally {
  await server.stop();
}
