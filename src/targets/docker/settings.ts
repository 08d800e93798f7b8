/** The person's settings of Docker, as the editor and settings.json have them. Pure. */
import { TrainyardError } from '../../base/errors.js';

export interface DockerSettings {
  /** Address of the engine, or name of a context; empty: as Docker's own command finds it. */
  host: string;
  /** For jobs that name no image; empty: they are refused. */
  image: string;
  mounts: readonly ExtraMount[];
  /** Whether jobs share what pip, Hugging Face and PyTorch have downloaded. */
  caches: boolean;
  /** Jobs that may run at once; undefined: as many as on this machine. */
  parallelJobs?: number;
  /** Containers of jobs that failed stay until they are pruned. */
  keepFailed: boolean;
  /** Jobs may change what git ignores, in the person's folder. */
  writableInputs: boolean;
}

export interface ExtraMount {
  source: string;
  target: string;
  readOnly: boolean;
}

/** @throws BAD_REQUEST, naming the setting */
export function readSettings(given: Readonly<Record<string, unknown>> = {}): DockerSettings {
  const of = <T>(name: string, usual: T, is: (value: unknown) => value is T, what: string): T => {
    const value = given[name];
    if (value === undefined || value === null) return usual;
    if (is(value)) return value;
    throw wrong(name, `is not ${what}`);
  };
  const isText = (value: unknown) => typeof value === 'string';
  const isFlag = (value: unknown) => typeof value === 'boolean';
  const isList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
  const isCount = (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
  const parallelJobs = of(
    'parallelJobs',
    0,
    isCount as (value: unknown) => value is number,
    'a whole number',
  );
  return {
    host: of('host', '', isText, 'a text').trim(),
    image: of('image', '', isText, 'a text').trim(),
    mounts: of('mounts', [], isList, 'a list of texts').map(parseMount),
    caches: of('caches', true, isFlag, 'true or false'),
    ...(parallelJobs > 0 && { parallelJobs }),
    keepFailed: of('keepFailed', false, isFlag, 'true or false'),
    writableInputs: of('writableInputs', false, isFlag, 'true or false'),
  };
}

/** @param text `source:target`, `source:target:ro` or `:rw`; the source may be a path of Windows */
export function parseMount(text: string): ExtraMount {
  const parts = /^(.+?):(\/[^:]*)(?::(ro|rw))?$/.exec(text);
  const [, source = '', target = '', mode] = parts ?? [];
  if (!parts || !/^(\/|[A-Za-z]:[\\/])/.test(source))
    throw wrong(
      'mounts',
      `has “${text}”, which is not like /data:/data or /data:/data:ro, with absolute paths`,
    );
  return { source, target, readOnly: mode === 'ro' };
}

function wrong(name: string, problem: string): TrainyardError {
  return new TrainyardError('BAD_REQUEST', `The setting trainyard.docker.${name} ${problem}.`);
}
