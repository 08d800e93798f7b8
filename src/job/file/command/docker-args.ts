import { splitArguments } from '../../arguments.js';
import type { Resources } from '../../spec.js';
import { bytesOf } from '../sizes.js';

/** What of `docker run`’s options counts here. */
export interface DockerArgs {
  readonly resources: Resources;
  readonly network?: 'off';
  /** Options that change nothing here. */
  readonly inert: readonly string[];
  readonly problems: readonly { text: string; hint?: string }[];
}

/** Every option is written `--name=value` or `--name value`. */
const OPTIONS: Record<
  string,
  (value: string) => (Partial<Pick<DockerArgs, 'network'>> & { resources?: Resources }) | string
> = {
  cpus: (value) => {
    const cpus = Number(value);
    return cpus >= 0.01 && cpus <= 10_000 ? { resources: { cpus } } : 'a number of CPUs, such as 1.5';
  },
  memory: (value) => {
    const memory = bytesOf(value);
    return memory === undefined ? 'a size, such as 4g' : { resources: { memory } };
  },
  'shm-size': (value) => {
    const shmSize = bytesOf(value);
    return shmSize === undefined ? 'a size, such as 2g' : { resources: { shmSize } };
  },
  gpus: (value) => {
    if (value === 'all') return { resources: { gpus: -1 } };
    return /^\d{1,3}$/.test(value) ? { resources: { gpus: Number(value) } } : 'all, or a number of GPUs';
  },
  network: (value) => {
    if (value === 'none') return { network: 'off' };
    return value === 'bridge' || value === 'default' ? {} : 'none, the only choice here';
  },
};
const SHORT: Record<string, string> = { m: 'memory', net: 'network' };
/** What people give to training on several GPUs; the limits that it lifts are lifted here, or come from `shm_size`. */
const INERT = new Set(['ipc', 'ulimit']);

/** The options of `docker run` in `resources.docker_args`. */
export function readDockerArgs(written: string | readonly string[]): DockerArgs {
  const found: {
    resources: Resources;
    network?: 'off';
    inert: string[];
    problems: { text: string; hint?: string }[];
  } = { resources: {}, inert: [], problems: [] };
  const words = wordsOf(written);
  if (typeof words === 'string') return { ...found, problems: [{ text: words }] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word) ?? /^-(m)(.+)$/s.exec(word);
    if (!match) {
      found.problems.push({ text: `“${word}” is not an option of docker run.`, hint: HINT });
      continue;
    }
    const [, given = '', joined] = match;
    const name = SHORT[given] ?? given;
    const read = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (!read && !INERT.has(name)) {
      found.problems.push({
        text: `The option ${word.split('=')[0]} of docker run is not supported here.`,
        hint: HINT,
      });
      if (joined === undefined && words[i + 1]?.startsWith('-') === false) i++;
      continue;
    }
    const value = joined ?? words[++i];
    if (value === undefined) found.problems.push({ text: `The option --${name} has no value.` });
    else if (!read) found.inert.push(`--${name}`);
    else {
      const result = read(value);
      if (typeof result === 'string')
        found.problems.push({ text: `--${name} must be ${result}, not “${value}”.` });
      else {
        Object.assign(found.resources, result.resources);
        if (result.network) found.network = result.network;
      }
    }
  }
  return found;
}

const HINT = 'Supported are --cpus, --memory, --shm-size, --gpus and --network none.';

function wordsOf(written: string | readonly string[]): string[] | string {
  try {
    return typeof written === 'string' ? splitArguments(written) : [...written];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}
