import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import Docker from 'dockerode';
import { buildJob } from '../../../src/job/build.js';
import type { CommandJob } from '../../../src/job/spec.js';
import { LABELS } from '../../../src/targets/docker/names.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

/** A home whose jobs run in containers, and a look at these from outside. */
export class DockerHome extends TestHome {
  readonly docker: Docker;
  private readonly address: string | undefined;

  /** @param address of the engine, as DOCKER_HOST has it; undefined: that of all */
  constructor(docker = new Docker(), address?: string) {
    super();
    this.docker = docker;
    this.address = address;
  }

  /** @returns the run's id */
  async start(
    image: string,
    command: string[],
    more: Partial<CommandJob> & { secretValues?: Record<string, string> } = {},
  ): Promise<string> {
    const { secretValues, ...parts } = more;
    if (this.address !== undefined)
      await this.workspace.changeSettings({ targets: { docker: { host: this.address } } });
    const { project } = this;
    const job = { codeFolder: project, workingFolder: project, target: 'docker' };
    const spec = { ...buildJob(job, { command, environment: { kind: 'image', image } }), ...parts };
    const { id } = await this.workspace.jobs.submit(spec, secretValues ? { secrets: secretValues } : {});
    return id;
  }

  /** Starts a shell script. */
  script(image: string, text: string, more: Parameters<DockerHome['start']>[2] = {}): Promise<string> {
    return this.start(image, ['sh', '-c', text], more);
  }

  async logged(id: string, text: string): Promise<void> {
    await until(`the log to hold “${text}”`, async () => (await this.log(id)).includes(text), 60_000);
  }

  /** How a run ended, as its person reads it. */
  async ending(id: string, seconds = 100) {
    const { state, job } = await this.ended(id, seconds);
    return { state, exitCode: job?.exitCode, reason: job?.reason };
  }

  async outputs(id: string): Promise<string[]> {
    const files = await this.workspace.files(id, 'outputs');
    return files.map(({ path }) => path.replace('outputs/', '')).sort();
  }

  /** The containers of this home, running or not. */
  containers(): Promise<Docker.ContainerInfo[]> {
    return this.docker.listContainers({
      all: true,
      filters: { label: [`${LABELS.home}=${fs.realpathSync(this.home)}`] },
    });
  }

  /** Nothing of ended jobs is left in the engine. */
  async assertTidy(): Promise<void> {
    const none = async () => (await this.containers()).length === 0;
    await until('the containers of ended jobs to be removed', none).catch(async () => {
      assert.deepEqual(await this.containers(), []);
    });
  }

  /** What a test that failed has left. */
  async removeContainers(): Promise<void> {
    if (!fs.existsSync(this.home)) return;
    for (const { Id } of await this.containers())
      try {
        await this.docker.getContainer(Id).remove({ force: true, v: true });
      } catch (error) {
        // The server was quicker.
        if (![404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
      }
  }

  override async close(): Promise<void> {
    await this.removeContainers();
    await super.close();
  }
}
