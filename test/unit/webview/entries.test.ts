import assert from 'node:assert/strict';
import type { ChartRun } from '../../../src/panels/messages.js';
import { axisMetrics, likelyAxis } from '../../../webview/charts/axes.js';
import { combined, metricsOf, titleOf } from '../../../webview/charts/chart-id.js';
import { groupEntries, runEntries } from '../../../webview/charts/entries.js';

const runs: ChartRun[] = [4, 1, 3, 2].map((number) => ({
  id: `r${number}`,
  workspace: 'local',
  number,
  name: `run ${number}`,
  state: 'finished',
  startTime: 0,
  metrics: [],
}));
const LR = { id: 'param:lr', values: ['0.01', '1e-4', '0.001'], codes: [1, 2, 0, 3] };

describe('the entries of the legend', () => {
  it('are the runs, the baseline first', () => {
    assert.deepEqual(
      runEntries(runs, 'r3').map(({ id }) => id),
      ['r3', 'r4', 'r1', 'r2'],
    );
  });

  it('are groups by value as a number, those without one last', () => {
    assert.deepEqual(
      groupEntries(runs, LR, null).map(({ name, runs: members }) => [name, members.map(({ id }) => id)]),
      [
        ['lr = 1e-4', ['r1']],
        ['lr = 0.001', ['r2']],
        ['lr = 0.01', ['r4']],
        ['lr: not set', ['r3']],
      ],
    );
  });

  it('give a group its colour by its oldest run, so that it keeps it when others come', () => {
    const colours = (count: number) =>
      Object.fromEntries(
        groupEntries(runs.slice(0, count), { ...LR, codes: LR.codes.slice(0, count) }, null).map((entry) => [
          entry.name,
          entry.look.colour,
        ]),
      );
    assert.deepEqual(colours(4), { 'lr = 1e-4': 0, 'lr = 0.001': 1, 'lr: not set': 2, 'lr = 0.01': 3 });
  });

  it('have the baseline as a line of its own beside its group', () => {
    const [first, ...groups] = groupEntries(runs, LR, 'r2');
    assert.equal(first?.id, 'r2');
    assert.ok(first.look.isBaseline);
    assert.ok(groups.some(({ runs: members }) => members.some(({ id }) => id === 'r2')));
  });
});

describe('metrics for the x axis', () => {
  it('begin with the epoch, and end with the machine', () => {
    const metrics = axisMetrics(['loss', 'system/cpu', 'global_step', 'acc', 'Epoch']);
    assert.deepEqual(metrics, ['Epoch', 'global_step', 'acc', 'loss', 'system/cpu']);
    assert.equal(likelyAxis(metrics), 'Epoch');
    assert.equal(likelyAxis(['loss']), undefined);
  });
});

describe('a chart of several metrics', () => {
  it('is known by them', () => {
    const id = combined(combined('loss', 'val/loss'), 'acc');
    assert.deepEqual(metricsOf(id), ['loss', 'val/loss', 'acc']);
    assert.equal(titleOf(id), 'loss, val/loss, acc');
  });
});
