import path from 'node:path';
import { isObject } from '../base/json.js';
import { problemOfDebugging } from './debug.js';
import { problemsOfPatterns } from './pattern-problems.js';
import { below, type Problem, refuse } from './problems.js';
import * as schema from './schema.js';
import { problemsOfShape } from './shape.js';
import { type Environment, inTodaysShape, type JobSpec, type StoredSpec } from './spec.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A job as somebody wrote it, which may be anything. One that names no kind runs a command.
 * @throws BAD_REQUEST with all that is wrong with it; its details are the problems, each with its path
 */
export function validate(written: unknown): JobSpec {
  refuse(problemsOf(written));
  return inTodaysShape(written as StoredSpec);
}

/** What is wrong with a job; empty when nothing is. */
export function problemsOf(written: unknown): Problem[] {
  const spec = isObject(written) ? inTodaysShape(written as StoredSpec) : written;
  const ofShape = problemsOfShape(schema.JobSpec, spec, 'job');
  const isOff = (field: string) =>
    ofShape.some(({ path: at }) => at === '' || at === 'kind' || at.split(/[.[]/)[0] === field);
  const ofFields = Object.entries(RULES).flatMap(([field, rule]) => {
    const value = isOff(field) ? undefined : (spec as Record<string, unknown>)[field];
    return value === undefined ? [] : rule(value as never, field);
  });
  const ofDebugging =
    ofShape.length === 0 && (spec as JobSpec).debug ? problemOfDebugging(spec as JobSpec) : undefined;
  return [...ofShape, ...ofFields, ...(ofDebugging ? [{ path: 'debug', text: ofDebugging }] : [])];
}

type Rule<T> = (value: T, path: string) => Problem[];

/** What a field must hold beside having its shape. */
const RULES: { [F in keyof JobSpec]?: Rule<NonNullable<JobSpec[F]>> } = {
  codeFolder: (folder, at) => [
    ...(path.isAbsolute(folder) ? [] : [{ path: at, text: `The code folder “${folder}” is not absolute.` }]),
    ...withoutNul(folder, at, 'code folder'),
  ],
  workingFolder: (folder, at) => [
    ...inside(folder, at, 'working folder'),
    ...withoutNul(folder, at, 'working folder'),
  ],
  script: (script, at) => [...inside(script, at, 'script'), ...withoutNul(script, at, 'script')],
  launcher: (words, at) => [...program(words, at), ...withoutNul(words, at, 'launcher')],
  command: (words, at) => [...program(words, at), ...withoutNul(words, at, 'command')],
  environment: problemsOfEnvironment,
  parameters: (values, at) => [...bindings(values, at), ...withoutNul(values, at, 'parameters')],
  inputs: (inputs, at) => [
    ...bindings(inputs, at),
    ...Object.entries(inputs).flatMap(([name, { path: file }]) =>
      withoutNul(file, below(below(at, name), 'path'), `path of the input ${name}`),
    ),
  ],
  outputs: bindings,
  target: (name, at) => withoutNul(name, at, 'target'),
  experiment: (name, at) => withoutNul(name, at, 'experiment'),
  displayName: (name, at) => withoutNul(name, at, 'name'),
  environmentVariables: (variables, at) => [
    ...Object.keys(variables).flatMap((name) => variable(name, below(at, name))),
    ...withoutNul(variables, at, 'environment'),
  ],
  secrets: (names, at) => names.flatMap((name, i) => variable(name, below(at, String(i)))),
  metrics: problemsOfPatterns,
  debug: ({ debugpy = '/' }, at) => [
    ...withoutNul(debugpy, below(at, 'debugpy'), 'path of debugpy'),
    ...(path.isAbsolute(debugpy)
      ? []
      : [{ path: below(at, 'debugpy'), text: `The path of debugpy “${debugpy}” is not absolute.` }]),
  ],
  tags: (tags, at) => withoutNul(tags, at, 'tags'),
};

function problemsOfEnvironment(environment: Environment, at: string): Problem[] {
  switch (environment.kind) {
    case 'image':
      return withoutNul(environment.image, below(at, 'image'), 'image');
    case 'asset':
      return [];
    case 'interpreter': {
      const { path: file } = environment;
      const isPlace = path.isAbsolute(file) || !/[\\/]/.test(file);
      const text = `The interpreter “${file}” is neither absolute nor the name of a program.`;
      return [
        ...(isPlace ? [] : [{ path: below(at, 'path'), text }]),
        ...withoutNul(file, below(at, 'path'), 'path of the interpreter'),
      ];
    }
  }
}

function program([first]: readonly string[], at: string): Problem[] {
  return first ? [] : [{ path: below(at, '0'), text: `There is no ${at} to run: its first word is empty.` }];
}

/** As Azure ML has the names of inputs and outputs. */
const BINDING = /^[A-Za-z_][A-Za-z0-9_.-]{0,254}$/;

function bindings(values: Readonly<Record<string, unknown>>, at: string): Problem[] {
  return Object.keys(values)
    .filter((name) => !BINDING.test(name))
    .map((name) => ({
      path: below(at, name),
      text: `“${name}” is not a valid name for one of the ${at}.`,
      hint: 'Names begin with a letter or _, and go on with letters, digits, _, - and dots.',
    }));
}

function inside(folder: string, at: string, what: string): Problem[] {
  const climbs = path.isAbsolute(folder) || /^[a-z]:/i.test(folder) || folder.split(/[\\/]/).includes('..');
  return climbs ? [{ path: at, text: `The ${what} “${folder}” is not inside the code folder.` }] : [];
}

function variable(name: string, at: string): Problem[] {
  return VARIABLE.test(name)
    ? []
    : [{ path: at, text: `“${name}” is not a name for an environment variable.` }];
}

function withoutNul(
  value: string | readonly string[] | Readonly<Record<string, string>>,
  at: string,
  what: string,
): Problem[] {
  const texts = typeof value === 'string' ? [value] : Object.entries(value).flat();
  const holds = texts.some((text) => text.includes('\0'));
  return holds ? [{ path: at, text: `The ${what} contains a NUL character.` }] : [];
}
