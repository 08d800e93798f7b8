import assert from 'node:assert/strict';
import fc from 'fast-check';
import { writerOf } from '../../../src/server/tensorboard/made-anew.js';
import { type EventFolder, prefixesOf } from '../../../src/server/tensorboard/prefixes.js';

const HOST = 'gpu-01.example.org';

/** Folders in the order of their creation; `*`: with params of the hyper-parameter plugin. */
function folders(paths: readonly string[]): EventFolder[] {
  return paths.map((path, i) => ({
    path: path.replace('*', ''),
    createdAt: 1000 * i,
    isSession: path.endsWith('*'),
    host: HOST,
    pid: '48213',
  }));
}

const prefixes = (paths: readonly string[]) =>
  folders(paths).map(({ path }) => prefixesOf(folders(paths)).get(path));

/** Two runs of one script, and what its folders are called in both. */
const LAYOUTS: Record<string, [first: string[], second: string[], names: string[]]> = {
  'the folder itself': [[''], [''], ['']],
  'a folder of its own': [['logs'], ['logs'], ['']],
  'a name that the person gives': [['runs/lr_0.1'], ['runs/lr_0.01'], ['']],
  'a name drawn by chance': [['runs/sweet-forest'], ['runs/brave-river'], ['']],
  'Stable-Baselines3': [['logs/PPO_1'], ['logs/PPO_2'], ['']],
  'Stable-Baselines3, two algorithms': [
    ['logs/A2C_1', 'logs/PPO_1'],
    ['logs/A2C_2', 'logs/PPO_4'],
    ['A2C/', 'PPO/'],
  ],
  'Stable-Baselines3, learning twice': [
    ['logs/PPO_1', 'logs/PPO_2'],
    ['logs/PPO_9', 'logs/PPO_10'],
    ['1/', '2/'],
  ],
  RLlib: [
    ['/root/ray_results/PPO_CartPole-v1_2024-01-15_10-30-00abcd1234'],
    ['/root/ray_results/PPO_CartPole-v1_2024-01-16_09-12-44k2_pq71z'],
    [''],
  ],
  'Ray Tune': [
    [
      '/root/ray_results/train_2024-01-15_10-30-00/train_a1b2c_00000_0_lr=0.1000_2024-01-15_10-30-01',
      '/root/ray_results/train_2024-01-15_10-30-00/train_a1b2c_00001_1_lr=0.0100_2024-01-15_10-30-01',
    ],
    [
      '/root/ray_results/train_2024-02-01_08-00-00/train_77e0f_00000_0_lr=0.1000_2024-02-01_08-00-02',
      '/root/ray_results/train_2024-02-01_08-00-00/train_77e0f_00001_1_lr=0.0100_2024-02-01_08-00-02',
    ],
    ['train_lr_0.1000/', 'train_lr_0.0100/'],
  ],
  Lightning: [['lightning_logs/version_3'], ['lightning_logs/version_14'], ['']],
  'Lightning, two trainers': [
    ['lightning_logs/version_0', 'lightning_logs/version_1'],
    ['lightning_logs/version_2', 'lightning_logs/version_3'],
    ['1/', '2/'],
  ],
  Keras: [
    ['logs/20240115-103000/train', 'logs/20240115-103000/validation'],
    ['logs/20240301-000102/train', 'logs/20240301-000102/validation'],
    ['train/', 'validation/'],
  ],
  'Keras, two models after each other': [
    [
      'logs/20240115-103000/train',
      'logs/20240115-103000/validation',
      'logs/20240115-104500/train',
      'logs/20240115-104500/validation',
    ],
    [
      'logs/20240301-000102/train',
      'logs/20240301-000102/validation',
      'logs/20240301-001002/train',
      'logs/20240301-001002/validation',
    ],
    ['1/train/', '1/validation/', '2/train/', '2/validation/'],
  ],
  'two writers, each with a time of its own': [
    ['logs/20240115-103000/gen', 'logs/20240115-103007/disc'],
    ['logs/20240301-000102/gen', 'logs/20240301-000102/disc'],
    ['gen/', 'disc/'],
  ],
  'Keras, with a writer of hyper-parameters': [
    ['logs/20240115-103000*', 'logs/20240115-103000/train', 'logs/20240115-103000/validation'],
    ['logs/20240116-103000*', 'logs/20240116-103000/train', 'logs/20240116-103000/validation'],
    ['', 'train/', 'validation/'],
  ],
  SummaryWriter: [[`runs/Jan15_10-30-00_${HOST}`], [`runs/Feb02_09-00-10_${HOST}`], ['']],
  'SummaryWriter with a comment, two of them': [
    [`runs/Jan15_10-30-00_${HOST}gen`, `runs/Jan15_10-30-00_${HOST}_disc`],
    [`runs/Feb02_09-00-10_${HOST}gen`, `runs/Feb02_09-00-11_${HOST}_disc`],
    ['gen/', 'disc/'],
  ],
  'SummaryWriter for each fold': [
    [`runs/Jan15_10-30-00_${HOST}`, `runs/Jan15_11-30-00_${HOST}`],
    [`runs/Feb02_09-00-10_${HOST}`, `runs/Feb02_10-00-10_${HOST}`],
    ['1/', '2/'],
  ],
  add_hparams: [
    [`runs/Jan15_10-30-00_${HOST}`, `runs/Jan15_10-30-00_${HOST}/1705312200.123*`],
    [`runs/Feb02_09-00-10_${HOST}`, `runs/Feb02_09-00-10_${HOST}/1706864410.5*`],
    ['', ''],
  ],
  'add_hparams with a name': [
    ['runs/a', 'runs/a/final*'],
    ['runs/b', 'runs/b/final*'],
    ['', ''],
  ],
  'add_hparams of several trials': [
    ['runs/a', 'runs/a/1705312200.123*', 'runs/a/1705312201.7*'],
    ['runs/b', 'runs/b/1706864410.5*', 'runs/b/1706864410.61*'],
    ['', '1/', '2/'],
  ],
  add_scalars: [
    ['runs/a', 'runs/a/loss_train', 'runs/a/loss_val'],
    ['runs/b', 'runs/b/loss_train', 'runs/b/loss_val'],
    ['', 'loss_train/', 'loss_val/'],
  ],
  Transformers: [[`out/runs/Jan15_10-30-00_${HOST}`], [`out/runs/Feb02_09-00-10_${HOST}`], ['']],
  'Transformers, two trainers': [
    [`teacher/runs/Jan15_10-30-00_${HOST}`, `student/runs/Jan15_10-40-00_${HOST}`],
    [`teacher/runs/Feb02_09-00-10_${HOST}`, `student/runs/Feb02_09-10-10_${HOST}`],
    ['teacher/', 'student/'],
  ],
  Hydra: [['outputs/2024-01-15/10-30-00'], ['outputs/2024-01-16/09-00-01'], ['']],
  'Hydra, many': [
    ['multirun/2024-01-15/10-30-00/0/tb', 'multirun/2024-01-15/10-30-00/1/tb'],
    ['multirun/2024-01-16/09-00-01/0/tb', 'multirun/2024-01-16/09-00-01/1/tb'],
    ['0/', '1/'],
  ],
  'Hydra past midnight': [
    ['outputs/2024-01-15/23-59-58', 'outputs/2024-01-16/00-01-00'],
    ['outputs/2024-01-16/09-00-01', 'outputs/2024-01-16/09-02-03'],
    ['1/', '2/'],
  ],
  detectron2: [['output'], ['output'], ['']],
  mmengine: [['work_dirs/cfg/20240115_103000/vis_data'], ['work_dirs/cfg/20240116_090001/vis_data'], ['']],
  'nnU-Net, one fold': [['results/fold_0'], ['results/fold_3'], ['']],
  'nnU-Net, all folds': [
    ['results/fold_0', 'results/fold_1', 'results/fold_2'],
    ['results/fold_0', 'results/fold_1', 'results/fold_2'],
    ['fold_0/', 'fold_1/', 'fold_2/'],
  ],
  fairseq: [
    ['tb/train', 'tb/valid'],
    ['tb/train', 'tb/valid'],
    ['train/', 'valid/'],
  ],
  'an Estimator': [
    ['model_dir', 'model_dir/eval'],
    ['model_dir', 'model_dir/eval'],
    ['', 'eval/'],
  ],
  ultralytics: [['runs/detect/train'], ['runs/detect/train2'], ['']],
  'ultralytics, twice': [
    ['runs/detect/train', 'runs/detect/train2'],
    ['runs/detect/train3', 'runs/detect/train4'],
    ['1/', '2/'],
  ],
  CleanRL: [['runs/CartPole-v1__ppo__1__1705312200'], ['runs/CartPole-v1__ppo__1__1706864410'], ['']],
  'CleanRL, two seeds': [
    ['runs/CartPole-v1__ppo__1__1705312200', 'runs/CartPole-v1__ppo__2__1705312300'],
    ['runs/CartPole-v1__ppo__1__1706864410', 'runs/CartPole-v1__ppo__2__1706864510'],
    ['ppo__1/', 'ppo__2/'],
  ],
  'rl-games': [['runs/Ant_15-10-30-00/summaries'], ['runs/Ant_16-09-00-01/summaries'], ['']],
  'rl-games, two': [
    ['runs/Ant_15-10-30-00/summaries', 'runs/Cartpole_15-10-35-00/summaries'],
    ['runs/Ant_16-09-00-01/summaries', 'runs/Cartpole_16-09-05-01/summaries'],
    ['Ant/', 'Cartpole/'],
  ],
  wandb: [
    ['wandb/run-20240115_103000-1a2b3c4d/files/gen', 'wandb/run-20240115_103000-1a2b3c4d/files/disc'],
    ['wandb/run-20240116_103000-zx81kq02/files/gen', 'wandb/run-20240116_103000-zx81kq02/files/disc'],
    ['gen/', 'disc/'],
  ],
  'UUIDs, digests, process ids and folders of mktemp': [
    ['a/550e8400-e29b-41d4-a716-446655440000', 'b/d5c86d1', 'c/pid-48213', 'd/48213', 'e/tmpab12cd_x'],
    ['a/8d7f0c66-0b1e-4f3b-9d43-3f8dbbe1a5aa', 'b/6ab3073', 'c/pid-48213', 'd/48213', 'e/tmpq9zz01kk'],
    ['a/', 'b/', 'c/', 'd/', 'e/'],
  ],
  'a date and a name': [
    ['exp/2024-01-15_gen', 'exp/2024-01-15_disc'],
    ['exp/2024-01-16_gen', 'exp/2024-01-16_disc'],
    ['gen/', 'disc/'],
  ],
  models: [
    ['logs/resnet18', 'logs/resnet50'],
    ['logs/resnet18', 'logs/resnet50'],
    ['resnet18/', 'resnet50/'],
  ],
  'other places': [
    ['/data/tb/exp_1/gen', '/data/tb/exp_1/disc'],
    ['/data/tb/exp_2/gen', '/data/tb/exp_2/disc'],
    ['gen/', 'disc/'],
  ],
};

describe('the prefixes of folders with event files', () => {
  for (const [layout, [first, second, names]] of Object.entries(LAYOUTS))
    it(`are the same in two runs: ${layout}`, () => {
      assert.deepEqual(prefixes(first), names);
      assert.deepEqual(prefixes(second), names);
    });

  it('are different ones for folders whose names differ in what no key takes', () => {
    assert.deepEqual(prefixes(['a=1', 'a_1x', 'a=1x']), ['a_1/', 'a_1x/', 'a_1x/1/']);
  });

  it('do not depend on the order in which the folders are found, and tell them apart', () => {
    const name = fc.constantFrom(
      'train',
      'val',
      'PPO_1',
      'PPO_2',
      'run-3',
      '7',
      '20240115-103000',
      '20240115-103001',
      '2024-01-15',
      'a=b',
      'a_b',
      'Jan15_10-30-00_host',
      'x_1_a',
      'x_1_b',
    );
    const path = fc.array(name, { maxLength: 4 }).map((parts) => parts.join('/'));
    const some = fc.uniqueArray(path, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        some.chain((paths) =>
          fc.tuple(
            fc.constant(paths),
            fc.shuffledSubarray(paths, { minLength: paths.length }),
            fc.subarray(paths),
          ),
        ),
        ([paths, other, sessions]) => {
          const all = new Map(
            paths.map((path, i) => [
              path,
              { path, createdAt: i % 3, isSession: sessions.includes(path), host: 'host' },
            ]),
          );
          const found = prefixesOf([...all.values()]);
          assert.deepEqual(
            new Map([...prefixesOf(other.map((path) => all.get(path)!))].sort()),
            new Map([...found].sort()),
          );
          const apart = new Set(
            paths.filter((path) => !sessions.includes(path)).map((path) => found.get(path)),
          );
          assert.equal(apart.size, paths.length - sessions.length);
        },
      ),
    );
  });
});

describe('the name of an event file', () => {
  it('tells who wrote it, as far as its writer says', () => {
    for (const [name, writer] of [
      [`events.out.tfevents.1705312200.${HOST}.48213.0`, { host: HOST, pid: '48213' }],
      [`events.out.tfevents.1705312200.${HOST}.48213.0.v2`, { host: HOST, pid: '48213' }],
      [`events.out.tfevents.1705312200.${HOST}`, { host: HOST }],
      ['events.out.tfevents.1705312200', {}],
    ] as const)
      assert.deepEqual(writerOf(name), writer);
  });
});
