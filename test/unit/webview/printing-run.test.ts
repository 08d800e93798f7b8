import assert from 'node:assert/strict';
import type { ChartRun } from '../../../src/panels/messages.js';
import { printingRun } from '../../../webview/charts/printing-run.js';

const run = (id: string, more: Partial<ChartRun> = {}): ChartRun => ({
  id,
  workspace: 'local',
  number: 1,
  name: id,
  state: 'finished',
  startTime: 0,
  metrics: [],
  hasLog: true,
  ...more,
});

describe('the run whose log is shown where charts would be', () => {
  it('is the only one, whether it goes on or not', () => {
    assert.equal(printingRun([run('a')])?.id, 'a');
    assert.equal(printingRun([run('a', { state: 'running', metrics: ['system/cpu'] })])?.id, 'a');
  });

  it('is the newest of those that go on, else the newest', () => {
    const old = run('old', { state: 'running', startTime: 1 });
    const newer = run('newer', { state: 'running', startTime: 2 });
    const ended = run('ended', { startTime: 3 });
    assert.equal(printingRun([old, newer, ended])?.id, 'newer');
    assert.equal(printingRun([old, ended])?.id, 'old');
    assert.equal(printingRun([run('first', { startTime: 1 }), ended])?.id, 'ended');
  });

  it('is none once a metric is there, and where no log is', () => {
    assert.equal(printingRun([run('a'), run('b', { metrics: ['loss'] })]), undefined);
    assert.equal(printingRun([run('a', { metrics: ['systemic'] })]), undefined);
    assert.equal(printingRun([run('a', { hasLog: undefined })]), undefined);
    assert.equal(printingRun([]), undefined);
  });
});
