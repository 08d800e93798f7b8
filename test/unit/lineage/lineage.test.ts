import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EMPTY, type LineageGraph } from '../../../src/lineage/graph.js';
import { dataId, readVersioned, runId, schemeOf, scoped, unscoped } from '../../../src/lineage/ids.js';
import { merge } from '../../../src/lineage/merge.js';
import { toText } from '../../../src/lineage/text.js';
import { gather, neighbourhood, pathBetween } from '../../../src/lineage/walk.js';

const chain = (...ids: string[]): LineageGraph => ({
  nodes: ids.map((id) => ({ id, kind: 'file', name: id.toUpperCase() })),
  edges: ids.slice(1).map((to, n) => ({ from: ids[n] as string, to, relation: 'derived' })),
  more: {},
});
const both = { directions: ['up', 'down'], depth: 9, limit: 99 } as const;
const idsOf = ({ nodes }: LineageGraph) => nodes.map(({ id }) => id).sort();

describe('lineage', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const graphs = fc.record({
    nodes: fc.array(
      fc.record(
        {
          id: name,
          kind: fc.constantFrom('run', 'file', 'of a later version'),
          name,
          detail: name,
          also: fc.array(name, { minLength: 1, maxLength: 2 }),
        },
        { requiredKeys: ['id', 'kind', 'name'] },
      ),
      { maxLength: 4 },
    ),
    edges: fc.array(fc.record({ from: name, to: name, relation: fc.constantFrom('used', 'derived') }), {
      maxLength: 5,
    }),
    more: fc.dictionary(name, fc.nat(9), { maxKeys: 2, noNullPrototype: true }),
  });

  it('merges answers whatever their order, and the same twice as once', () => {
    fc.assert(fc.property(graphs, graphs, (a, b) => assert.deepEqual(merge(a, b), merge(b, a))));
    fc.assert(
      fc.property(graphs, (a) => {
        const once = merge(a);
        assert.deepEqual(merge(once, once), once);
        assert.deepEqual(merge(once, EMPTY), once);
      }),
    );
    fc.assert(
      fc.property(graphs, graphs, graphs, (a, b, c) =>
        assert.deepEqual(merge(merge(a, b), c), merge(a, merge(b, c))),
      ),
    );
  });

  it('takes things with the same content for one', () => {
    const here = {
      ...EMPTY,
      nodes: [{ id: 'model:a', kind: 'model version', name: 'net 1', also: ['mlmodel:x'] }],
      edges: [{ from: 'run:r', to: 'model:a', relation: 'generated' }],
    };
    const elsewhere = {
      ...EMPTY,
      nodes: [{ id: 'model:b', kind: 'model version', name: 'prod 7', also: ['mlmodel:x'] }],
      edges: [{ from: 'model:b', to: 'job:j', relation: 'used' }],
    };
    const one = merge(here, elsewhere);
    assert.deepEqual(one.nodes, [
      { id: 'mlmodel:x', kind: 'model version', name: 'net 1', also: ['model:a', 'model:b'] },
    ]);
    assert.deepEqual(pathBetween(one, 'run:r', 'job:j'), ['run:r', 'mlmodel:x', 'job:j']);
  });

  it('walks up and down, not sideways, through cycles and as far as it is told', () => {
    const graph = merge(chain('a', 'b', 'c', 'd'), chain('b', 'sibling'), chain('d', 'a'));
    assert.deepEqual(idsOf(neighbourhood(chain('a', 'b', 'c', 'd'), 'c', { ...both, depth: 1 })), [
      'b',
      'c',
      'd',
    ]);
    assert.deepEqual(idsOf(neighbourhood(graph, 'c', { ...both, directions: ['up'] })), ['a', 'b', 'c', 'd']);
    const fan = merge(...['v', 'w', 'x', 'y'].map((id) => chain('a', id)));
    const some = neighbourhood(fan, 'a', { ...both, limit: 3 });
    assert.equal(some.nodes.length, 3);
    assert.deepEqual(some.more, { a: 2 });
    assert.equal(pathBetween(merge(chain('a'), chain('b')), 'a', 'b'), undefined);
  });

  it('is asked for step by step, each thing once in each direction', async () => {
    const whole = chain('a', 'b', 'c', 'd', 'e');
    const asked: string[] = [];
    const found = await gather(
      (ids, direction) => {
        asked.push(...ids.map((id) => `${direction} ${id}`));
        return Promise.resolve(
          merge(...ids.map((id) => neighbourhood(whole, id, { ...both, directions: [direction], depth: 1 }))),
        );
      },
      'c',
      { ...both, depth: 2 },
    );
    assert.deepEqual(idsOf(found), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(asked, ['up c', 'up b', 'down c', 'down d']);
  });

  it('reads as a tree, names first, cut to a narrow terminal', () => {
    const graph = { ...merge(chain('a', 'b', 'c'), chain('a', 'c')), more: { c: 5 } };
    assert.equal(
      toText(graph, 'c', ['up', 'down']),
      [
        'C (file)',
        'Came of',
        '  A (file)',
        '  B (file)',
        '    A (file) (see above)',
        '  and 5 more',
        'What came of it',
        '  nothing that is known',
      ].join('\n'),
    );
    const long = { ...EMPTY, nodes: [{ id: 'x', kind: 'run', name: 'n'.repeat(90) }] };
    for (const line of toText(long, 'x', ['up'], 30).split('\n')) assert.ok(line.length <= 30);
  });

  it('names things of a workspace with it, whatever they are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (name, workspace) => {
        const id = scoped(dataId(name, '1'), workspace);
        assert.equal(unscoped(id, workspace), dataId(name, '1'));
        assert.equal(unscoped(id, `${workspace}x`), undefined);
        assert.deepEqual(readVersioned(schemeOf(dataId(name, '1'))[1]), { name, version: '1' });
      }),
    );
    assert.equal(scoped('file:ab', 'w'), 'file:ab');
    assert.equal(unscoped('file:ab', 'w'), 'file:ab');
    assert.equal(scoped(runId('r'), 'a/b'), 'run:a%2Fb/r');
  });
});
