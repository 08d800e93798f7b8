import assert from 'node:assert/strict';
import { commitId, loggedModelId, runId, scoped, versionId } from '../../src/lineage/ids.js';
import type { LineageGraph } from '../../src/lineage/graph.js';
import type { Subject } from './workspace.js';

export interface LineageContractOptions {
  /** Starts a store that holds nothing yet, and opens it. */
  open: () => Promise<Subject>;
}

/** What the facet `lineage` does in every kind of workspace that has it. Registers the tests of one kind with Mocha. */
export function lineageContract(kind: string, { open }: LineageContractOptions): void {
  describe(`lineage in a workspace of the kind ${kind}`, function () {
    const COMMIT = 'c0ffee'.padEnd(40, '0');
    let subject: Subject;
    let run: string;
    let model: string;
    let version: string;

    before(async function () {
      this.timeout(300_000);
      subject = await open();
      const { seed, workspace } = subject;
      const experiment = await seed.experiment('lineage');
      run = await seed.run(experiment, { name: 'trained', tags: { 'mlflow.source.git.commit': COMMIT } });
      model = await seed.loggedModel(experiment, run, 'net');
      await seed.finish(run);
      version = (await workspace.registry?.register({ modelId: model }, 'prod')) ?? '';
    });
    after(() => subject.close());

    const own = (id: string) => scoped(id, subject.workspace.id);
    const neighbours = (ids: readonly string[], direction: 'up' | 'down') => {
      const { lineage } = subject.workspace;
      assert.ok(lineage);
      return lineage.neighbours(ids, direction);
    };
    const edgesOf = ({ edges }: LineageGraph) => edges.map(({ from, to }) => `${from} → ${to}`);

    it('leads from a version to its logged model, its run and the commit', async () => {
      const of = own(versionId('prod', version));
      assert.ok(edgesOf(await neighbours([of], 'up')).includes(`${loggedModelId(model)} → ${of}`));
      const up = await neighbours([loggedModelId(model)], 'up');
      assert.ok(edgesOf(up).includes(`${own(runId(run))} → ${loggedModelId(model)}`));
      assert.equal(up.nodes.find(({ id }) => id === own(runId(run)))?.name, 'trained');
      assert.deepEqual(edgesOf(await neighbours([own(runId(run))], 'up')), [
        `${commitId(COMMIT)} → ${own(runId(run))}`,
      ]);
    });

    it('leads from a run down to its logged model and its versions', async () => {
      const down = await neighbours([own(runId(run)), loggedModelId(model)], 'down');
      assert.ok(edgesOf(down).includes(`${own(runId(run))} → ${loggedModelId(model)}`));
      assert.ok(edgesOf(down).includes(`${loggedModelId(model)} → ${own(versionId('prod', version))}`));
    });

    it('passes over what it does not know: other workspaces, later schemes, things that are gone', async () => {
      const ids = [
        scoped(runId(run), `${subject.workspace.id}-other`),
        own(runId('0'.repeat(32))),
        own(versionId('nobody', '7')),
        loggedModelId(`m-${'0'.repeat(32)}`),
        own('model:%'),
        'endpoint:of-a-later-version',
        'nothing',
      ];
      for (const direction of ['up', 'down'] as const)
        assert.deepEqual(await neighbours(ids, direction), { nodes: [], edges: [], more: {} });
    });
  });
}
