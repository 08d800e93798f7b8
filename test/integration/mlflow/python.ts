import { spawn } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { TestServer } from './server.js';

const PYTHON = process.env.TRAINYARD_TEST_PYTHON ?? '/tmp/pyw/v/bin/python';

export interface PythonResult {
  code: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

/** Runs scripts/<name>.py with the real MLflow client, as a job would, from an empty environment. */
export async function runPython(
  server: TestServer,
  name: string,
  env: Record<string, string | undefined> = {},
): Promise<PythonResult> {
  const started = performance.now();
  const script = fileURLToPath(new URL(`scripts/${name}.py`, import.meta.url));
  const child = spawn(PYTHON, ['-X', 'utf8', script], {
    cwd: os.tmpdir(),
    env: {
      PATH: process.env.PATH,
      HOME: os.tmpdir(),
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_TRACKING_TOKEN: server.token,
      NO_PROXY: '127.0.0.1,localhost',
      MPLBACKEND: 'agg',
      PYTHONUNBUFFERED: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr, seconds: (performance.now() - started) / 1000 };
}

/** What MLflow warns of whatever the server: pickle, which it uses by itself, and `runs:/` for a logged model. */
const ADVICE = /Saving scikit-learn models in the pickle|registering model based on models:/;

/** Complaints of the client about the server or the protocol; progress and addresses are none. */
export function complaints(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => /\b(WARNING|ERROR|CRITICAL)\b|Traceback|Error:/.test(line) && !ADVICE.test(line));
}
