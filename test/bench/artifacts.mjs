// Files up and down through the server: one large one, and many small ones over several connections.
import { client, startMlflow, startTrainyard } from './_servers.mjs';
import { compare, FULL, time } from './_report.mjs';
import { transfers } from './_transfer.mjs';

const MB = 1024 * 1024;
const LARGE = (FULL ? 1024 : 256) * MB;
const FILES = FULL ? 10_000 : 500;
const SMALL = Math.floor(LARGE / (FULL ? 10_000 : 2500));
const CONNECTIONS = 8;

const block = Buffer.alloc(MB, 'weights');
/** Another content each time: ours keeps equal ones once. */
function content(bytes, seed) {
  return {
    bytes,
    parts: (function* () {
      yield Buffer.from(String(seed).padEnd(32));
      for (let left = bytes - 32; left > 0; left -= MB) yield left < MB ? block.subarray(0, left) : block;
    })(),
  };
}

const [ours, theirs] = await Promise.all([startTrainyard(), startMlflow()]);
let seed = 0;
try {
  const peak = new Map([ours, theirs].map((server) => [server, { before: server.memory(), most: 0 }]));
  const watch = setInterval(() => {
    for (const [server, memory] of peak) memory.most = Math.max(memory.most, server.memory());
  }, 50);
  /** Of the run that was last uploaded to. */
  const folders = new Map();
  const newRun = async (server) => {
    const connection = client(server);
    const { run_id } = await connection.createRun();
    folders.set(server, `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts`);
    connection.close();
  };
  const rate = (ms, bytes) => (bytes / MB / ms) * 1000;

  const large = (server, method) => async () => {
    if (method === 'PUT') await newRun(server);
    const connection = await transfers(server);
    const at = `${folders.get(server)}/large.bin`;
    const body = method === 'PUT' ? content(LARGE, seed++) : undefined;
    const ms = await time(() => connection.transfer(method, at, body));
    connection.close();
    return rate(ms, LARGE);
  };
  const small = (server, method) => async () => {
    if (method === 'PUT') await newRun(server);
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => transfers(server)));
    let next = 0;
    const ms = await time(() =>
      Promise.all(
        connections.map(async (connection) => {
          for (let n = next++; n < FILES; n = next++) {
            const body = method === 'PUT' ? content(SMALL, seed++) : undefined;
            await connection.transfer(method, `${folders.get(server)}/many/${n % 100}/${n}.bin`, body);
          }
        }),
      ),
    );
    for (const connection of connections) connection.close();
    return rate(ms, FILES * SMALL);
  };
  const both = (name, transfer, method) => ({
    name,
    unit: 'MB/s',
    goal: 5,
    ours: transfer(ours, method),
    theirs: transfer(theirs, method),
  });
  await compare([
    both(`upload of one file of ${LARGE / MB} MB`, large, 'PUT'),
    both(`download of it`, large, 'GET'),
    both(
      `upload of ${FILES} files of ${Math.round(SMALL / 1024)} kB, ${CONNECTIONS} connections`,
      small,
      'PUT',
    ),
    both(`download of them`, small, 'GET'),
  ]);
  clearInterval(watch);
  for (const [{ name }, { before, most }] of peak)
    console.log(
      `memory of ${name.padEnd(10)} ${before.toFixed(0)} MB at first, at most ${most.toFixed(0)} MB`,
    );
} finally {
  await Promise.all([ours.stop(), theirs.stop()]);
}
