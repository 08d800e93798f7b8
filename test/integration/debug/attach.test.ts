import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { buildJob } from '../../../src/job/build.js';
import type { AttachConfiguration } from '../../../src/job/debug.js';
import type { CommandJob } from '../../../src/job/spec.js';
import type { JobDebugger, JobPython, Run } from '../../../src/workspace/types.js';
import { describeWithEngine } from '../../support/engine.js';
import type { TestHome } from '../../support/home.js';
import { TestHome as Home } from '../../support/home.js';
import { until } from '../../support/until.js';
import { DockerHome } from '../docker/home.js';
import { DebugClient } from './dap.js';

const python = process.env['TRAINYARD_TEST_DEBUGPY'];

type Attached = Run & { debugger: JobDebugger; pythons: JobPython[]; configuration: AttachConfiguration };

/** Line 4 is the one to stop at. It knows nothing of debuggers, and says which modules of them it has. */
const TRAIN = `import sys, time
def train(step=0):
    while step is not None and step < 1_000_000:
        step = step + 1
        time.sleep(0.02)
    print('stopped', sorted(name for name in sys.modules if name in ('debugpy', 'pydevd')), flush=True)
print('debugger', 'debugpy' in sys.modules, 'threading' in sys.modules, flush=True)
train()
`;
/** A launcher: it starts the training as a process of its own, and waits for it. */
const LAUNCH = `import subprocess, sys
sys.exit(subprocess.call([sys.executable, 'train.py']))
`;

interface Place {
  make(): Promise<TestHome>;
  /** An interpreter or name of a Python that has no debugpy of its own. */
  job(home: TestHome, args: string[]): CommandJob;
}

function suite(what: string, { make, job }: Place): void {
  describe(`attaching to ${what}`, function () {
    this.timeout(180_000);
    let test: TestHome;

    before(async function () {
      if (!python) return this.skip();
      test = await make();
      test.write('train.py', TRAIN);
      test.write('launch.py', LAUNCH);
      test.write('wait.sh', 'sleep 1000\n');
    });
    after(() => test?.close());

    const at = (name: string) => path.join(test.project, name);
    const env = { VIRTUAL_ENV: path.dirname(path.dirname(python ?? '')) };
    const call = (args: string[]) => test.cli(['debug', ...args], { env });
    function attach(id: string, ...more: string[]): Attached {
      const { stdout, stderr } = call(['--attach', id, '--json', ...more]);
      assert.ok(stdout, stderr);
      const run = JSON.parse(stdout) as Attached;
      assert.ok(run.job?.debugger);
      return { ...run, debugger: run.job.debugger };
    }
    async function start(...args: string[]): Promise<string> {
      const { id } = await test.workspace.jobs.submit(job(test, args), {});
      await until('it to train', async () => (await test.log(id)).includes('debugger '), 100_000);
      return id;
    }
    const end = async (id: string) => {
      await test.workspace.jobs.cancel(id);
      await test.ended(id, 100);
    };

    it('stops at breakpoints of the person’s folder, and a second one finds the same debugger', async () => {
      const id = await start('train.py');
      assert.match(await test.log(id), /^debugger False False$/m, 'it costs nothing before somebody asks');
      const attached = attach(id);
      assert.equal(attached.pythons.length, 1);
      assert.equal(attached.pythons[0]?.pid, attached.debugger.pid);
      assert.deepEqual(attached.configuration.connect, { host: '127.0.0.1', port: attached.debugger.port });
      assert.equal(attached.debugger.waits, false);
      const client = await DebugClient.connect(attached.configuration.connect);
      await client.attach(attached.configuration, { [at('train.py')]: [4] });
      const stop = await client.stopped();
      assert.deepEqual([stop.file, stop.line], [at('train.py'), 4]);
      assert.match(await client.evaluate('step', stop.frameId), /^\d+$/);
      await until(
        'the run to say it',
        async () => (await test.workspace.run(id)).job?.debugger !== undefined,
      );
      await client.request('disconnect', { terminateDebuggee: false });
      client.close();

      const again = attach(id);
      assert.deepEqual(again.debugger, attached.debugger);
      const second = await DebugClient.connect(again.configuration.connect);
      await second.attach(again.configuration, { [at('train.py')]: [5] });
      const { frameId, threadId } = await second.stopped();
      await second.request('setBreakpoints', { source: { path: at('train.py') }, breakpoints: [] });
      // The script goes on to its end, as it would.
      await second.request('evaluate', { expression: 'step = None', frameId, context: 'repl' });
      await second.request('continue', { threadId });
      const ended = await test.ended(id, 100);
      assert.equal(ended.state, 'finished', await test.log(id));
      assert.match(await test.log(id), /stopped \[.*'debugpy'.*\]\n$/);
      second.close();
    });

    it('takes the first Python, or that which is chosen, and never a second', async () => {
      const id = await start('launch.py');
      const pythons = await test.workspace.jobs.pythons!(id);
      assert.deepEqual(
        pythons.map(({ command }) => command.at(-1)),
        ['launch.py', 'train.py'],
      );
      const [launcher, trainer] = pythons as [JobPython, JobPython];
      const wrong = call(['--attach', id, '--pid', '4194303']);
      assert.equal(wrong.status, 1);
      assert.match(wrong.stderr, /This job has no Python with the process ID 4194303\./);
      assert.ok(wrong.stderr.includes(`It has ${launcher.pid}, ${trainer.pid}.`), wrong.stderr);
      const { debugger: chosen, configuration } = attach(id, '--pid', String(trainer.pid));
      assert.equal(chosen.pid, trainer.pid);
      const client = await DebugClient.connect(configuration.connect);
      await client.attach(configuration, { [at('train.py')]: [4] });
      assert.equal((await client.stopped()).line, 4);
      assert.equal(attach(id).debugger.pid, trainer.pid);
      const other = call(['--attach', id, '--pid', String(launcher.pid)]);
      assert.match(other.stderr, new RegExp(`listens in process ${trainer.pid} already`));
      client.close();
      await end(id);
    });

    it('says why it cannot be', async () => {
      const isolated = await start('-I', 'train.py');
      const { stderr, status } = call(['--attach', isolated]);
      assert.equal(status, 1);
      assert.match(stderr, /The debugger cannot be attached to this job\.\n.*-I, -E or -S/);
      await end(isolated);
      const ended = call(['--attach', isolated]);
      assert.match(ended.stderr, /attached to a job that runs, and this one does not/);
      const script = call(['--attach', isolated, 'train.py']);
      assert.match(script.stderr, /--attach takes a run and no script/);
    });

    it('says that there is no debugpy, and the job goes on', async () => {
      const id = await start('train.py');
      const wish = test.workspace.jobs.debug!(id, {});
      await assert.rejects(wish, /The Python of the job \(3\.\d+\.\d+\) has no debugpy\./);
      assert.equal((await test.workspace.run(id)).state, 'running');
      // It can be asked again, also by two at once.
      const debugpy = debugpyOf(python ?? '');
      const wishes = [1, 2].map(() => test.workspace.jobs.debug!(id, { debugpy }));
      const [one, other] = await Promise.all(wishes);
      assert.deepEqual(one, other);
      (await DebugClient.connect(one as JobDebugger)).close();
      await end(id);
    });
  });
}

function debugpyOf(interpreter: string): string {
  const where = 'import debugpy, os; print(os.path.dirname(debugpy.__file__))';
  return execFileSync(interpreter, ['-c', where], { encoding: 'utf8' }).trim();
}

suite('a process', {
  make: async () => {
    const home = new Home();
    execFileSync(python ?? '', ['-m', 'venv', '--without-pip', path.join(home.root, 'bare')]);
    return home;
  },
  job: ({ project, root }, args) =>
    buildJob(
      { codeFolder: project, workingFolder: project },
      {
        command: ['python', ...args],
        environment: { kind: 'interpreter', path: path.join(root, 'bare', 'bin', 'python') },
      },
    ),
});

describeWithEngine('with an engine', ({ address, images }) => {
  suite('a container', {
    make: async () => {
      const home = new DockerHome(undefined, address);
      await home.workspace.changeSettings({ grace: 1, targets: { docker: { host: address } } });
      return home;
    },
    job: ({ project }, args) =>
      buildJob(
        { codeFolder: project, workingFolder: project, target: 'docker' },
        { command: ['python', ...args], environment: { kind: 'image', image: images.python } },
      ),
  });
});
