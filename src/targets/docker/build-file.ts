/** The Dockerfile of an environment. Pure. */
import type { EnvironmentDefinition } from '../../job/environment.js';
import { recipeOf } from '../shared/recipe.js';
import { READ_SETTINGS } from './build-arguments.js';

/** Files of a build context, by name. */
export type ContextFiles = Record<string, string>;

/** Where the files of an environment are in its image. */
const PLACE = '/opt/trainyard';

/** The context of an environment that starts from an image, with what it adds; undefined when it adds nothing. */
export async function contextOf({
  image,
  conda,
  pip,
}: EnvironmentDefinition): Promise<ContextFiles | undefined> {
  if (image === undefined || (conda === undefined && pip === undefined)) return undefined;
  // What is installed belongs to root; jobs run as the person in any case.
  const start = [`FROM ${image}`, 'USER root'];
  const settings = `. ${PLACE}/pip-settings`;
  if (pip !== undefined)
    return {
      Dockerfile: dockerfile([
        ...start,
        `COPY requirements.txt pip-settings ${PLACE}/`,
        `RUN ${settings}; $(command -v python3 || command -v python) -m pip install --no-cache-dir -r ${PLACE}/requirements.txt`,
      ]),
      'requirements.txt': pip,
      'pip-settings': READ_SETTINGS,
    };
  const recipe = await recipeOf({ conda: conda as string }, true);
  const [file, prefix] = [`${PLACE}/environment.yml`, `${PLACE}/env`];
  const withoutConda =
    typeof recipe === 'object' && recipe.kind === 'venv'
      ? `$(command -v python3 || command -v python) -m pip install --no-cache-dir -r ${PLACE}/requirements.txt`
      : `{ echo "The image has neither micromamba, mamba nor conda." >&2; exit 1; }`;
  return {
    Dockerfile: dockerfile([
      ...start,
      `COPY environment.yml requirements.txt pip-settings ${PLACE}/`,
      `RUN ${settings}; if command -v micromamba; then micromamba create -y -p ${prefix} -f ${file}; elif command -v conda; then conda env create -p ${prefix} -f ${file}; else ${withoutConda}; fi`,
      `ENV PATH=${prefix}/bin:$PATH`,
    ]),
    'environment.yml': conda as string,
    'pip-settings': READ_SETTINGS,
    'requirements.txt': typeof recipe === 'object' && recipe.kind === 'venv' ? recipe.requirements : '',
  };
}

/** Whether anything is added to an image. */
export function isBuilt({ build, conda, pip }: EnvironmentDefinition): boolean {
  return (build ?? conda ?? pip) !== undefined;
}

/** The images that a Dockerfile starts from, less its own stages and those whose names it puts together. */
export function baseImages(dockerfileText: string): string[] {
  const stages = new Set<string>(['scratch']);
  const images: string[] = [];
  for (const line of dockerfileText.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const [, image, stage] = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (image === undefined) continue;
    if (!stages.has(image.toLowerCase()) && !image.includes('$')) images.push(image);
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return [...new Set(images)];
}

function dockerfile(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
