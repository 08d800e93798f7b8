/** The views in the container `trainyard`, as package.json names them. */
export const VIEWS = {
  workspaces: 'trainyard.workspaces',
  runs: 'trainyard.runs',
  models: 'trainyard.models',
  assets: 'trainyard.assets',
  compute: 'trainyard.compute',
} as const;
