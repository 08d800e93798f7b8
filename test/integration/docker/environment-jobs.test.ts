import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { EnvironmentVersion, Run } from '../../../src/workspace/types.js';
import { describeWithEngine } from '../../support/engine.js';
import { PackageIndex, wheelOf } from '../../support/package-index.js';
import { until } from '../../support/until.js';
import { DockerHome } from './home.js';

describeWithEngine('jobs in environments that are built', function ({ images, address }) {
  this.timeout(400_000);
  let test: DockerHome;
  let index: PackageIndex;
  const indexBefore = process.env['PIP_INDEX_URL'];
  const built: string[] = [];

  before(async () => {
    test = new DockerHome();
    index = new PackageIndex(wheelOf('trainyard-tiny', '1.0'));
    // The server that the first call starts gets packages from there.
    process.env['PIP_INDEX_URL'] = await index.open();
    await test.workspace.changeSettings({ targets: { docker: { host: address } } });
  });
  afterEach(() => test.assertTidy());
  after(async () => {
    for (const image of built) await test.docker.getImage(image).remove();
    if (indexBefore === undefined) delete process.env['PIP_INDEX_URL'];
    else process.env['PIP_INDEX_URL'] = indexBefore;
    index.close();
    await test.close();
  });

  const write = (name: string, environment: string, command: string) =>
    test.write(
      name,
      `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: ${command}
environment:
${environment}
compute: docker
`,
    );
  /** The index is here, so a call may not wait for the end of the job. */
  const submit = async (...args: string[]): Promise<Run> => {
    const { stdout, stderr, status } = test.cli(['submit', '--json', ...args]);
    assert.equal(status, 0, stderr);
    return test.ended((JSON.parse(stdout) as Run).id, 200);
  };
  const environmentOf = async (id: string): Promise<EnvironmentVersion> => {
    const { environment } = await test.workspace.jobs.spec(id);
    assert.ok(environment?.kind === 'asset', JSON.stringify(environment));
    return test.workspace.environments.get(environment.name, environment.version);
  };
  /** One job whose environment is a Dockerfile. */
  async function job(lines: string, name = 'slow'): Promise<string> {
    const folder = path.join(test.root, name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'Dockerfile'), `FROM ${images.shell}\n${lines}\n`);
    const { version } = await test.workspace.environments.create({
      name,
      definition: {},
      build: { folder, dockerfile: 'Dockerfile' },
    });
    const environment = { kind: 'asset', name, version } as const;
    return test.start(images.shell, ['cat', '/built'], { environment });
  }
  /** Containers of steps, which the engine gives no labels. */
  const steps = async (marker: string) =>
    (await test.docker.listContainers({ all: true })).filter(({ Command }) => Command.includes(marker));
  const gone = (marker: string) =>
    until('the container of the step to be gone', async () => (await steps(marker)).length === 0, 100_000);

  it('are the same from one job file in a container and as processes of this machine', async () => {
    write(
      'job.yml',
      `  image: ${images.python}
  conda_file:
    dependencies: [pip, {pip: [trainyard-tiny]}]`,
      `python -c "import trainyard_tiny, importlib.metadata as m; print('tiny', m.version('trainyard-tiny'))"`,
    );
    const inside = await submit('job.yml');
    assert.equal(inside.state, 'finished', await test.log(inside.id));
    assert.match(await test.log(inside.id), /^Step 1\/[^]*\ntiny 1\.0\n$/);
    const again = await submit('job.yml');
    assert.equal(await test.log(again.id), 'tiny 1.0\n');
    const here = await submit('job.yml', '--target', 'local');
    assert.equal(here.state, 'finished', await test.log(here.id));
    assert.match(await test.log(here.id), /\ntiny 1\.0\n$/);
    const [one, two] = [await environmentOf(inside.id), await environmentOf(here.id)];
    assert.deepEqual([one.name, one.version], [two.name, two.version]);
    const where = two.builds.map(({ target, packages }) => [target, packages?.['trainyard-tiny']]).sort();
    assert.deepEqual(where, [
      ['docker', '1.0'],
      ['local', '1.0'],
    ]);
    built.push(two.builds.find(({ target }) => target === 'docker')?.at ?? '');
  });

  it('are not queued when the image to start from is gone, and say so', async () => {
    write(
      'gone.yml',
      `  image: trainyard-test/not-there:1\n  conda_file:\n    dependencies: [pip, {pip: [trainyard-tiny]}]`,
      'python -V',
    );
    const before = (await test.workspace.runs({})).runs.length;
    const { status, stderr } = test.cli(['submit', 'gone.yml']);
    assert.notEqual(status, 0);
    assert.match(stderr, /cannot be built\. .*trainyard-test\/not-there:1/);
    assert.equal((await test.workspace.runs({})).runs.length, before);
  });

  it('are built again by the next server after kill -9, and nothing of the first build is left', async () => {
    const marker = `killed-${path.basename(test.root)}`;
    const id = await job(`RUN echo begun; sleep 15; echo ${marker} > /built`);
    await test.logged(id, 'begun\n');
    await test.killServer();
    const { state, exitCode } = await test.ending(id, 200);
    assert.deepEqual([state, exitCode], ['finished', 0]);
    assert.match(await test.log(id), new RegExp(`\\n${marker}\\n$`));
    await gone(marker);
    const [build, ...others] = (await environmentOf(id)).builds;
    assert.ok(build && others.length === 0);
    built.push(build.at);
  });

  it('end with a cancel of the job that waits for them', async () => {
    const marker = `cancelled-${path.basename(test.root)}`;
    const id = await job(`RUN echo begun; sleep 250; echo ${marker}`, 'cancelled');
    await test.logged(id, 'begun\n');
    await until('the step to be told', async () =>
      /^Building its environment, step 2 of 2: RUN echo begun/.test(
        (await test.workspace.run(id)).job?.waiting ?? '',
      ),
    );
    await test.workspace.jobs.cancel(id);
    assert.equal((await test.ending(id)).state, 'cancelled');
    await gone(marker);
    assert.deepEqual((await environmentOf(id)).builds, []);
  });

  it('say that there is no room in a step, and what to do', async () => {
    const id = await job('RUN dd if=/dev/zero of=/dev/shm/full bs=1M count=200', 'full');
    const run = await test.ended(id);
    assert.equal(run.state, 'failed');
    assert.match(run.job?.reason ?? '', /Step 2 of 2, RUN dd .*exit code 1\n[^]*No space left on device/);
    assert.match(run.job?.cause?.hint ?? '', /Free some disk space/);
  });

  it('are made once on this machine although the server was killed, and what built them is ended', async () => {
    index.isHeld = true;
    index.asked.length = 0;
    const { version } = await test.workspace.environments.create({
      name: 'held',
      definition: { pip: 'trainyard-tiny\n' },
    });
    const environment = { kind: 'asset', name: 'held', version } as const;
    const id = await test.start('', ['python', '-c', 'import trainyard_tiny; print("here")'], {
      ...{ environment, target: 'local' },
    });
    const asked = () => index.asked.filter((url) => url.endsWith('.whl')).length;
    await until('pip to wait for the package', () => Promise.resolve(asked() === 1), 100_000);
    const root = path.join(test.home, 'environments');
    const builders = () =>
      fs
        .readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid))
        .filter((pid) => {
          try {
            return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(root);
          } catch (error) {
            // It has ended meanwhile.
            if (error instanceof Error && 'code' in error) return false;
            throw error;
          }
        });
    const first = builders();
    assert.ok(first.length > 0);
    await test.killServer();
    await until('the second build', async () => (await test.workspace.run(id)) && asked() === 2, 100_000);
    assert.ok(!builders().some((pid) => first.includes(pid)), 'the first build goes on');
    index.release();
    assert.equal((await test.ended(id, 100)).state, 'finished', await test.log(id));
    assert.match(await test.log(id), /\nhere\n$/);
    const { digest } = await test.workspace.environments.get('held', version);
    assert.equal(fs.readdirSync(path.join(root, digest)).length, 2, 'ready.json and one folder');
  });
});
