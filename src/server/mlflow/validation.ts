import { cut, resolved, resolvesToAnother } from '../names.js';
import { LONGEST_MODEL_NAME, problemOfModelName } from '../models/name.js';
import { invalid, invalidValue } from './errors.js';
import type { Pair } from './params.js';
import { pythonString } from './python.js';

/** MLflow's rules for names and lengths, in its words. Lengths are in characters (code points). */

const KEY = /^[/\p{L}\p{N}_.\- :]*$/u;
const BAD_CHARACTERS =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).';
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;
const ALIAS = /^[\p{L}\p{N}_-]*$/u;

export const LIMITS = {
  key: 250,
  paramValue: 6000,
  runTagValue: 8000,
  experimentName: 500,
  experimentTagValue: 20_000,
  registryTagValue: 100_000,
  alias: 255,
  artifactLocation: 2048,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
} as const;

/** Key of a metric, param or tag. */
export function checkKey(key: string, path: string, entity: string): void {
  if (!KEY.test(key)) throw invalid(invalidValue(path, key, BAD_CHARACTERS));
  checkAsPath(key, path, entity);
}

function checkAsPath(name: string, path: string, entity: string, limit: number = LIMITS.key): void {
  // Names that are far too long are not normalized, since that takes quadratic time.
  if (name.length > 10 * limit) checkLength(name, limit, entity);
  checkResolvesToItself(name, path);
  checkLength(name, limit, entity);
}

function checkResolvesToItself(name: string, path: string): void {
  if (!resolvesToAnother(name)) return;
  const why =
    'Names may be treated as files in certain cases, and must not resolve to other names when treated as such. ' +
    `This name would resolve to '${resolved(name)}'`;
  throw invalid(invalidValue(path, name, why));
}

export function checkLength(value: string, limit: number, entity: string): void {
  if (cut(value, limit) !== value)
    throw invalid(`'${entity}' exceeds the maximum length of ${limit} characters`);
}

/** A param as it is stored: long values are truncated, as in MLflow's client and server. */
export function checkParam({ key, value = '' }: Pair, path = ''): Required<Pair> {
  checkKey(key, join(path, 'key'), 'Param key');
  return { key, value: cut(value, LIMITS.paramValue) };
}

/** Tag of a run as it is stored. */
export function checkRunTag({ key, value = '' }: Pair, path = ''): Required<Pair> {
  checkKey(key, join(path, 'key'), join(path, 'key'));
  return { key, value: cut(value, LIMITS.runTagValue) };
}

export function checkRunTags(tags: readonly Pair[] = []): Required<Pair>[] {
  return tags.map((tag, i) => checkRunTag(tag, `tags[${i}]`));
}

/** What a run is created with, or a logged model has: any characters are a key there. */
export function checkKeyLengths(pairs: readonly Pair[] = [], path: string): readonly Pair[] {
  for (const [i, { key }] of pairs.entries()) checkLength(key, LIMITS.key, `${path}[${i}].key`);
  return pairs;
}

/** Tags of entities that do not truncate values: experiments, registered models and their versions. */
export function checkTags(tags: readonly Partial<Pair>[] = [], valueLimit: number): void {
  for (const { key = '', value = '' } of tags) {
    checkKey(key, 'key', 'key');
    checkLength(value, valueLimit, 'value');
  }
}

export function checkRunId(id: string): void {
  if (!RUN_ID.test(id)) throw invalid(invalidValue('run_id', id));
}

export function checkExperimentName(name: string): void {
  if (name.trim() === '') throw invalid(`Invalid experiment name: '${name}'`);
  checkLength(name, LIMITS.experimentName, 'name');
}

export function checkModelName(name: string): void {
  const problem = problemOfModelName(name);
  if (problem === 'empty') throw invalid("Missing value for required parameter 'name'.");
  if (problem === 'separator')
    throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  if (problem !== undefined) checkAsPath(name, 'name', 'name', LONGEST_MODEL_NAME);
}

export function checkLoggedModelName(name: string): void {
  if (name !== '' && !/[/:.%"']/.test(name)) return;
  throw invalid(
    `Invalid model name (${pythonString(name)}) provided. Model name must be a non-empty string and cannot contain the ` +
      `following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}

export function checkAlias(alias: string): void {
  if (!ALIAS.test(alias))
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  checkLength(alias, LIMITS.alias, 'Registered model alias name');
}

export function checkAliasFree(alias: string): void {
  if (alias.toLowerCase() === 'latest') throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}

/** Trace ids become names of owners of files. */
export function isTraceId(id: string): boolean {
  return /^tr-[0-9a-f]{32}$/.test(id) || /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/.test(id);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
