import assert from 'node:assert/strict';
import { MOST_PATTERNS, type MetricPattern } from '../../../src/job/spec.js';
import { patternsFrom } from '../../../src/job/patterns-from.js';
import { problemsOfPatterns } from '../../../src/job/pattern-problems.js';
import { matchAll } from '../../../src/server/jobs/patterns.js';

/** What is proposed for a line that somebody's training printed: name, value, step. */
type Expected = Record<string, number | [value: number, step: number]>;

const PRINTS: [line: string, expected: Expected][] = [
  ['loss=0.53', { loss: 0.53 }],
  ['val_loss: 0.53', { val_loss: 0.53 }],
  ['{"epoch": 4, "acc": 0.9, "nested": {"f1-score": 1e-3}}', { acc: [0.9, 4], 'f1-score': [0.001, 4] }],
  ['Epoch 3/10 - loss 0.5', { loss: [0.5, 3] }],
  ['train/loss 0.1', { 'train/loss': 0.1 }],
  ['0.5321', { value: 0.5321 }],
  ['loss: -1.5e-05, lr: 5E-4, tokens: 1,024,000', { loss: -1.5e-5, lr: 5e-4, tokens: 1024000 }],
  ['loss=nan acc=inf', { loss: NaN, acc: Infinity }],
  // PyTorch's examples and tutorials
  ['Train Epoch: 1 [640/60000 (1%)]\tLoss: 1.775', { Loss: 1.775 }],
  ['Epoch [2/5], Step [100/600], Loss: 0.1733', { Loss: 0.1733 }],
  ['Test set: Average loss: 0.0512, Accuracy: 9834/10000 (98%)', { Average_loss: 0.0512, Accuracy: 9834 }],
  [
    'Epoch: [0][ 10/5005]\tTime  0.514 ( 2.141)\tLoss 6.9875e+00 (7.0211e+00)\tAcc@1   0.39 (  0.14)',
    { Time: 0.514, Loss: 6.9875, Acc_1: 0.39 },
  ],
  ['[1,  2000] loss: 2.187', { loss: 2.187 }],
  ['Training loss (for one batch) at step 200: 1.0215', {}],
  [
    'iter 1500: loss 2.8113, time 12.31ms, mfu 17.24%',
    { loss: [2.8113, 1500], time: [12.31, 1500], mfu: [17.24, 1500] },
  ],
  ['step 250: train loss 1.9, val loss 2.07', { train_loss: [1.9, 250], val_loss: [2.07, 250] }],
  ["loss: tensor(0.5312, device='cuda:0', grad_fn=<NllLossBackward0>)", { loss: 0.5312 }],
  ['mse np.float64(0.25)', { mse: 0.25 }],
  // Keras
  [
    '1875/1875 [==============================] - 3s 2ms/step - loss: 0.2950 - accuracy: 0.9140 - val_loss: 0.14',
    { loss: 0.295, accuracy: 0.914, val_loss: 0.14 },
  ],
  ['1875/1875 ━━━━━━━━━ 4s 2ms/step - loss: 0.58 - val_loss: nan', { loss: 0.58, val_loss: NaN }],
  // Transformers
  [
    "{'loss': 0.3512, 'grad_norm': 2.51, 'learning_rate': 4.5e-05, 'epoch': 0.33}",
    { loss: 0.3512, grad_norm: 2.51, learning_rate: 4.5e-5 },
  ],
  ["{'loss': '0.35', 'epoch': '1'}", { loss: [0.35, 1] }],
  // tqdm
  ['Epoch 3:  45%|████▌     | 450/1000 [00:10<01:12, 43.21it/s, loss=0.3, v_num=7]', { loss: 0.3, v_num: 7 }],
  // XGBoost, LightGBM, CatBoost
  ['[10]\ttrain-rmse:0.12345\tval-rmse:0.25', { 'train-rmse': [0.12345, 10], 'val-rmse': [0.25, 10] }],
  ["[7]\ttraining's l2: 0.204\tvalid_1's l2: 0.25", { training_l2: [0.204, 7], valid_1_l2: [0.25, 7] }],
  [
    '10:\tlearn: 0.6924\ttest: 0.6931\tbest: 0.6931 (9)\ttotal: 61.2ms\tremaining: 5.5s',
    { learn: [0.6924, 10], test: [0.6931, 10], best: [0.6931, 10], total: [61.2, 10], remaining: [5.5, 10] },
  ],
  // Stable-Baselines3, a table
  ['|    ep_rew_mean      | 22.3     |', { ep_rew_mean: 22.3 }],
  // fairseq, detectron2, mmengine, ultralytics
  [
    '2024-01-15 10:30:00,123 | INFO | train | epoch 001 | loss 5.12 | ppl 34.81 | num_updates 125 | lr 2.5e-05',
    { loss: [5.12, 1], ppl: [34.81, 1], num_updates: [125, 1], lr: [2.5e-5, 1] },
  ],
  [
    '[01/15 10:30:00 d2.utils.events]:  eta: 0:12:01  iter: 19  total_loss: 2.2  time: 0.61  max_mem: 6448M',
    { total_loss: [2.2, 19], time: [0.61, 19], max_mem: [6448, 19] },
  ],
  [
    '2024/01/15 10:30:00 - mmengine - INFO - Epoch(train)  [1][ 50/469]  lr: 1.0e-02  loss: 0.7245',
    { lr: 0.01, loss: 0.7245 },
  ],
  // loguru, logging
  ['INFO:root:loss = 0.5', { loss: 0.5 }],
  [
    '2024-01-15 10:30:00.123 | INFO     | __main__:train:42 - validation accuracy 0.91',
    { validation_accuracy: 0.91 },
  ],
  ['[2024-01-15 10:30:00,123][train][INFO] - rank 0 on cuda:1 loss: 0.4', { loss: 0.4 }],
  // In words
  ['The loss is 0.25 now', { loss: 0.25 }],
  ['Validation accuracy improved from 0.81 to 0.85', { Validation_accuracy: 0.81 }],
  ['**Mean IoU**: 71.3%', { Mean_IoU: 71.3 }],
  ['mAP@0.5 = 0.61', { 'mAP_0.5': 0.61 }],
  ['точность: 0.9, Größe = 3', { точность: 0.9, Größe: 3 }],
  // The same name again
  ['[train] loss 0.5 acc 0.9 [val] loss 0.4 acc 0.8', { loss: 0.5, acc: 0.9, loss_2: 0.4, acc_2: 0.8 }],
  ['loss: 0.5 loss: 0.5 loss: 0.5', { loss: 0.5, loss_2: 0.5, loss_3: 0.5 }],
  // No numbers to read
  ['', {}],
  ['Epoch 3/10', {}],
  ['2024-01-15 10:30:00 INFO started v1.2.3 at http://localhost:5000 on 192.168.0.1', {}],
  ['Saving model to checkpoint-500/model_3.pt (commit 3f2a1b9)', {}],
  ['1,0.53,0.91', {}],
];

/** What a job would read from the line with these patterns. */
async function read(patterns: readonly MetricPattern[], line: string): Promise<Expected> {
  const { matches } = await matchAll(patterns, [line]);
  return Object.fromEntries(
    matches.map(({ name, value, step }) => [name, step === undefined ? value : [value, step]]),
  );
}

describe('patternsFrom', () => {
  for (const [line, expected] of PRINTS)
    it(`reads ${JSON.stringify(line).slice(0, 90)}`, async () => {
      const proposed = patternsFrom(line);
      assert.deepEqual(await read(proposed, line), expected);
      assert.deepEqual(problemsOfPatterns(proposed), []);
    });

  it('reads the next line of the same print, whatever its numbers and widths', async () => {
    for (const [line, next, expected] of [
      [
        'epoch   9 | loss   0.51 | acc=1',
        'epoch  10 | loss -1e-07 | acc=nan',
        { loss: [-1e-7, 10], acc: [NaN, 10] },
      ],
      ['{"loss":0.5,"lr":1}', '{"loss": 12.25, "lr": 1e-4}', { loss: 12.25, lr: 1e-4 }],
      [
        'train loss: 0.5 (val_loss: 0.6)',
        'train loss: .25 (val_loss: inf)',
        { train_loss: 0.25, val_loss: Infinity },
      ],
      ['step 1 loss=1,024', 'step 2 loss=2,048,000.5', { loss: [2048000.5, 2] }],
      ['loss 0.5 at step 3', 'loss 0.25 at step 400', { loss: [0.25, 400] }],
    ] as [string, string, Expected][])
      assert.deepEqual(await read(patternsFrom(line), next), expected, next);
  });

  it('takes no other metric whose name ends or begins alike', async () => {
    const [loss] = patternsFrom('loss: 0.5');
    for (const other of ['val_loss: 0.5', 'train/loss: 0.5', 'x-loss: 0.5', 'loss_a: 0.5', 'loss: none'])
      assert.deepEqual(await read([loss!], other), {}, other);
  });

  it('finds in each line the numbers that it was made from', async () => {
    let state = 1;
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * below);
    };
    const pick = <T>(from: readonly T[]) => from[random(from.length)]!;
    const parts = [
      'loss',
      'val_loss',
      'Acc@1',
      'epoch',
      'step',
      'a.b',
      'R^2',
      'f(x)',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
    ];
    parts.push(
      '$',
      '^',
      '|',
      '*',
      '+',
      '?',
      '\\',
      '\\d',
      '.*',
      '"',
      "'",
      '/',
      '-',
      ':',
      '=',
      '->',
      '%',
      ' ',
      ' ',
    );
    parts.push(
      '  ',
      '\t',
      '0.5',
      '1e-3',
      '-7',
      '3',
      '3/10',
      'nan',
      '-inf',
      '1,024',
      '.5',
      '5.',
      'ü',
      '日本',
      '😀',
    );
    let count = 0;
    for (let n = 0; n < 20_000; n++) {
      const line = Array.from({ length: 1 + random(14) }, () => pick(parts)).join(pick(['', ' ']));
      for (const { name, regex, value } of patternsFrom(line)) {
        count++;
        const { groups } = new RegExp(regex).exec(line) ?? {};
        assert.equal(groups?.['value'], value, JSON.stringify({ line, regex }));
        assert.ok(name.length <= 250 && regex.length <= 1000);
        assert.deepEqual(problemsOfPatterns([{ name, regex }]), []);
      }
    }
    assert.ok(count > 5_000, `only ${count}`);
  });

  it('is soon done with any line, and proposes no more than a job may have', () => {
    const started = performance.now();
    for (const part of ['a', 'a ', '1', '1 ', 'a=1 ', 'epoch 1 ', '(', '[1] ', 'loss: '])
      assert.ok(patternsFrom(part.repeat(1000 / part.length)).length <= MOST_PATTERNS);
    assert.deepEqual(patternsFrom('a=1 '.repeat(1000)), []);
    assert.ok(performance.now() - started < 5_000);
  });
});
