import assert from 'node:assert/strict';
import { LINEAR, LOG, symlog } from '../../../webview/charts/scale.js';
import { logTicks, symlogTicks, xTicks, yTicks } from '../../../webview/charts/ticks.js';
import { timeTicks } from '../../../webview/charts/time-ticks.js';

const labels = (ticks: { label: string }[]) => ticks.map(({ label }) => label);

describe('ticks of the y axis', () => {
  it('are round numbers that are apart', () => {
    assert.deepEqual(labels(yTicks(LINEAR, { min: 0, max: 2.4 }, 176)), ['0', '0.5', '1.0', '1.5', '2.0']);
    assert.deepEqual(labels(yTicks(LINEAR, { min: -0.7, max: 0.7 }, 100)), ['−0.5', '0', '0.5']);
    assert.deepEqual(labels(yTicks(LINEAR, { min: 0, max: 7e-6 }, 120)), ['0', '2e−6', '4e−6', '6e−6']);
  });

  it('are as they are written, also where doubles are not', () => {
    assert.deepEqual(
      yTicks(LINEAR, { min: 0.05, max: 0.35 }, 120).map(({ at }) => at),
      [0.1, 0.2, 0.3],
    );
  });

  it('begin and end with the axis where its ends are round', () => {
    assert.deepEqual(labels(yTicks(LINEAR, { min: 0.1, max: 0.3 }, 96)), ['0.1', '0.2', '0.3']);
  });

  it('by logarithms are all digits, or 1-2-5, or powers of ten, as there is room', () => {
    assert.deepEqual(logTicks({ min: 0.95, max: 5 }, 8), [1, 2, 3, 4, 5]);
    assert.deepEqual(logTicks({ min: 0.09, max: 3 }, 6), [0.1, 0.2, 0.5, 1, 2]);
    assert.deepEqual(logTicks({ min: 1e-5, max: 1 }, 6), [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
    assert.deepEqual(logTicks({ min: 1e-8, max: 1 }, 5), [1e-8, 1e-6, 1e-4, 0.01, 1]);
    assert.deepEqual(labels(yTicks(LOG, { min: 1e-5, max: 1 }, 144)), [
      ...['1e−5', '0.0001', '0.001'],
      ...['0.01', '0.1', '1'],
    ]);
  });

  it('by logarithms are there for a short stretch too', () => {
    assert.deepEqual(logTicks({ min: 0.951, max: 0.989 }, 6), [0.96, 0.97, 0.98]);
  });

  it('by symmetric logarithms are zero and powers of ten on either side', () => {
    const range = { min: -150, max: 150 };
    assert.deepEqual(symlogTicks(symlog(1), range, 130), [-100, -10, 0, 10, 100]);
    assert.deepEqual(symlogTicks(symlog(1), range, 260), [-100, -30, -10, -3, -1, 0, 1, 3, 10, 30, 100]);
    assert.deepEqual(labels(yTicks(symlog(1), range, 210)), [
      ...['−100', '−10', '−1', '0', '1', '10', '100'],
    ]);
  });

  it('by symmetric logarithms leave powers out where there are many, and are there on one side alone', () => {
    assert.deepEqual(symlogTicks(symlog(1e-3), { min: 0, max: 1e6 }, 120), [0, 0.01, 1, 100, 1e4, 1e6]);
    assert.deepEqual(symlogTicks(symlog(1), { min: 5, max: 2000 }, 120), [10, 100, 1000]);
    assert.deepEqual(symlogTicks(symlog(1), { min: -2, max: 3 }, 120), [-2, -1, 0, 1, 2]);
  });
});

describe('ticks of the x axis', () => {
  it('of steps are whole', () => {
    assert.deepEqual(labels(xTicks('count', { min: 0, max: 3 }, 900)), ['0', '1', '2', '3']);
    assert.deepEqual(labels(xTicks('count', { min: 0, max: 399 }, 310)), ['0', '100', '200', '300']);
  });

  it('of a metric need not be', () => {
    assert.deepEqual(labels(xTicks('number', { min: 0, max: 1 }, 310)), [
      '0',
      '0.2',
      '0.4',
      '0.6',
      '0.8',
      '1.0',
    ]);
  });

  it('of durations are what a clock has', () => {
    assert.deepEqual(labels(xTicks('duration', { min: 0, max: 400 }, 310)), ['0s', '2m', '4m', '6m']);
    assert.deepEqual(labels(xTicks('duration', { min: 0, max: 40 * 86_400 }, 310)), [
      '0s',
      '10d',
      '20d',
      '30d',
      '40d',
    ]);
  });
});

describe('ticks of times', () => {
  const at = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime();
  const read = ({ times }: { times: number[] }) =>
    times.map((time) => {
      const date = new Date(time);
      return [date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes()].join(' ');
    });

  it('are round minutes of the local clock', () => {
    const range = { min: at(2026, 10, 20, 9, 31), max: at(2026, 10, 20, 10, 5) };
    assert.deepEqual(read(timeTicks(range, 7 * 60_000)), ['11 20 9 40', '11 20 9 50', '11 20 10 0']);
  });

  it('are round hours of each day', () => {
    const range = { min: at(2026, 10, 20, 17), max: at(2026, 10, 21, 13) };
    assert.deepEqual(read(timeTicks(range, 5 * 3_600_000)), [
      '11 20 18 0',
      '11 21 0 0',
      '11 21 6 0',
      '11 21 12 0',
    ]);
  });

  it('are midnights, Mondays and first days of months', () => {
    const day = 86_400_000;
    const range = { min: at(2026, 10, 20, 9), max: at(2026, 11, 8) };
    assert.deepEqual(read(timeTicks(range, 6 * day)), ['11 23 0 0', '11 30 0 0', '12 7 0 0']);
    const months = { min: at(2026, 9, 20), max: at(2027, 1, 2) };
    assert.deepEqual(read(timeTicks(months, 20 * day)), ['11 1 0 0', '12 1 0 0', '1 1 0 0', '2 1 0 0']);
  });

  it('do not depend on where the view begins', () => {
    const day = 86_400_000;
    const start = at(2026, 10, 1);
    const all = new Set(timeTicks({ min: start, max: start + 40 * day }, 1.5 * day).times);
    for (const time of timeTicks({ min: start + 3 * day, max: start + 9 * day }, 1.5 * day).times)
      assert.ok(all.has(time));
  });

  it('are years at last, and end', () => {
    const { times } = timeTicks({ min: at(1990, 0, 1), max: at(2026, 0, 1) }, 3000 * 86_400_000);
    assert.ok(times.length >= 3 && times.length <= 5);
    for (const time of times) assert.equal(new Date(time).getMonth(), 0);
  });
});
