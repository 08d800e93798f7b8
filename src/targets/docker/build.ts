/** Environments as images of an engine, each built once. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { ifMissing } from '../../base/errors.js';
import { jsonLines } from '../../base/json.js';
import { buildCancelled, buildFailed, Builds, lastLines } from '../shared/builds.js';
import { readJson, writeJson } from '../shared/json-file.js';
import { indexOptions, pipConf } from '../shared/package-index.js';
import { LIST_PACKAGES } from '../shared/packages.js';
import type {
  BuildProgress,
  BuiltEnvironment,
  DefinedEnvironment,
  KeptEnvironment,
  TargetEnvironments,
} from '../target.js';
import { type BuildArguments, buildArguments } from './build-arguments.js';
import { baseImages, contextOf, isBuilt } from './build-file.js';
import { type Engine, EngineError } from './engine.js';
import { findImage, type Image, problemWithImage, pullImage } from './images.js';
import { labelsOfLook } from './machine.js';

/** What it says itself between the lines of the programs. */
const OF_THE_ENGINE = /^\s*(---> |Removing intermediate container )/;

/** What is known of an image that was built. */
interface Kept {
  id: string;
  packages?: Record<string, string>;
}

export class BuiltImages implements TargetEnvironments {
  private readonly home: string;
  private readonly engine: () => Engine;
  private readonly builds = new Builds();

  constructor(home: string, engine: () => Engine) {
    this.home = home;
    this.engine = engine;
  }

  /** Why it can neither be used nor built: an image that it starts from is gone. */
  async problemWith(environment: DefinedEnvironment): Promise<string | undefined> {
    const { name, version, definition } = environment;
    const engine = this.engine();
    if (definition.image === undefined && !definition.build)
      return `The environment ${name}:${version} names no image, which a container needs.`;
    if (await findImage(engine, imageOf(environment))) return undefined;
    const bases = definition.build
      ? baseImages(await dockerfileOf(environment))
      : [definition.image as string];
    for (const base of bases) {
      const problem = await problemWithImage(engine, base);
      if (problem !== undefined) return `The environment ${name}:${version} cannot be built. ${problem}`;
    }
    return undefined;
  }

  async find(environment: DefinedEnvironment): Promise<BuiltEnvironment | undefined> {
    const at = imageOf(environment);
    const image = await findImage(this.engine(), at);
    if (!image) return undefined;
    const kept = this.keptOf(environment);
    const isKnown = kept?.id === image.id;
    // Nobody has looked into an image that others made.
    if (!isKnown && !isBuilt(environment.definition)) return undefined;
    return { at, ...(isKnown && kept.packages && { packages: kept.packages }) };
  }

  async build(environment: DefinedEnvironment, progress: BuildProgress): Promise<BuiltEnvironment> {
    if (progress.signal?.aborted) throw buildCancelled();
    const there = await this.find(environment);
    if (there) return there;
    const isMade = isBuilt(environment.definition);
    return this.builds.join(environment.digest, progress, (shared) =>
      isMade ? this.make(environment, shared) : this.look(environment, shared),
    );
  }

  /** Images as they are belong to others. */
  async list(): Promise<KeptEnvironment[]> {
    const files = (await fs.promises.readdir(this.folder()).catch(ifMissing)) ?? [];
    const digests = files
      .map((name) => path.basename(name, '.json'))
      .filter((digest) => !this.builds.has(digest));
    if (digests.length === 0) return [];
    const { Images = [] } = (await this.engine().call((docker) => docker.df())) as {
      Images?: ListedImage[] | null;
    };
    return digests.flatMap((digest) => {
      const image = Images?.find(({ RepoTags }) => RepoTags?.includes(imageMade(digest)));
      if (!image) return [];
      const bytes = Math.max(0, image.Size - Math.max(0, image.SharedSize ?? 0));
      return [{ digest, bytes, builtAt: image.Created * 1000 }];
    });
  }

  /** An image that others made is theirs, and has another name. */
  async remove({ digest }: Pick<DefinedEnvironment, 'digest'>): Promise<void> {
    await this.engine().find((docker) => docker.getImage(imageMade(digest)).remove());
    fs.rmSync(path.join(this.folder(), `${digest}.json`), { force: true });
  }

  private async make(environment: DefinedEnvironment, progress: BuildProgress): Promise<BuiltEnvironment> {
    const engine = this.engine();
    const at = imageOf(environment);
    const { build } = environment.definition;
    const { values, withheld, needsHost } = await this.argumentsFor(environment);
    if (withheld.length > 0) progress.onOutput(notGiven(withheld));
    const { isLocal, isVirtual, isRootless } = await engine.info();
    const options = {
      t: at,
      dockerfile: build?.dockerfile ?? 'Dockerfile',
      rm: true,
      forcerm: true,
      buildargs: values,
      // A proxy or an index of this machine is out of reach for containers with a network of their own.
      ...(needsHost && isLocal && !isVirtual && !isRootless && { networkmode: 'host' }),
      abortSignal: progress.signal,
    };
    try {
      const context = await contextStream(environment);
      const stream = await engine.call((docker) => docker.buildImage(context, options as object));
      await follow(stream as AsyncIterable<Buffer>, progress);
    } catch (error) {
      if (progress.signal?.aborted) throw buildCancelled();
      if (!(error instanceof EngineError)) throw error;
      throw buildFailed(error.message, error);
    }
    const image = await findImage(engine, at);
    if (!image) throw buildFailed('The engine made no image.');
    return this.keep(environment, image);
  }

  /** What its build is told of this machine. */
  private async argumentsFor(environment: DefinedEnvironment): Promise<BuildArguments> {
    const indexes = await indexOptions();
    const dockerfile = await dockerfileOf(environment);
    const isOurs = environment.definition.build === undefined;
    return buildArguments({ dockerfile, isOurs }, process.env, { indexes, pipConf: pipConf(indexes) });
  }

  /** An image as it is: it comes if it is not here, and what is in it is written down. */
  private async look(environment: DefinedEnvironment, progress: BuildProgress): Promise<BuiltEnvironment> {
    const engine = this.engine();
    const name = imageOf(environment);
    const { signal = new AbortController().signal } = progress;
    if (!(await findImage(engine, name))) {
      progress.onStep(1, 2, `PULL ${name}`);
      await pullImage(engine, name, { onProgress: (words) => progress.onOutput(`${words}\n`), signal });
    }
    progress.onStep(2, 2, `LIST PACKAGES OF ${name}`);
    const image = await findImage(engine, name);
    if (!image) throw buildFailed(`The engine does not have the image “${name}”.`);
    return this.keep(environment, image);
  }

  /** Writes down what is in its image. */
  private async keep(environment: DefinedEnvironment, image: Image): Promise<BuiltEnvironment> {
    const at = imageOf(environment);
    const packages = await packagesOf(this.engine(), { image: image.id, home: this.home });
    const kept: Kept = { id: image.id, ...(packages && { packages }) };
    fs.mkdirSync(this.folder(), { recursive: true, mode: 0o700 });
    writeJson(this.folder(), `${environment.digest}.json`, kept);
    return { at, ...(packages && { packages }) };
  }

  private keptOf({ digest }: DefinedEnvironment): Kept | undefined {
    return readJson<Kept>(this.folder(), `${digest}.json`);
  }

  private folder(): string {
    return path.join(this.home, 'docker', 'environments');
  }
}

/** What its image is called: by its content when it is built, else as it is. */
export function imageOf({ definition, digest }: DefinedEnvironment): string {
  return isBuilt(definition) ? imageMade(digest) : (definition.image ?? '');
}

function imageMade(digest: string): string {
  return `trainyard-environment:${digest.slice(0, 24)}`;
}

/** Of `docker system df`. */
interface ListedImage {
  RepoTags: string[] | null;
  /** Bytes, with those that it shares with others. */
  Size: number;
  SharedSize?: number;
  /** Seconds. */
  Created: number;
}

async function contextStream({ definition, context }: DefinedEnvironment): Promise<NodeJS.ReadableStream> {
  if (context) return context();
  const tar = pack();
  for (const [name, content] of Object.entries((await contextOf(definition)) ?? {}))
    tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  return tar as unknown as NodeJS.ReadableStream;
}

async function dockerfileOf({ definition, context }: DefinedEnvironment): Promise<string> {
  if (!context) return '';
  const tar = extract();
  context().pipe(tar as unknown as NodeJS.WritableStream);
  for await (const entry of tar) {
    if (entry.header.name === definition.build?.dockerfile) {
      const text = await textOf(entry as unknown as Readable);
      return text;
    }
    entry.resume();
  }
  return '';
}

function notGiven(names: readonly string[]): string {
  return `The build does not get ${names.join(' and ')}: with a password in it, its image would keep that.\n`;
}

interface BuildLine {
  stream?: string;
  status?: string;
  error?: string;
  errorDetail?: { code?: number; message?: string };
}

/** A step that fails is no error of the request: it is told in the last line. @throws TARGET_FAILED naming the step */
async function follow(stream: AsyncIterable<Buffer>, { onOutput, onStep }: BuildProgress): Promise<void> {
  let step = '';
  let tail = '';
  for await (const line of jsonLines(stream)) {
    const { stream: printed, error, errorDetail } = line as BuildLine;
    if (error !== undefined) {
      const lines = lastLines(tail);
      const why = errorDetail?.code === undefined ? error : `exit code ${errorDetail.code}`;
      throw buildFailed(`${step || 'The build'}: ${why}${lines === '' ? '' : `\n${lines}`}`);
    }
    if (printed === undefined) continue;
    onOutput(printed);
    const [, number, of, text = ''] = /^Step (\d+)\/(\d+) : (.*)/.exec(printed) ?? [];
    if (number === undefined) tail += OF_THE_ENGINE.test(printed) ? '' : withoutColours(printed);
    else {
      step = `Step ${number} of ${of}, ${text}`;
      tail = '';
      onStep(Number(number), Number(of), text);
    }
    tail = tail.slice(-4096);
  }
}

function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[\d;]*m/g, '');
}

/** undefined: the image has no Python. */
async function packagesOf(
  engine: Engine,
  { image, home }: { image: string; home: string },
): Promise<Record<string, string> | undefined> {
  for (const python of ['python3', 'python']) {
    const container = await engine.call((docker) =>
      docker.createContainer({
        Image: image,
        Labels: labelsOfLook(home),
        Entrypoint: [python],
        Cmd: ['-I', '-c', LIST_PACKAGES],
        NetworkDisabled: true,
        Tty: true,
      }),
    );
    try {
      await engine.call(() => container.start());
      const { StatusCode } = (await engine.call(() => container.wait())) as { StatusCode: number };
      if (StatusCode !== 0) continue;
      // Not as one answer: that would be read as JSON of the engine's own.
      const printed = await engine.call(() => container.logs({ stdout: true, follow: true }));
      return JSON.parse(await textOf(printed as Readable)) as Record<string, string>;
    } catch (error) {
      // No such program.
      if (!(error instanceof EngineError)) throw error;
    } finally {
      await engine.find(() => container.remove({ force: true }));
    }
  }
  return undefined;
}
