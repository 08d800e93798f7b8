import { TrainyardError } from '../base/errors.js';
import type { Workspace } from './workspace.js';

/** What a kind of workspace may lack, as people are told of it. */
const LACKS = {
  edit: 'change runs',
  purge: 'purge deleted runs',
  code: 'keep the code of runs',
  jobs: 'run jobs',
  registry: 'keep models',
  data: 'keep data',
  datastores: 'keep datastores',
  environments: 'keep environments',
  lineage: 'tell what made what',
} as const;

export type Facet = keyof typeof LACKS;

/** The facets that a workspace does not have. */
export function lacksOf(workspace: Pick<Workspace, Facet>): Facet[] {
  return (Object.keys(LACKS) as Facet[]).filter((facet) => workspace[facet] === undefined);
}

/**
 * A facet that an action needs.
 * @throws NOT_SUPPORTED naming the workspace and what it cannot do
 */
export function facetOf<F extends Facet>(
  workspace: Pick<Workspace, F | 'label'>,
  facet: F,
): NonNullable<Workspace[F]> {
  const found: Workspace[F] | undefined = workspace[facet];
  if (found === undefined)
    throw new TrainyardError('NOT_SUPPORTED', `The workspace “${workspace.label}” cannot ${LACKS[facet]}.`);
  return found as NonNullable<Workspace[F]>;
}
