// What the comparison and the panel of a run are told in the pictures.
import { differingCurves } from '../../src/extension/panels/compared-run.js';
import { keyOf } from '../../src/extension/panels/panel-workspaces.js';
import type { ComparedFile } from '../../src/panels/compare-messages.js';
import type { ShownTable } from '../../src/panels/table.js';
import type { Run, RunFile } from '../../src/workspace/types.js';
import { confusionMatrix, NOW, sampleDigits, type Trained } from './gallery-data.js';
import { random } from './webview/data.js';
import { type CompareGiven, plainRun } from './webview/compare-host.js';
import { plainShownRun, type RunGiven } from './webview/run-host.js';

/** Runs whose code and files the comparison is told of. */
const DETAILED = 12;
const NOTE = 'mlflow.note.content';

/** The packages of a run: a few, so that they are read at one glance. */
const PACKAGES = {
  mlflow: '3.4.0',
  numpy: '2.2.1',
  pillow: '11.1.0',
  'scikit-learn': '1.6.1',
  torch: '2.6.0',
  torchvision: '0.21.0',
  tqdm: '4.67.1',
};

const MACHINE = {
  host: 'ada-desk',
  system: 'Linux 6.8.0',
  processor: 'AMD Ryzen 9 7950X',
  cores: 32,
  memoryBytes: 64e9,
  gpus: ['NVIDIA GeForce RTX 4080'],
};

/** @param places what the workspaces of the runs are called, where there are several */
export function comparedRuns(all: readonly Trained[], state?: unknown, places: string[] = []): CompareGiven {
  const detailed = all.slice(0, DETAILED);
  const keys = differingCurves(detailed.map(({ run }) => run)).filter((key) => !key.startsWith('system/'));
  const by = <T>(of: (trained: Trained, at: number) => T): Record<string, T> =>
    Object.fromEntries(detailed.map((trained, at) => [keyOf(trained.run), of(trained, at)]));
  return {
    runs: all.map(({ run }, i) => plainRun(withMachine(run), places[i])),
    state,
    code: by(({ run }, at) => [
      { path: 'train.py', status: 'modified', additions: 4 + at, deletions: 2 },
      ...(run.params['model'] === all[0]?.run.params['model']
        ? []
        : [{ path: 'digits/model.py', status: 'modified' as const, additions: 21, deletions: 9 + at }]),
      ...(run.code?.branch === 'fix/augmentation'
        ? [{ path: 'digits/augment.py', status: 'added' as const, additions: 38, deletions: 0 }]
        : []),
    ]),
    details: by(({ run }) => ({
      data: { 'digits-train (training)': run.code?.branch === 'fix/augmentation' ? '9b20d1f4' : '4c1ef07a' },
      sources: {},
      models: {},
      environment: { Python: '3.12.8', ...PACKAGES },
    })),
    files: by(({ run }) => ({ files: writtenFiles(run), isCut: false })),
    pictures: by(({ run }) => ({
      'confusion-matrix.png': confusionMatrix(run.number, run.metrics['val/accuracy']?.value ?? 0.5),
    })),
    stepOf: Object.fromEntries(keys.map((key) => [key, Number(all[0]?.series[key]?.steps[0] ?? 1)])),
    points: Object.fromEntries(
      keys.map((key) => [key, by(({ series }) => (series[key]?.values ?? []).map(Number))]),
    ),
  };
}

function withMachine(run: Run): Run {
  return { ...run, job: { ...run.job!, machine: MACHINE } };
}

function writtenFiles({ number }: Run): ComparedFile[] {
  const sha256 = (of: number) => of.toString(16).padStart(64, '0');
  return [
    { path: 'confusion-matrix.png', bytes: 18_200 + number * 31, sha256: sha256(number), isText: false },
    { path: 'model/MLmodel', bytes: 912, sha256: sha256(number + 5000), isText: true },
    {
      path: 'model/weights.pt',
      bytes: 4_310_000 + number * 1024,
      sha256: sha256(number + 9000),
      isText: false,
    },
    { path: 'report.json', bytes: 2210, sha256: sha256(number + 7000), isText: true },
    { path: 'labels.txt', bytes: 20, sha256: sha256(1), isText: true },
  ];
}

// ---- one run

/** A script that ended at once and logged nothing. */
export function nothingRun(): RunGiven {
  const run: Run = {
    id: 'run-31',
    workspace: 'local',
    number: 31,
    experimentId: '1',
    name: 'try-out',
    state: 'finished',
    lifecycle: 'active',
    user: 'ada',
    startTime: NOW - 240_000,
    endTime: NOW - 238_600,
    metrics: {},
    params: {},
    tags: { 'mlflow.user': 'ada' },
    job: {
      runId: 'job',
      target: 'local',
      command: ['python', 'hello.py'],
      workingFolder: '/home/ada/digits',
      exitCode: 0,
      queuedAt: NOW - 241_000,
    },
  };
  return {
    runs: [plainShownRun(run)],
    found: { pictures: [], tables: [], models: [], isCut: false },
    folders: {},
    log: { text: 'Hello from hello.py\n', isCut: false },
  };
}

/** One that trained to its end, with a note, pictures and a model. */
/** One of a server that keeps neither code nor the log of a job. */
export function foreignRun(all: readonly Trained[]): RunGiven {
  const usual = usualRun(all);
  const runs = usual.runs.map((run) => ({
    ...run,
    workspace: 'Lab Server',
    isJob: false,
    hasCode: false,
    facts: run.facts.filter(([name]) => name === 'User'),
  }));
  return { ...usual, runs };
}

export function usualRun(all: readonly Trained[]): RunGiven {
  const { run, series } = all.filter((one) => one.run.state === 'finished').at(-1)!;
  return {
    runs: [
      plainShownRun({
        ...withMachine(run),
        tags: {
          ...run.tags,
          stage: 'candidate',
          [NOTE]:
            'Best so far with the **wider head**. The gap between training and validation is small, so next:\n\n' +
            '- [x] dropout 0.2\n- [ ] a longer warm-up\n- [ ] `weight_decay` between 0 and 0.0001\n',
        },
        inputs: [
          {
            name: 'digits-train',
            digest: '4c1ef07a',
            context: 'training',
            sourceType: 'local',
            source: '{"uri": "data/digits-train.parquet"}',
          },
          {
            name: 'digits-test',
            digest: 'e07b9d53',
            context: 'validation',
            sourceType: 'local',
            source: '{"uri": "data/digits-test.parquet"}',
          },
        ],
        models: [{ id: 'm-7d2f', name: 'classifier', role: 'output', step: 3000 }],
        environment: { python: '3.12.8', packages: PACKAGES },
      }),
    ],
    points: pointsOf(series),
    found: {
      pictures: [
        { path: 'confusion-matrix.png', name: 'confusion-matrix.png' },
        { path: 'images/samples.png', name: 'samples', step: 3000 },
      ],
      tables: ['report.json'],
      models: ['model'],
      isCut: false,
    },
    pictures: {
      'confusion-matrix.png': confusionMatrix(run.number, 0.97),
      'images/samples.png': sampleDigits(4),
    },
    folders: { '': FILES },
    tables: { 'report.json': report() },
    log: { text: logText(25), isCut: true },
  };
}

const FILES: RunFile[] = [
  { path: 'model', isFolder: true },
  { path: 'images', isFolder: true },
  { path: 'confusion-matrix.png', isFolder: false, bytes: 18_211 },
  { path: 'labels.txt', isFolder: false, bytes: 20 },
  { path: 'report.json', isFolder: false, bytes: 2210 },
];

/** One that goes on and logs more than anybody reads: a metric for each layer, a config of hundreds of values. */
export function muchRun(all: readonly Trained[]): RunGiven {
  const { run, series } = all.at(-1)!;
  const loss = run.metrics['loss']!;
  const layers = Array.from({ length: 120 }, (_, layer) =>
    ['weight', 'gradient'].flatMap((of, i) =>
      ['norm', 'max'].map((kind, j) => {
        const scale = 0.3 + ((layer * 37 + i * 11 + j * 53) % 100) / 40;
        const key = `layers/${layer}/${of}_${kind}`;
        const summary = {
          ...loss,
          value: loss.value * scale,
          min: loss.min! * scale,
          max: loss.max! * scale,
        };
        return { key, summary, points: series['loss']!.values.map((value) => Number(value) * scale) };
      }),
    ),
  ).flat();
  const config = Array.from({ length: 180 }, (_, i) => [
    `backbone.blocks.${Math.floor(i / 6)}.${['in_channels', 'out_channels', 'kernel_size', 'stride', 'activation', 'norm'][i % 6]}`,
    ['64', '128', '3', '1', 'relu', 'BatchNorm2d(eps=1e-05, momentum=0.1, affine=True)'][i % 6]!,
  ]);
  return {
    runs: [
      plainShownRun({
        ...withMachine(run),
        name: 'resnet9 with every layer watched, after the fix of the augmentation',
        metrics: { ...run.metrics, ...Object.fromEntries(layers.map(({ key, summary }) => [key, summary])) },
        params: { ...run.params, ...Object.fromEntries(config) },
        job: {
          ...withMachine(run).job!,
          command: [
            ...[
              '/home/ada/digits/.venv/bin/python',
              'train.py',
              '--config',
              'configs/resnet9-augmented.yaml',
            ],
            ...['--model.dropout', '0.2', '--trainer.max_epochs', '25', '--trainer.precision', 'bf16-mixed'],
            ...['--data.path', '/data/sets/digits/2026-11/train.parquet', '--watch-layers'],
          ],
        },
        environment: { python: '3.12.8', packages: PACKAGES },
      }),
    ],
    points: { ...pointsOf(series), ...Object.fromEntries(layers.map(({ key, points }) => [key, points])) },
    found: {
      pictures: Array.from({ length: 24 }, (_, i) => ({
        path: `images/class-${i}.png`,
        name: `samples of class ${i}`,
        step: 1200,
      })),
      tables: ['report.json'],
      models: [],
      isCut: true,
    },
    pictures: Object.fromEntries(
      Array.from({ length: 24 }, (_, i) => [`images/class-${i}.png`, sampleDigits(i + 3)]),
    ),
    folders: { '': FILES },
    tables: { 'report.json': report() },
    log: { text: logText(12), isCut: true },
  };
}

/** Precision and recall by digit. */
function report(): ShownTable {
  const next = random(7);
  const share = () => (0.93 + next() * 0.06).toFixed(3);
  const rows = Array.from({ length: 10 }, (_, i) => [
    String(i),
    share(),
    share(),
    String(960 + Math.floor(next() * 90)),
  ]);
  const columns = ['digit', 'precision', 'recall', 'support'].map((name) => ({ name, isNumber: true }));
  return { columns, rows, columnCount: 4, rowCount: 10 };
}

function pointsOf(series: Trained['series']): Record<string, number[]> {
  return Object.fromEntries(Object.entries(series).map(([key, { values }]) => [key, values.map(Number)]));
}

function logText(epochs: number): string {
  const lines = Array.from({ length: epochs }, (_, i) => {
    const loss = (0.08 + 1.9 * Math.exp(-i / 4)).toFixed(4);
    const accuracy = (0.972 - 0.7 * Math.exp(-i / 3)).toFixed(4);
    return `epoch ${String(i + 1).padStart(2)}/25  loss ${loss}  val_accuracy ${accuracy}  34.2 s`;
  });
  return `Loading data/digits-train.parquet: 60,000 images\nTraining on cuda:0\n${lines.join('\n')}\n`;
}
