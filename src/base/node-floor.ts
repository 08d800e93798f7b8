import { isNewer } from './version.js';

/** Written in by the build, from `engines` of package.json; a run from source has none. */
declare const __NODE_FLOOR__: string | undefined;

/** The oldest Node that Trainyard runs on. */
export const NODE_FLOOR: string = typeof __NODE_FLOOR__ === 'undefined' ? '0.0.0' : __NODE_FLOOR__;

/** What to tell people whose Node is too old; undefined when it is not. @param version such as 22.19.0 */
export function problemOfNode(version: string, floor = NODE_FLOOR): string | undefined {
  if (!isNewer(floor, version)) return undefined;
  return `trainyard needs Node ${floor} or newer, and this is Node ${version}.\nInstall a newer one: https://nodejs.org/en/download`;
}
