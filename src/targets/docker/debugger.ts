/** The debugger of a job in a container. */
import path from 'node:path';
import type { JobDebugger } from '../../workspace/types.js';
import { listensIn } from '../shared/debugger.js';
import { readJson } from '../shared/json-file.js';
import { FILES } from './files.js';
import type { ForwardFile } from './forward.js';
import { codePlace } from './names.js';

/** Where an editor reaches it; undefined when it does not listen, or is not reached yet. @param root the person's folder */
export function debuggerOf(id: string, folder: string, root: string): JobDebugger | undefined {
  const told = listensIn(path.join(folder, FILES.python));
  const forward = told && readJson<ForwardFile>(folder, FILES.forward);
  return forward && { host: '127.0.0.1', port: forward.port, root: codePlace(root, id), waits: told.waits };
}
