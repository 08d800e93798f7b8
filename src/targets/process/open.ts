import type { OpenTargets } from '../context.js';
import { ProcessTarget } from './target.js';

export const open: OpenTargets = (context) => [new ProcessTarget(context)];
