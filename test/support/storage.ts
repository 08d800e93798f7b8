/** Servers that stand for S3 and Azure Storage. `npm run test:integration` installs them and sets the variables. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { freePort } from './tools.js';
import { until } from './until.js';

export interface StorageServer {
  port: number;
  url: string;
  close(): Promise<void>;
}

/** Objects that are there from the start, more quickly than by requests. */
export interface Seeded {
  bucket: string;
  /** For Python's `format`, such as `a/{:03}`. */
  keys: string;
  count: number;
}

const SEEDING = `
import sys
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import main
port, bucket, keys, count = sys.argv[1:]
if bucket:
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    backend.create_bucket(bucket, "us-east-1")
    for i in range(int(count)):
        backend.put_object(bucket, keys.format(i), b"x")
main(["-H", "127.0.0.1", "-p", port])
`;

/** moto's server. It lets in whoever asks. */
export function startS3(
  { bucket, keys, count }: Seeded = { bucket: '', keys: '', count: 0 },
): Promise<StorageServer> {
  return start((port) =>
    spawn(required('TRAINYARD_TEST_S3'), ['-c', SEEDING, String(port), bucket, keys, String(count)]),
  );
}

/** Azurite's server of blobs, with its well-known account. */
export function startAzurite(): Promise<StorageServer> {
  const main = path.join(required('TRAINYARD_TEST_AZURITE'), 'node_modules/azurite/dist/src/blob/main.js');
  const flags = ['--inMemoryPersistence', '--silent', '--skipApiVersionCheck', '--disableTelemetry'];
  return start((port) =>
    spawn(process.execPath, [main, '--blobHost', '127.0.0.1', '--blobPort', `${port}`, ...flags]),
  );
}

/** Of Azurite. It is published. */
export const AZURITE_ACCOUNT = 'devstoreaccount1';
export const AZURITE_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

async function start(run: (port: number) => ChildProcess): Promise<StorageServer> {
  const port = await freePort();
  const server = run(port);
  let said = '';
  const listen = (text: Buffer) => (said = (said + text.toString()).slice(-4000));
  server.stdout?.on('data', listen);
  server.stderr?.on('data', listen);
  const url = `http://127.0.0.1:${port}`;
  await until('the storage server to answer', async () => {
    if (server.exitCode !== null) throw new Error(`It ended: ${said}`);
    return (await fetch(url).catch(() => undefined)) !== undefined;
  });
  return {
    port,
    url,
    close: async () => {
      if (server.exitCode !== null) return;
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
    },
  };
}

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: run npm run test:integration.`);
  return value;
}
