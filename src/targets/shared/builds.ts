import { TrainyardError } from '../../base/errors.js';
import type { BuildProgress, BuiltEnvironment } from '../target.js';

/** A build that is on its way, and who waits for it. */
interface Building {
  done: Promise<BuiltEnvironment>;
  waiting: Set<BuildProgress>;
  abort: AbortController;
  /** The step that it is at. */
  step?: Parameters<BuildProgress['onStep']>;
}

/** Builds of environments that are on their way, by the environment's digest. Callers at the same time share one. */
export class Builds {
  private readonly building = new Map<string, Building>();

  /**
   * Waits for the build of an environment, and begins it if it is not on its way. It is ended when all callers have given up.
   * @throws what `make` throws | CANCELLED
   */
  async join(
    digest: string,
    progress: BuildProgress,
    make: (progress: BuildProgress) => Promise<BuiltEnvironment>,
  ): Promise<BuiltEnvironment> {
    const building = this.buildingOf(digest, make);
    building.waiting.add(progress);
    if (building.step) progress.onStep(...building.step);
    const gaveUp = new Promise<never>((_, reject) => {
      progress.signal?.addEventListener('abort', () => reject(buildCancelled()), { once: true });
    });
    try {
      return await Promise.race([building.done, gaveUp]);
    } finally {
      building.waiting.delete(progress);
      if (building.waiting.size === 0) building.abort.abort();
    }
  }

  /** Whether one is on its way. */
  has(digest: string): boolean {
    return this.building.has(digest);
  }

  private buildingOf(digest: string, make: (progress: BuildProgress) => Promise<BuiltEnvironment>): Building {
    const known = this.building.get(digest);
    if (known && !known.abort.signal.aborted) return known;
    const abort = new AbortController();
    const waiting = new Set<BuildProgress>();
    const building: Building = { done: Promise.resolve({ at: '' }), waiting, abort };
    building.done = make({
      onOutput: (text) => {
        for (const each of waiting) each.onOutput(text);
      },
      onStep: (...step) => {
        building.step = step;
        for (const each of waiting) each.onStep(...step);
      },
      signal: abort.signal,
    }).finally(() => {
      if (this.building.get(digest) === building) this.building.delete(digest);
    });
    this.building.set(digest, building);
    return building;
  }
}

export function buildFailed(why: string, cause?: unknown): TrainyardError {
  return new TrainyardError('TARGET_FAILED', `The environment could not be built. ${why}`, {
    hint: /no space left|ENOSPC|disk quota/i.test(why)
      ? 'Free some disk space, and submit the job again.'
      : 'Change the environment and create a new version of it.',
    cause,
  });
}

export function buildCancelled(): TrainyardError {
  return new TrainyardError('CANCELLED', 'The build was cancelled.');
}

/** Lines of the end of what a step printed that its failure shows. */
const LINES = 12;

/** What a failed step printed last. */
export function lastLines(printed: string): string {
  return printed.trimEnd().split('\n').slice(-LINES).join('\n');
}
