// The Docker engine that the tests of containers use.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aptInstall, isDebianRoot } from './setup.mjs';
import { CACHE, say } from './shell.mjs';

const SOCKET = '/var/run/docker.sock';
/** Files that hold the process id of a program of this name. */
const PID_FILES = [
  ['/var/run/docker.pid', 'dockerd'],
  ['/var/run/docker/containerd/containerd.pid', 'containerd'],
];
const LOG = path.join(CACHE, 'dockerd.log');

/**
 * An engine that answers: the one of DOCKER_HOST, the one that listens on the usual socket, or, on Debian as root, one that
 * is installed and started here.
 * @returns its address, and the process id of its daemon if this call started it
 * @throws Error with the reason why there is none
 */
export async function ensureEngine() {
  const address = process.env.DOCKER_HOST || `unix://${SOCKET}`;
  if (await answers()) return { address };
  if (process.env.DOCKER_HOST) throw new Error(`the engine of DOCKER_HOST (${address}) does not answer`);
  if (!isDebianRoot())
    throw new Error(`no engine answers at ${SOCKET}, and only root on Debian can start one`);
  if (!fs.existsSync('/usr/sbin/dockerd')) {
    aptInstall(['docker.io', 'iptables']);
    // Where there is systemd, the package starts the engine.
    if (await answersWithin(5_000)) return { address };
  }
  return { address, started: await startDaemon() };
}

/** Ends the daemon that `ensureEngine` started, with the containers that are left in it. */
export async function stopEngine(pid) {
  process.kill(pid, 'SIGTERM');
  for (let i = 0; i < 300 && isRunning(pid); i++) await sleep(100);
  if (isRunning(pid)) throw new Error(`dockerd (process ${pid}) did not end within 30 seconds; see ${LOG}`);
}

async function startDaemon() {
  say('Starting dockerd');
  removeStalePidFiles();
  fs.mkdirSync(CACHE, { recursive: true });
  const log = fs.openSync(LOG, 'w');
  const daemon = spawn('/usr/sbin/dockerd', [], { detached: true, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  let ended = '';
  daemon.once('error', (error) => (ended = error.message));
  daemon.once('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`));
  daemon.unref();
  // Another run may start one at the same time. Then ours gives up, and theirs answers.
  for (let i = 0; i < 120; i++) {
    await sleep(500);
    if (await answers()) return ended ? undefined : daemon.pid;
    if (ended && i > 20) break;
  }
  const lines = fs.readFileSync(LOG, 'utf8').trim().split('\n').slice(-3);
  throw new Error(`dockerd does not start here (${ended || 'no answer for a minute'}):\n${lines.join('\n')}`);
}

/** After a crash the number in such a file may belong to any process, and dockerd would wait for it in vain. */
function removeStalePidFiles() {
  for (const [file, program] of PID_FILES) {
    if (!fs.existsSync(file)) continue;
    const pid = fs.readFileSync(file, 'utf8').trim();
    const isIts = isRunning(pid) && fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program;
    if (!isIts) fs.rmSync(file);
  }
}

function isRunning(pid) {
  // A daemon that ended and waits for its parent is still a process.
  const file = `/proc/${pid}/stat`;
  return fs.existsSync(file) && !/\) Z /.test(fs.readFileSync(file, 'utf8'));
}

async function answersWithin(time) {
  for (const end = Date.now() + time; Date.now() < end; await sleep(250)) if (await answers()) return true;
  return false;
}

/** Whether there is an engine that runs images for this machine. */
export async function answers() {
  const { default: Docker } = await import('dockerode');
  try {
    const { Os, Arch } = await new Docker().version({ abortSignal: AbortSignal.timeout(10_000) });
    const ours = { x64: 'amd64', arm64: 'arm64' }[os.arch()];
    if (Os !== 'linux' || Arch !== ours) throw new Error(`the engine runs ${Os}/${Arch}`);
    return true;
  } catch (error) {
    if (error.code || error.name === 'AbortError') return false;
    throw error;
  }
}
