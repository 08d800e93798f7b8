import assert from 'node:assert/strict';
import fs from 'node:fs';
import { pathInCode } from '../../../src/job/code-path.js';
import { causeOf, type JobEnd } from '../../../src/server/failure/cause.js';

const OUTPUTS = new URL('./outputs/', import.meta.url);
const ROOT = '/tmp/proj';

function cause(log: string, end: Partial<JobEnd> = {}, root = ROOT) {
  const code = {
    pathOf: (named: string) => pathInCode(named, { runId: 'a1', root, cwd: '' }),
    cwd: root,
    program: '/venv/bin/python',
  };
  return causeOf(log, { cause: 'exit', exitCode: 1, ...end }, code);
}

const MEMORY = /^Reduce the batch or data size/;
const GPU_MEMORY = /^Reduce the batch or model size/;
const ASKED = /^The script asked for input, which jobs do not have\. Pass it as an argument\.$/;
const KILLED = /^The machine probably ran out of memory\.$/;
const OPTIONS = /“Submit With Options…”/;

interface Expected {
  headline: string;
  /** `exception` where nothing is said. */
  kind?: string;
  /** `file:line` in the person's code. */
  at?: string;
  hint?: RegExp;
  exitCode?: number;
  rank?: number;
}

/** By the file in outputs/: most were recorded from real programs, in a project at /tmp/proj. */
const EXPECTED: Record<string, Expected> = {
  'abort-after-exception': { headline: 'RuntimeError: bad state', at: 'train.py:3', exitCode: 134 },
  args: {
    kind: 'usage',
    headline: 'Wrong arguments: the following arguments are required: --lr',
    hint: OPTIONS,
    exitCode: 2,
  },
  asserted: { headline: 'AssertionError', at: 'asserted.py:2' },
  asyncio_: {
    headline: 'ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception): TimeoutError: no answer',
    at: 'asyncio_.py:2',
  },
  'bash-catnone': { kind: 'exit', headline: 'Exit code 1: cat: /proj/none.txt: No such file or directory' },
  'bash-behind-bar': { headline: 'foo: command not found', at: 'train.sh:3', hint: /foo/, exitCode: 127 },
  'bash-cmd': {
    headline: 'notaprogram: command not found',
    at: 'cmd.sh:2',
    hint: /^The program notaprogram is not on the PATH/,
    exitCode: 127,
  },
  'bash-killed': { kind: 'signal', headline: 'Killed (SIGKILL)', hint: KILLED, exitCode: 137 },
  'bash-killedchild': { kind: 'signal', headline: 'Killed (SIGKILL)', hint: KILLED, exitCode: 137 },
  'bash-shsyntax': { headline: "syntax error near unexpected token `fi'", at: 'shsyntax.sh:2', exitCode: 2 },
  'bash-unset': { headline: 'LR: unbound variable', at: 'unset.sh:2' },
  cantopen: {
    kind: 'exit',
    headline:
      "Exit code 2: /root/.cache/trainyard-dev/python-f62a6db13223/venv/bin/python: can't open file '/tmp/proj/nothere.py': [Errno 2] No such file or directory",
    exitCode: 2,
  },
  chained: {
    headline: 'RuntimeError: no learning rate',
    at: 'chained.py:6',
    hint: /^Caused by KeyError: 'lr'$/,
  },
  clk: { kind: 'usage', headline: "Wrong arguments: Missing option '--lr'.", hint: OPTIONS, exitCode: 2 },
  cpp: { kind: 'signal', headline: 'Aborted (SIGABRT): bad tensor', exitCode: 134 },
  cuda: {
    kind: 'out-of-memory',
    headline:
      'OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.65 GiB of which 1.12 GiB is free.',
    at: 'train.py:33',
    hint: GPU_MEMORY,
  },
  'dash-cmd': { headline: 'notaprogram: not found', at: 'cmd.sh:2', hint: /notaprogram/, exitCode: 127 },
  'dataloader-bus': {
    headline: 'RuntimeError: DataLoader worker (pid(s) 4711) exited unexpectedly',
    at: 'train.py:20',
    hint: /^Caused by RuntimeError: DataLoader worker \(pid 4711\) is killed by signal: Bus error/,
  },
  debugged: {
    kind: 'input',
    headline: 'BdbQuit',
    at: 'debugged.py:3',
    hint: /^The debugger waits for input, which jobs do not have/,
  },
  direct: {
    headline: 'RuntimeError: no learning rate',
    at: 'direct.py:6',
    hint: /^Caused by KeyError: 'lr'$/,
  },
  eof: { kind: 'input', headline: 'EOFError: EOF when reading a line', at: 'eof.py:1', hint: ASKED },
  exit3: { kind: 'exit', headline: 'Exit code 3: epoch 1 done', exitCode: 3 },
  exitmessage: { kind: 'exit', headline: 'Exit code 1: No images in data/train' },
  file: {
    kind: 'missing-file',
    headline: "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'",
    at: 'pkg/data.py:2',
    hint: /^It looked for \/tmp\/proj\/data\/train\.csv\.$/,
  },
  fileabs: {
    kind: 'missing-file',
    headline: "FileNotFoundError: [Errno 2] No such file or directory: '/data/none.csv'",
    at: 'fileabs.py:1',
  },
  futures: { headline: 'ValueError: cannot use 0', at: 'pkg/data.py:6' },
  group: { headline: 'ExceptionGroup: two failed (2 sub-exceptions): ValueError: a', at: 'group.py:1' },
  groupbare: { headline: 'ExceptionGroup: many (2 sub-exceptions): ValueError: a', at: 'groupbare.py:1' },
  hydra: { headline: "ConfigAttributeError: Key 'model' is not in struct", at: 'train.py:12' },
  ignored: { kind: 'exit', headline: 'Exit code 4: score too low', exitCode: 4 },
  indent: {
    headline: 'IndentationError: expected an indented block after function definition on line 1',
    at: 'indent.py:2',
  },
  'ipython-old': { headline: "KeyError: 'x'", at: 'train.py:6' },
  jax: {
    kind: 'out-of-memory',
    headline:
      'XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 68719476736 bytes.',
    at: 'train.py:9',
    hint: GPU_MEMORY,
  },
  job: { headline: 'ValueError: cannot use 0', at: 'pkg/data.py:6' },
  julia: {
    headline: 'BoundsError: attempt to access 3-element Vector{Int64} at index [4]',
    at: 'train.jl:3',
  },
  'julia-package': {
    headline: 'ArgumentError: Package Fluxx not found in current path.',
    at: 'train.jl:1',
    hint: /Pkg\.add\("Fluxx"\)$/,
  },
  keyboard: { headline: 'KeyboardInterrupt', at: 'keyboard.py:2', exitCode: 130 },
  loader: { headline: 'ValueError: cannot use 0', at: 'pkg/data.py:6' },
  logged: { headline: "KeyError: 'x'", at: 'logged.py:3' },
  loguru: { headline: 'ZeroDivisionError: division by zero', at: 'train.py:5' },
  memory: { kind: 'out-of-memory', headline: 'MemoryError', at: 'memory.py:1', hint: MEMORY },
  module: {
    kind: 'missing-module',
    headline: "ModuleNotFoundError: No module named 'transformersx'",
    at: 'module.py:1',
    hint: /^Install transformersx for \/venv\/bin\/python, or choose another interpreter\.$/,
  },
  'node-broken.js': { headline: "SyntaxError: Unexpected token ';'", at: 'broken.js:1' },
  'node-custom.mjs': { headline: 'ConfigError: no lr', at: 'custom.mjs:1' },
  'node-missing.mjs': {
    headline: "Error: Cannot find package 'nopackage' imported from /tmp/proj/missing.mjs",
    hint: /^Install it: npm install nopackage$/,
  },
  'node-train.js': { headline: 'Error: bad batch', at: 'train.js:2' },
  nomodule: {
    kind: 'missing-module',
    headline: "ModuleNotFoundError: No module named 'nothere'",
    hint: /^Install nothere for/,
  },
  notebook: { headline: 'ValueError: cannot use 1', at: 'pkg/data.py:6' },
  notes: { headline: 'ValueError: bad batch', at: 'notes.py:2' },
  nump: {
    kind: 'out-of-memory',
    headline:
      '_ArrayMemoryError: Unable to allocate 7.11 PiB for an array with shape (1000000000, 1000000) and data type float64',
    at: 'nump.py:2',
    hint: MEMORY,
  },
  pool: { headline: 'ValueError: cannot use 0', at: 'pkg/data.py:6' },
  prompt: { kind: 'input', headline: 'Exit code 1: Your name: Aborted!', hint: ASKED },
  pydantic_: {
    headline:
      "ValidationError: 1 validation error for Config: lr: Input should be a valid number, unable to parse string as a number [type=float_parsing, input_value='high', input_type=str]",
    at: 'pydantic_.py:4',
  },
  r: { headline: "Error in train(data): object 'lr' not found" },
  'r-package': {
    headline: 'Error in library(xgboostx): there is no package called ‘xgboostx’',
    hint: /install\.packages\("xgboostx"\)$/,
  },
  'r-stop': {
    headline: 'Error in fit(10, "a very long argument that makes the call long enough"): did not converge',
  },
  'r-two-lines': {
    headline:
      'Error in file(file, "rt"): cannot open the connection cannot open file \'data.csv\': No such file or directory',
  },
  recursion: { headline: 'RecursionError: maximum recursion depth exceeded', at: 'recursion.py:2' },
  'rich-long-path': {
    headline: "TypeError: go() missing 1 required positional argument: 'x'",
    at: 'a/very/long/path/that/does/not/fit/into/the/box/of/the/traceback/steps.py:12',
  },
  richbox: { headline: 'ValueError: cannot use 0.1', at: 'pkg/data.py:6' },
  segv: { kind: 'signal', headline: 'Segmentation fault (SIGSEGV)', at: 'segv.py:4', exitCode: 139 },
  shapes: {
    headline: 'RuntimeError: addmm: mat1 and mat2 shapes cannot be multiplied (3x5 and 4x2)',
    at: 'shapes.py:7',
  },
  spawnt: { headline: 'ValueError: cannot use 1', at: 'pkg/data.py:6' },
  statedict: {
    headline:
      'RuntimeError: Error(s) in loading state_dict for Linear: Missing key(s) in state_dict: "weight", "bias".',
    at: 'statedict.py:2',
  },
  syntax: { headline: "SyntaxError: '(' was never closed", at: 'syntax.py:2' },
  syntax_imported: { headline: 'SyntaxError: invalid syntax', at: 'pkg/broken.py:1' },
  thread: { headline: 'ValueError: in a thread', at: 'thread.py:2' },
  torchrun: { headline: 'ValueError: cannot use rank (rank 1)', at: 'pkg/data.py:6', rank: 1 },
  'torchrun-killed': { kind: 'signal', headline: 'Killed (SIGKILL) (rank 3)', hint: KILLED, rank: 3 },
  'torchrun-recorded': { headline: 'ValueError: no data (rank 0)', at: 'train.py:7', rank: 0 },
  tqdmbar: { headline: 'FloatingPointError: loss is nan', at: 'tqdmbar.py:5' },
  typer: { kind: 'usage', headline: "Wrong arguments: Missing argument 'LR'.", hint: OPTIONS, exitCode: 2 },
  value: { headline: 'ValueError: cannot use 3', at: 'pkg/data.py:6' },
  warnafter: { headline: 'IndexError: list index out of range', at: 'warnafter.py:6' },
  zsh: { headline: 'command not found: foo', at: 'run.zsh:3', hint: /foo/, exitCode: 127 },
};

describe('why a job failed', () => {
  for (const file of fs.readdirSync(OUTPUTS)) {
    const name = file.replace(/\.txt$/, '');
    const expected = EXPECTED[name];
    if (name === 'windows') continue;
    it(`is told by ${name}: ${expected?.headline}`, () => {
      assert.ok(expected, 'It says what is expected of each recorded output.');
      const found = cause(fs.readFileSync(new URL(file, OUTPUTS), 'utf8'), {
        exitCode: expected.exitCode ?? 1,
      });
      assert.equal(found.headline, expected.headline);
      assert.equal(found.kind, expected.kind ?? 'exception');
      assert.equal(found.file === undefined ? undefined : `${found.file}:${found.line}`, expected.at);
      assert.match(found.hint ?? '', expected.hint ?? /^$/);
      assert.equal(found.rank, expected.rank);
    });
  }

  it('is the limit, whatever was printed when it was hit', () => {
    const log = fs.readFileSync(new URL('value.txt', OUTPUTS), 'utf8');
    const reason = 'It ran longer than its limit of 60 s.';
    assert.deepEqual(cause(log, { cause: 'timeout', exitCode: null, signal: 'SIGTERM', reason }), {
      kind: 'timeout',
      headline: reason,
    });
    assert.equal(cause(log, { cause: 'cancelled' }).kind, 'cancelled');
  });

  it('is the signal where there is nothing else, and always when it was killed', () => {
    const value = fs.readFileSync(new URL('value.txt', OUTPUTS), 'utf8');
    const ended = (signal: string, log = '') => cause(log, { exitCode: null, signal }).headline;
    assert.equal(ended('SIGTERM'), 'Terminated (SIGTERM)');
    assert.equal(ended('SIGUSR1'), 'Ended by SIGUSR1');
    assert.equal(ended('SIGKILL', value), 'Killed (SIGKILL)');
    assert.equal(ended('SIGABRT', value), 'ValueError: cannot use 3');
    assert.equal(cause('', { exitCode: 0xc0000005 }).headline, 'Access violation');
    assert.equal(cause('', { exitCode: -1073741819 }).headline, 'Access violation');
  });

  it('is the exit code where nothing is said', () => {
    assert.deepEqual(cause('', { exitCode: 5 }), { kind: 'exit', headline: 'Exit code 5' });
    assert.equal(cause('\r 45%|████▌     | 9/20\n', { exitCode: 5 }).headline, 'Exit code 5');
    assert.equal(cause('', { cause: 'lost', exitCode: null, reason: 'Gone.' }).headline, 'Gone.');
    const missing = { cause: 'spawn-failed', exitCode: null, reason: 'python9 was not found.' } as const;
    assert.deepEqual(cause('', missing), { kind: 'start', headline: 'python9 was not found.' });
  });

  it('is not what was coped with long before', () => {
    const value = fs.readFileSync(new URL('value.txt', OUTPUTS), 'utf8');
    const epochs = Array.from({ length: 500 }, (_, i) => `epoch ${i}`).join('\n');
    assert.equal(cause(`${value}\n${epochs}\nscore too low`).headline, 'Exit code 1: score too low');
  });

  it('names the file by the person’s folder, wherever the code was copied to', () => {
    const value = fs.readFileSync(new URL('value.txt', OUTPUTS), 'utf8');
    for (const copy of [
      '/home/me/.trainyard/jobs/a1/code',
      '/home/me/.trainyard/checkouts/k3/0/tree/tmp/proj',
    ]) {
      const { file, line } = cause(value.replaceAll(ROOT, copy));
      assert.deepEqual([file, line], ['pkg/data.py', 6]);
    }
    const windows = fs.readFileSync(new URL('windows.txt', OUTPUTS), 'utf8');
    const { file, line } = cause(windows, {}, 'c:\\Users\\Me\\proj');
    assert.deepEqual([file, line], ['pkg/data.py', 6]);
  });

  it('is short, and one line, however much was printed', () => {
    const found = cause(
      `Traceback (most recent call last):\n  File "/tmp/proj/a.py", line 1, in f\nX: ${'long '.repeat(90_000)}`,
    );
    assert.ok(found.headline.length <= 300 && (found.message ?? '').length <= 2_000);
    assert.equal(found.file, 'a.py');
  });

  it('is found in no time in the worst of logs', () => {
    const lines = [
      'Traceback (most recent call last):\n'.repeat(7_000),
      '  File "/tmp/proj/a.py", line 1\n'.repeat(7_000),
      `${'a'.repeat(200_000)}\n`,
      'A  Traceback (most recent call last)\n'.repeat(7_000),
      `${'ERROR: x\n'.repeat(20_000)}Execution halted\n`,
      `─ Traceback (most recent call last) ─\n${'│ /a\n'.repeat(40_000)}`,
    ];
    for (const text of lines) {
      const start = performance.now();
      cause(text);
      assert.ok(performance.now() - start < 5_000, text.slice(0, 40));
    }
  });
});
