// The runs of the pictures in docs/images/panels: a search over the training of a small classifier. The same each time.
import type { MetricSummary, Run } from '../../src/workspace/types.js';
import { random } from './webview/data.js';
import type { FakeRun, FakeSeries } from './webview/fake-host.js';

/** When the pictures are taken. */
export const NOW = Date.UTC(2026, 10, 20, 16, 42);

export interface Trained {
  run: Run;
  /** By metric. */
  series: Record<string, FakeSeries>;
}

const STEPS = 3000;
const STEPS_OF_EPOCH = 120;
const FIRST = ['calm', 'brave', 'quick', 'still', 'amber', 'lucky', 'bold', 'misty', 'proud', 'gentle'];
const SECOND = ['otter', 'finch', 'lynx', 'heron', 'maple', 'comet', 'badger', 'tern', 'aspen', 'wren'];
const COMMITS: Record<string, string[]> = {
  main: ['4f1c9a7be2', '91d0c35fa8', 'c27e6b104d'],
  'wider-net': ['a83b5c7d19', '0e6f42d8bb'],
  'fix/augmentation': ['7d92e1f06c'],
};
const SPEED: Record<string, number> = { mlp: 21, cnn: 34, resnet9: 58 };

/** Number 1 … count, oldest first; the last two still go on. `points`: of each curve of the training. */
export function trainedRuns(count: number, points = 300): Trained[] {
  return Array.from({ length: count }, (_, i) =>
    trained(i + 1, { points, state: count > 2 && i >= count - 2 ? 'running' : 'finished', age: count - i }),
  );
}

function trained(
  number: number,
  { points, state, age }: { points: number; state: Run['state']; age: number },
): Trained {
  const next = random(number * 7919 + 13);
  for (let i = 0; i < 4; i++) next();
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  const params = {
    model: pick(['mlp', 'cnn', 'cnn', 'resnet9']),
    lr: pick(['0.05', '0.02', '0.01', '0.005', '0.002', '0.0005']),
    batch_size: pick(['32', '64', '128', '256']),
    optimizer: pick(['adam', 'adam', 'sgd']),
    dropout: pick(['0', '0.1', '0.2', '0.4']),
    weight_decay: pick(['0', '0.0001', '0.001']),
    epochs: '25',
    seed: pick(['1', '2', '3']),
  };
  const branch = pick(['main', 'main', 'wider-net', 'fix/augmentation']);
  const isDiverging = params.lr === '0.05' && params.optimizer === 'adam' && params.model !== 'mlp';
  const share = isDiverging ? 0.2 + next() * 0.3 : state === 'running' ? 0.35 + next() * 0.4 : 1;
  const ended: Run['state'] = isDiverging
    ? 'failed'
    : next() > 0.96 && state === 'finished'
      ? 'cancelled'
      : state;
  const seconds = SPEED[params.model]! * 25 * (0.9 + next() * 0.2) * share;
  const startTime =
    state === 'running' && !isDiverging
      ? NOW - Math.round(seconds * 1000)
      : NOW - age * 31 * 60_000 - Math.floor(next() * 600_000);
  const series = curves(params, { share, points, isDiverging, next, startTime, seconds });
  const metrics = Object.fromEntries(Object.entries(series).map(([key, of]) => [key, summary(of)]));
  const isRunning = ended === 'running';
  return {
    series,
    run: {
      id: `run-${number}`,
      workspace: 'local',
      number,
      experimentId: '1',
      name: number === 1 ? 'baseline' : `${pick(FIRST)}-${pick(SECOND)}-${number}`,
      state: ended,
      lifecycle: 'active',
      user: 'ada',
      startTime,
      ...(!isRunning && { endTime: startTime + Math.round(seconds * 1000) }),
      metrics,
      params,
      tags: {
        ...(next() > 0.8 && { stage: 'candidate' }),
        'mlflow.user': 'ada',
      },
      code: {
        head: pick(COMMITS[branch]!).repeat(4),
        branch,
        snapshot: 'f'.repeat(40),
        changedFiles: Math.floor(next() * 3),
        root: '/home/ada/digits',
        remote: 'git@github.com:ada/digits.git',
        script: 'train.py',
      },
      job: {
        runId: 'job',
        target: 'local',
        command: ['python', 'train.py', '--model', params.model, '--lr', params.lr],
        workingFolder: '/home/ada/digits',
        exitCode: isRunning ? null : isDiverging ? 1 : 0,
        ...(isDiverging && { reason: 'The script ended with exit code 1.' }),
        queuedAt: startTime - 2000,
        ...(isRunning && {
          progress: {
            done: Math.round(share * 25),
            total: 25,
            remainingSeconds: Math.round((seconds / share) * (1 - share)),
          },
        }),
      },
    },
  };
}

interface Training {
  share: number;
  points: number;
  isDiverging: boolean;
  next: () => number;
  startTime: number;
  seconds: number;
}

/** What the params make of the curves, so that a comparison has something to find. */
function curves(
  params: Record<'model' | 'lr' | 'batch_size' | 'optimizer' | 'dropout', string>,
  { share, points, isDiverging, next, startTime, seconds }: Training,
): Record<string, FakeSeries> {
  const rate = Math.log10(Number(params.lr));
  const off = (rate + 2.2) ** 2 * 0.03;
  const dropout = Number(params.dropout);
  const top =
    { mlp: 0.945, cnn: 0.975, resnet9: 0.988 }[params.model]! -
    off -
    Math.abs(dropout - 0.2) * 0.05 -
    (params.optimizer === 'sgd' ? 0.012 : 0) +
    (next() - 0.5) * 0.008;
  const speed = 9 - 3 * Math.abs(rate + 2) + next() * 2;
  const floor = 0.02 + (0.99 - top) * 2;
  const noise = 0.9 / Math.sqrt(Number(params.batch_size));
  const fall = (step: number) =>
    Math.exp((-speed * step) / STEPS) * 0.8 + Math.exp((-30 * step) / STEPS) * 0.2;
  const overfit = dropout < 0.15 ? 0.09 : 0.01;
  const burst = (step: number) => (isDiverging ? Math.exp((step / STEPS / share) * 4 - 3) : 0);
  const of = (every: number, valueAt: (step: number) => number): FakeSeries => {
    const steps = [];
    for (let step = every; step <= STEPS * share; step += every) steps.push(step);
    const times = steps.map((step) => startTime + Math.round((step / STEPS / share) * seconds * 1000));
    return { steps, times, values: steps.map((step) => Number(valueAt(step).toPrecision(5))) };
  };
  const each = STEPS / points;
  return {
    loss: of(
      each,
      (step) => (floor + 2.2 * fall(step)) * Math.exp((next() + next() - 1) * noise) + burst(step),
    ),
    grad_norm: of(
      each,
      (step) => (0.4 + 2.5 * fall(step) + burst(step) * 4) * Math.exp((next() - 0.5) * 0.7),
    ),
    learning_rate: of(each, (step) => 10 ** rate * 0.5 * (1 + Math.cos((Math.PI * step) / STEPS))),
    'val/accuracy': of(STEPS_OF_EPOCH, (step) =>
      Math.max(0.1, Math.min(0.999, top - 0.75 * fall(step) + (next() - 0.5) * 0.01 - burst(step) / 6)),
    ),
    'val/loss': of(
      STEPS_OF_EPOCH,
      (step) =>
        floor * 1.3 + 2.2 * fall(step) + overfit * (step / STEPS) ** 2 + (next() - 0.5) * 0.03 + burst(step),
    ),
    'system/cpu_utilization_percentage': of(each * 3, () => 55 + next() * 30),
  };
}

function summary({ steps, times, values }: FakeSeries): MetricSummary {
  const numbers = values.map(Number);
  return {
    value: numbers.at(-1)!,
    step: steps.at(-1)!,
    timestamp: times.at(-1)!,
    count: numbers.length,
    min: numbers.reduce((a, b) => Math.min(a, b)),
    max: numbers.reduce((a, b) => Math.max(a, b)),
  };
}

/** What the charts panel is told of a run. */
export function chartRun({ run, series }: Trained): FakeRun {
  const { id, number, name, state, startTime } = run;
  return {
    id,
    workspace: run.workspace,
    number,
    name,
    state,
    startTime,
    metrics: Object.keys(series),
    isJob: true,
  };
}

/** Params that have several values, as labels to group the runs by. */
export function labelsOf(
  runs: readonly Trained[],
  names: readonly string[],
): { id: string; values: string[]; codes: number[] }[] {
  return names.map((name) => {
    const values = [...new Set(runs.map(({ run }) => run.params[name]!))];
    return {
      id: `param:${name}`,
      values,
      codes: runs.map(({ run }) => values.indexOf(run.params[name]!) + 1),
    };
  });
}

/** A picture as a run logs it: how often each digit was taken for which. */
export function confusionMatrix(seed: number, accuracy: number): string {
  const next = random(seed);
  const cells = Array.from({ length: 100 }, (_, i) => {
    const [row, column] = [Math.floor(i / 10), i % 10];
    const value = row === column ? accuracy - next() * 0.1 : next() ** 4 * (1 - accuracy) * 4;
    const shade = `hsl(215 ${20 + value * 60}% ${96 - value * 60}%)`;
    return `<rect x="${40 + column * 22}" y="${24 + row * 22}" width="21" height="21" fill="${shade}"/>`;
  });
  const names = Array.from(
    { length: 10 },
    (_, i) => `<text x="${46 + i * 22}" y="260">${i}</text><text x="24" y="${40 + i * 22}">${i}</text>`,
  );
  return svg(
    280,
    `<g font-family="DejaVu Sans" font-size="12" fill="#333">${cells.join('')}${names.join('')}` +
      `<text x="110" y="16">predicted digit</text></g>`,
  );
}

/** A picture as a run logs it: digits of the test set as the script shows them. */
export function sampleDigits(seed: number): string {
  const next = random(seed);
  const digits = Array.from({ length: 25 }, (_, i) => {
    const [x, y] = [(i % 5) * 54 + 6, Math.floor(i / 5) * 54 + 6];
    const tilt = (next() - 0.5) * 30;
    return (
      `<rect x="${x}" y="${y}" width="50" height="50" fill="#000"/>` +
      `<text transform="translate(${x + 25} ${y + 40}) rotate(${tilt.toFixed(0)})" text-anchor="middle">` +
      `${Math.floor(next() * 10)}</text>`
    );
  });
  return svg(
    280,
    `<g font-family="DejaVu Serif" font-style="italic" font-size="40" fill="#eee">${digits.join('')}</g>`,
  );
}

function svg(size: number, content: string): string {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="${size}" height="${size}" fill="#fff"/>${content}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(text).toString('base64')}`;
}
