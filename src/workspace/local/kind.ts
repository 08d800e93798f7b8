import fs from 'node:fs';
import path from 'node:path';
import { within } from '../../base/within.js';
import type { WorkspaceEntry } from '../configuration/list.js';
import type { Holdings, Surroundings, WorkspaceKind } from '../registry.js';
import { homeOfEntry, OTHERS, REMOVED, requireOwn, requireUsable } from './home.js';
import { findServer, shutdown } from './launch.js';
import { LocalWorkspace } from './workspace.js';

/** Workspaces of this computer, each with a folder and a server of its own. */
export const LOCAL_KIND: WorkspaceKind = {
  questions: [
    {
      name: 'home',
      label: 'Folder',
      prompt: 'Folder that keeps its runs. The default is beside the folders of the other workspaces.',
      input: 'folder',
      optional: true,
    },
  ],

  open(entry, surroundings) {
    return Promise.resolve(opened(entry, surroundings));
  },

  admit(entry, others, surroundings) {
    const home = homeOfEntry(entry, surroundings);
    requireOwn(home, others, surroundings);
    requireUsable(home);
    return entry;
  },

  folderOf: homeOfEntry,

  async holdings(entry, surroundings): Promise<Holdings> {
    if (!fs.existsSync(homeOfEntry(entry, surroundings)))
      return { runs: 0, models: 0, bytes: 0, activeJobs: 0 };
    const workspace = opened(entry, surroundings);
    const { runs, storeBytes, running, queued, collecting } = await workspace.status();
    let models = 0;
    for (let page: string | undefined, isLast = false; !isLast; isLast = page === undefined) {
      const found = await workspace.registry.models({ limit: 1000, ...(page !== undefined && { page }) });
      models += found.models.length;
      page = found.nextPage;
    }
    return { runs, models, bytes: storeBytes, activeJobs: running + queued + collecting };
  },

  async putAway(entry, surroundings): Promise<string | undefined> {
    // A damaged entry has no folder to put away; it can be removed all the same.
    if (entry.home !== undefined && !path.isAbsolute(entry.home)) return undefined;
    const home = homeOfEntry(entry, surroundings);
    if (!fs.statSync(home, { throwIfNoEntry: false })?.isDirectory()) return undefined;
    const server = await findServer(home);
    if (server) await shutdown(server);
    // A folder that a person chose stays where they have it.
    if (!within(path.join(surroundings.home, OTHERS), home)) return home;
    const removed = path.join(surroundings.home, REMOVED);
    fs.mkdirSync(removed, { recursive: true, mode: 0o700 });
    const folder = path.join(removed, path.basename(home));
    fs.renameSync(home, folder);
    return folder;
  },
};

function opened(entry: WorkspaceEntry, surroundings: Surroundings): LocalWorkspace {
  const { id, name: label } = entry;
  const { serverEntry, credentials } = surroundings;
  const home = homeOfEntry(entry, surroundings);
  return new LocalWorkspace({ home, serverEntry }, { id, label }, credentials);
}
