import { randomUUID } from 'node:crypto';
import type { Run } from '../../src/workspace/types.js';
import type { Seed } from '../contract/workspace.js';
import type { MemoryWorkspace } from './memory-workspace.js';

const ENDS = { FINISHED: 'finished', FAILED: 'failed', KILLED: 'cancelled' } as const;

/** What scripts do, to a workspace in memory. */
export function memorySeed(workspace: MemoryWorkspace): Seed {
  const newId = () => randomUUID().replaceAll('-', '');
  const change = (runId: string, more: Partial<Run>) =>
    workspace.put(runId, { ...workspace.all.get(runId), ...more });
  return {
    experiment(name) {
      const { id } = workspace.experiment(newId(), { name, createdAt: Date.now() });
      workspace.tell({ type: 'experiments' });
      return Promise.resolve(id);
    },
    run(experimentId, { name, startTime = Date.now(), tags = {} }) {
      const id = newId();
      const head = tags['mlflow.source.git.commit'];
      const script = tags['mlflow.source.name'];
      const parentRunId = tags['mlflow.parentRunId'];
      workspace.put(id, {
        ...{ experimentId, name, startTime, tags, state: 'running', user: tags['mlflow.user'] ?? '' },
        ...((head ?? script) !== undefined && { code: { head, script } as Run['code'] }),
        ...(parentRunId !== undefined && { parentRunId }),
      });
      workspace.changed(id, 'state');
      return Promise.resolve(id);
    },
    log(runId, { params = {}, points = [] }) {
      if (Object.keys(params).length > 0) {
        change(runId, { params: { ...workspace.all.get(runId)?.params, ...params } });
        workspace.changed(runId, 'params');
      }
      for (const key of new Set(points.map((point) => point.key))) {
        const own = points.filter((point) => point.key === key);
        workspace.logPoints(
          runId,
          key,
          own.map(({ value, step, timestamp: time }) => ({ value, step, time })),
        );
      }
      return Promise.resolve();
    },
    finish(runId, status = 'FINISHED') {
      change(runId, { state: ENDS[status], endTime: Date.now() });
      workspace.changed(runId, 'state');
      return Promise.resolve();
    },
    file(runId, path, bytes) {
      workspace.writeFile(runId, path, bytes);
      return Promise.resolve();
    },
    loggedModel(experimentId, runId, name) {
      const id = `m-${newId()}`;
      workspace.model({ id, kind: 'logged', name, experimentId, runId });
      return Promise.resolve(id);
    },
    async alias(name, version, alias) {
      await workspace.registry?.setAlias(name, alias, version);
    },
  };
}
