/** Whether an image has a program, found without running anything of it. */
import path from 'node:path';
import type { Engine } from './engine.js';
import { findImage } from './images.js';
import { labelsOfLook } from './machine.js';

const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * A sentence when the image has no Python by this name; none for an image that is not here yet.
 * @param program as the job names it: `python` stands for `python3`, too
 * @param home Trainyard's
 */
export async function problemWithPython(
  engine: Engine,
  image: string,
  { program, home }: { program: string; home: string },
): Promise<string | undefined> {
  const found = await findImage(engine, image);
  if (!found) return undefined;
  const folders = (found.variables.get('PATH') ?? USUAL_PATH).split(':').filter(Boolean);
  const names = program === 'python' ? ['python', 'python3'] : [program];
  const files = path.posix.isAbsolute(program)
    ? [program]
    : names.flatMap((name) => folders.map((folder) => path.posix.join(folder, name)));
  return (await hasOneOf(engine, { image: found.id, home, files }))
    ? undefined
    : `The image “${image}” has no program “${program}”, so nothing can be debugged in it.`;
}

/** The engine looks into containers only, so there is one for a moment. */
async function hasOneOf(
  engine: Engine,
  { image, home, files }: { image: string; home: string; files: readonly string[] },
): Promise<boolean> {
  const options = { Image: image, Entrypoint: ['/'], Labels: labelsOfLook(home) };
  const container = await engine.call((docker) => docker.createContainer(options));
  try {
    for (const file of files) if (await engine.find(() => container.infoArchive({ path: file }))) return true;
    return false;
  } finally {
    await engine.find(() => container.remove({ force: true, v: true }));
  }
}
