import { spawn } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { TestServer } from './server.js';

/** Python environments by what is in them; npm run test:integration makes them and sets these variables. */
const ENVIRONMENTS = {
  usual: 'TRAINYARD_TEST_PYTHON',
  full: 'TRAINYARD_TEST_PYTHON_FULL',
  old: 'TRAINYARD_TEST_PYTHON_OLD',
  server2: 'TRAINYARD_TEST_PYTHON_SERVER2',
} as const;

export type PythonEnvironment = keyof typeof ENVIRONMENTS;

export interface PythonResult {
  code: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

/** Runs scripts/<name>.py with the real MLflow client, as a job would, from an empty environment. */
export async function runPython(
  server: Pick<TestServer, 'url' | 'token'>,
  name: string,
  {
    python = 'usual',
    env = {},
  }: { python?: PythonEnvironment; env?: Record<string, string | undefined> } = {},
): Promise<PythonResult> {
  const started = performance.now();
  const script = fileURLToPath(new URL(`scripts/${name}.py`, import.meta.url));
  const child = spawn(interpreter(python), ['-X', 'utf8', script], {
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

/** The two larger ones are made when they are asked for only. */
export function hasPython(python: PythonEnvironment): boolean {
  return python === 'usual' || Boolean(process.env[ENVIRONMENTS[python]]);
}

/** The program of an environment. */
export function interpreter(python: PythonEnvironment): string {
  const variable = ENVIRONMENTS[python];
  const file = process.env[variable];
  if (!file) throw new Error(`${variable} names no Python: start the tests with npm run test:integration.`);
  return file;
}

/** What the client and its tools advise whatever the server: about pickle, their own arguments, packages. */
const ADVICE = [
  /Saving (scikit-learn|pytorch) models? (in the pickle|by Pickle)/,
  /Passing a Python object as `python_model`/,
  /registering model based on models:/,
  /`artifact_path` is deprecated/,
  /SHAP or matplotlib package is not installed/,
  /the model type looks like None/,
  /Kernel is running over TCP/,
];

/** Complaints of the client about the server or the protocol; progress and addresses are none. */
export function complaints(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => /\b(WARNING|ERROR|CRITICAL)\b|Traceback|Error:/.test(line))
    .filter((line) => !ADVICE.some((advice) => advice.test(line)));
}
