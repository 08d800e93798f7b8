import { ProcessTarget } from './process/target.js';
import type { Target } from './target.js';

export interface TargetOptions {
  /** The program and arguments that run a supervisor. */
  supervisor: readonly string[];
  /** How processes get a view of the files of their own, see VIEW_VARIABLE; default: the first way that works. */
  view?: string;
}

/** Every place where a job can run. A new one is a folder here and a line below. */
export function createTargets(options: TargetOptions): ReadonlyMap<string, Target> {
  const targets: Target[] = [new ProcessTarget(options.supervisor, options.view)];
  return new Map(targets.map((target) => [target.name, target]));
}
