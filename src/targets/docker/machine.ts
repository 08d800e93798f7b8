/** Whose containers are whose on an engine that several machines use: the path of a home may be the same on all of them. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import { type Endpoint, isLocal } from './endpoint.js';
import { LABELS } from './names.js';

/** What a home is known by beside its path. Made when it is asked for first. */
export function homeId(home: string): string {
  const file = path.join(home, 'docker', 'id');
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // Whoever links its own first has made it, whole.
  const making = `${file}.${randomUUID()}`;
  fs.writeFileSync(making, randomUUID(), { mode: 0o600 });
  try {
    fs.linkSync(making, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    fs.rmSync(making);
  }
  return fs.readFileSync(file, 'utf8');
}

/** Of a container that looks into an image and runs no job: should the server be killed meanwhile, *Prune* finds it. */
export function labelsOfLook(home: string): Record<string, string> {
  return { [LABELS.home]: home, [LABELS.id]: homeId(home) };
}

/** The labels by which an engine lists the containers of a home. */
export function labelsOf(home: string, endpoint: Endpoint): string[] {
  const ofHome = `${LABELS.home}=${home}`;
  return isLocal(endpoint) ? [ofHome] : [ofHome, `${LABELS.id}=${homeId(home)}`];
}
