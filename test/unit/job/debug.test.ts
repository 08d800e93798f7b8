import assert from 'node:assert/strict';
import path from 'node:path';
import {
  attachConfiguration,
  pathMappings,
  problemOfDebugging,
  underDebugger,
} from '../../../src/job/debug.js';

const WAIT = ['-m', 'debugpy', '--listen', '127.0.0.1:0', '--wait-for-client'];

describe('how a job runs under debugpy', () => {
  for (const [what, args, expected] of [
    ['a script', ['train.py', '-m', 'x'], [...WAIT, 'train.py', '-m', 'x']],
    ['a module', ['-m', 'pkg.train', '--lr', '1'], [...WAIT, '-m', 'pkg.train', '--lr', '1']],
    ['code', ['-c', 'print(1)', '-O'], [...WAIT, '-c', 'print(1)', '-O']],
    ['options of Python', ['-O', '-u', 'train.py'], ['-O', '-u', ...WAIT, 'train.py']],
    [
      'options with a value',
      ['-X', 'dev', '-Wignore', '-W', 'error', 'a.py'],
      ['-X', 'dev', '-Wignore', '-W', 'error', ...WAIT, 'a.py'],
    ],
    [
      'a long option',
      ['--check-hash-based-pycs', 'never', 'a.py'],
      ['--check-hash-based-pycs', 'never', ...WAIT, 'a.py'],
    ],
    ['a module in one word with options', ['-um', 'pkg'], ['-u', ...WAIT, '-m', 'pkg']],
    ['a module without a space', ['-mpkg', 'x'], [...WAIT, '-m', 'pkg', 'x']],
    ['a value that looks like a module', ['-Xm', 'a.py'], ['-Xm', ...WAIT, 'a.py']],
    [
      'a launcher that is a module',
      ['-m', 'torch.distributed.run', '--nproc-per-node', '2', 'a.py'],
      [...WAIT, '-m', 'torch.distributed.run', '--nproc-per-node', '2', 'a.py'],
    ],
  ] as const)
    it(`puts it between Python and ${what}`, () => {
      assert.deepEqual(underDebugger(['/env/bin/python', ...args]), ['/env/bin/python', ...expected]);
    });
});

describe('what cannot be debugged', () => {
  const environment = { kind: 'interpreter', path: '/env/bin/python3.12' } as const;

  for (const command of [
    ['python', 'a.py'],
    ['python3', '-m', 'a'],
    ['python3.12', '-c', '1'],
  ])
    it(`is not ${command.join(' ')}`, () => {
      assert.equal(problemOfDebugging({ command, environment }), undefined);
    });

  for (const [job, problem] of [
    [{ command: ['bash', 'a.sh'] }, /this job runs bash/],
    [{ command: ['/usr/bin/node', 'a.js'] }, /this job runs node/],
    [{ command: ['python', 'a.py'], launcher: ['mpirun', '-np', '2'] }, /that mpirun starts/],
    [{ command: ['python'] }, /no script, module or code/],
    [{ command: ['python', '-'] }, /no script, module or code/],
    [{ command: ['python', '-I', 'a.py'] }, /with -I/],
    [{ command: ['python', '-sE', '-m', 'a'] }, /with -sE/],
  ] as const)
    it(`is ${job.command.join(' ')}`, () => assert.match(problemOfDebugging(job) ?? '', problem));
});

describe('how an editor attaches', () => {
  const root = path.resolve('/work/project');

  it('maps the folder of the person to the code as the job sees it', () => {
    assert.deepEqual(
      attachConfiguration('calm-otter', { host: '127.0.0.1', port: 5 }, pathMappings(root, '/code')),
      {
        name: 'calm-otter',
        type: 'debugpy',
        request: 'attach',
        connect: { host: '127.0.0.1', port: 5 },
        pathMappings: [{ localRoot: root, remoteRoot: '/code' }],
      },
    );
  });

  it('maps a folder that leads there by a link, too', () => {
    const link = path.resolve('/home/me/link');
    const folders = [
      { folder: link, real: path.join(root, 'sub', 'deep') },
      { folder: path.join(root, 'sub'), real: path.join(root, 'sub') },
      { folder: path.resolve('/other'), real: path.resolve('/other') },
    ];
    assert.deepEqual(pathMappings(root, '/code', folders), [
      { localRoot: link, remoteRoot: '/code/sub/deep' },
      { localRoot: root, remoteRoot: '/code' },
    ]);
  });
});
