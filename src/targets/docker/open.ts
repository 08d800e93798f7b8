import type { OpenTargets } from '../context.js';
import { DockerTarget } from './target.js';

/** Nothing is asked of an engine before somebody asks for the target. */
export const open: OpenTargets = (context) => [new DockerTarget(context)];
