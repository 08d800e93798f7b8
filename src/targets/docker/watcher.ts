/**
 * One for each home and engine, detached: `node watcher.js <folder>`, with what it has to know in the folder. It outlives the server
 * and sees to what must not depend on it while containers run: the timeouts, the cancels, the editors that debug, and a server to log to.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../base/errors.js';
import { readJson, writeJson } from '../shared/json-file.js';
import { keepAlive } from '../shared/revive.js';
import { Engine } from './engine.js';
import { timeOf } from './ended.js';
import { type EndingFile, FILES } from './files.js';
import { Forwards } from './forward.js';
import { labelsOf } from './machine.js';
import { LABELS } from './names.js';
import { BEAT, type Beat, isNewer, WATCH, type WatchFile } from './watch.js';

const TICK = 200;
/** Milliseconds between two looks at the containers. */
const LOOK_EVERY = 1_000;
/** Milliseconds without a container after which it ends, and without an engine. */
const IDLE = 15_000;
const GIVE_UP = 60 * 60_000;

interface Watched {
  folder: string;
  /** ms since the epoch */
  deadline: number;
  grace: number;
  killAt: number;
}

async function main(folder: string): Promise<void> {
  const told = readJson<WatchFile>(folder, WATCH);
  if (!told) throw new Error(`${folder} holds nothing to watch.`);
  const engine = new Engine(told.endpoint);
  const self: Beat = { pid: process.pid, startedAt: Date.now() };
  writeJson(folder, BEAT, self);
  for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => undefined);
  if (told.revive) keepAlive(told.revive);

  const watched = new Map<string, Watched>();
  const forwards = new Forwards(engine, say);
  let lookAt = 0;
  /** When there was a container last, and when the engine answered last. */
  let [seen, answered] = [Date.now(), Date.now()];
  const isOver = () => answered - seen > IDLE || Date.now() - answered > GIVE_UP;
  while (!isOver()) {
    // Another one sees to all of it, or the home was removed: nobody may bring its server back.
    if (isNewer(folder, self)) process.exit(0);
    if (Date.now() >= lookAt) {
      lookAt = Date.now() + LOOK_EVERY;
      try {
        for (const id of await look(engine, told.home, watched)) forwards.drop(id);
        answered = Date.now();
        if (watched.size > 0) seen = answered;
        // Its age says that somebody is here.
        const now = new Date();
        fs.utimesSync(path.join(folder, BEAT), now, now);
      } catch (error) {
        // Such as while the engine is being restarted: until it answers nothing can be done.
        say(error);
      }
    }
    // A container may have ended this moment; else it is tried again with the next tick.
    for (const [id, job] of watched) {
      await see(engine, id, job).catch(say);
      forwards.see(id, job.folder);
    }
    await sleep(TICK);
  }
  fs.rmSync(path.join(folder, BEAT), { force: true });
  process.exit(0);
}

let said = '';
/** To its log, once. */
function say(error: unknown): void {
  const text = messageOf(error);
  if (text !== said) process.stderr.write(`${new Date().toISOString()} ${text}\n`);
  said = text;
}

/** @returns the containers that have ended since */
async function look(engine: Engine, home: string, watched: Map<string, Watched>): Promise<string[]> {
  const running = await engine.call((docker) =>
    docker.listContainers({
      filters: { label: labelsOf(home, engine.endpoint), status: ['running', 'paused'] },
    }),
  );
  const ids = new Set(running.map(({ Id }) => Id));
  const ended = [...watched.keys()].filter((id) => !ids.has(id));
  for (const id of ended) watched.delete(id);
  for (const { Id, Labels } of running) {
    // One that looks into an image is no job.
    if (watched.has(Id) || Labels[LABELS.run] === undefined) continue;
    const found = await engine.find((docker) => docker.getContainer(Id).inspect());
    const startedAt = found && timeOf(found.State.StartedAt);
    if (startedAt === undefined) continue;
    const folder = Labels[LABELS.folder] ?? '';
    const timeout = Number(Labels[LABELS.timeout]);
    const grace = Number(Labels[LABELS.grace]) * 1000;
    const ending = readJson<EndingFile>(folder, FILES.ending);
    watched.set(Id, {
      folder,
      grace,
      deadline: timeout > 0 ? startedAt + timeout * 1000 : Infinity,
      killAt: ending ? ending.at + grace : Infinity,
    });
  }
  return ended;
}

async function see(engine: Engine, id: string, job: Watched): Promise<void> {
  const container = (signal: 'SIGTERM' | 'SIGKILL') =>
    engine.call((docker) => docker.getContainer(id).kill({ signal }));
  if (job.killAt === Infinity) {
    const isCancelled =
      fs.statSync(path.join(job.folder, FILES.cancel), { throwIfNoEntry: false }) !== undefined;
    if (!isCancelled && Date.now() < job.deadline) return;
    const ending: EndingFile = { why: isCancelled ? 'cancelled' : 'timeout', at: Date.now() };
    try {
      writeJson(job.folder, FILES.ending, ending);
    } catch (error) {
      // A full disk keeps no job from being ended.
      say(error);
    }
    await container('SIGTERM');
    job.killAt = ending.at + job.grace;
  } else if (Date.now() >= job.killAt) {
    await container('SIGKILL');
    job.killAt = Date.now() + LOOK_EVERY;
  }
}

await main(process.argv[2] ?? '');
