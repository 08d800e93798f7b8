import assert from 'node:assert/strict';
import type { Frame } from '../../../webview/charts/frame.js';
import type { Trace } from '../../../webview/charts/m4.js';
import { LINEAR } from '../../../webview/charts/scale.js';
import { tracePath } from '../../../webview/charts/trace-path.js';

/** A pixel for each whole number, upside down as a screen is. */
const FRAME: Frame = {
  left: 0,
  top: 0,
  width: 100,
  height: 100,
  x: { min: 0, max: 100 },
  y: { min: -100, max: 0 },
  scale: LINEAR,
};

function drawn(points: readonly (readonly [number, number])[]): { path: string; vertices: number } {
  const parts: string[] = [];
  const trace: Trace = {
    x: Float64Array.from(points, ([x]) => x),
    y: Float64Array.from(points, ([, y]) => -y),
    length: points.length,
    marks: [],
    points: points.length,
  };
  const path = {
    moveTo: (x: number, y: number) => void parts.push(`M${x},${y}`),
    lineTo: (x: number, y: number) => void parts.push(`L${x},${y}`),
    closePath: () => undefined,
    arc: () => undefined,
  };
  return { vertices: tracePath(path, trace, FRAME), path: parts.join(' ') };
}

describe('tracePath', () => {
  it('leaves out what a straight line passes by', () => {
    const { path, vertices } = drawn([
      [0, 0],
      [10, 10.1],
      [20, 19.9],
      [30, 30],
      [40, 0],
    ]);
    assert.equal(path, 'M0,0 L30,30 L40,0');
    assert.equal(vertices, 3);
  });

  it('keeps each turn of a noisy line, and those of one pixel column', () => {
    const noisy = Array.from({ length: 50 }, (_, i) => [i / 4, i % 2 ? 40 : 60] as const);
    assert.equal(drawn(noisy).vertices, 50);
    assert.equal(
      drawn([
        [5, 10],
        [5, 90],
        [5, 50],
      ]).path,
      'M5,10 L5,90 L5,50',
    );
  });

  it('breaks where a value is missing', () => {
    const { path } = drawn([
      [0, 1],
      [1, 1],
      [2, NaN],
      [3, 5],
      [4, 9],
    ]);
    assert.equal(path, 'M0,1 L1,1 M3,5 L4,9');
  });

  it('is never further from a vertex than a fifth of a pixel', () => {
    const curve = Array.from({ length: 400 }, (_, i) => [i / 4, 50 + 40 * Math.sin(i / 30)] as const);
    const { path, vertices } = drawn(curve);
    assert.ok(vertices < 60, `${vertices} of 400 are left`);
    const kept = path.split(' ').map((part) => part.slice(1).split(',').map(Number) as [number, number]);
    for (const [x, y] of curve) {
      const next = Math.max(
        1,
        kept.findIndex(([at]) => at >= x),
      );
      const [[x0, y0], [x1, y1]] = [kept[next - 1]!, kept[next]!];
      const line = y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
      assert.ok(Math.abs(line - y) <= 0.2 + 1e-9, `${x}: ${line} for ${y}`);
    }
  });
});
