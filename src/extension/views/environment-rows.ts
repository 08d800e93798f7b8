import * as vscode from 'vscode';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { compareNames } from '../../base/order.js';
import { packagesOf } from '../../workspace/compare-environments.js';
import { isLockable } from '../../workspace/lock-environment.js';
import type { BuiltOn, EnvironmentVersion } from '../../workspace/types.js';
import type { AssetRef, VersionRef } from '../assets/asset-ref.js';
import type { Named } from '../assets/assets-model.js';
import type { EnvironmentBuild } from '../assets/environment-builds.js';
import { COMMANDS } from '../command-ids.js';
import { formatAge } from '../format.js';
import { type AssetPlace, nameWords, runsLeaf, tooltipOf, versionWords } from './asset-rows.js';
import { leaf, messageLeaf, type Leaf, valueLeaf } from './leaf.js';
import { rowContext } from './row-context.js';

export interface EnvironmentPlace extends AssetPlace {
  /** The build of this window. */
  buildOf: (ref: AssetRef) => EnvironmentBuild | undefined;
}

/** A name, with its versions below it. */
export function environmentRow({ name, versions }: Named<EnvironmentVersion>, place: EnvironmentPlace): Leaf {
  const [newest] = versions;
  const id = `assets/${place.workspace.id}/environment/${name}`;
  return leaf({
    id,
    label: name,
    description: nameWords(versions, newest ? madeOf(newest) : ''),
    icon: versions.some((each) => place.buildOf(refOf(each, place))?.error) ? errorIcon() : 'package',
    context: rowContext({
      kind: 'environment',
      archived: versions.every(({ archived }) => archived),
      lockable: newest && isLockable(newest),
    }),
    asset: { kind: 'environment', workspace: place.workspace.id, name },
    tooltip: () => (newest ? tooltipOf(newest) : new vscode.MarkdownString()),
    children: () => place.page(id, versions, (each) => versionRow(each, `${id}/${each.version}`, place)),
  });
}

/** What it is made of, in a few words: `python:3.12 + requirements`. */
export function madeOf({ definition }: Pick<EnvironmentVersion, 'definition'>): string {
  const { image, conda, pip, build } = definition;
  if (build) return build.dockerfile;
  const parts = [
    image,
    conda !== undefined && vscode.l10n.t('conda file'),
    pip !== undefined && vscode.l10n.t('requirements'),
  ];
  return parts.filter(Boolean).join(' + ');
}

function versionRow(environment: EnvironmentVersion, id: string, place: EnvironmentPlace): Leaf {
  const { version, archived } = environment;
  const asset = refOf(environment, place);
  const build = place.buildOf(asset);
  const isBuilding = build && !build.error;
  const what = build?.error ? vscode.l10n.t('build failed') : madeOf(environment);
  return leaf({
    // A new row, so that it is unfolded: what went wrong is seen.
    id: build?.error ? `${id}/failure` : id,
    expanded: build?.error !== undefined,
    label: vscode.l10n.t('Version {0}', version),
    description: isBuilding ? (build.step ?? vscode.l10n.t('building')) : versionWords(environment, what),
    icon: isBuilding ? 'loading~spin' : build?.error ? errorIcon() : archived ? 'archive' : 'versions',
    context: rowContext({ kind: 'environmentVersion', archived, lockable: isLockable(environment) }),
    asset,
    tooltip: () => tooltipOf(environment, [vscode.l10n.t('Digest {0}', environment.digest)]),
    children: () => partsOf(environment, id, { ...place, asset, build }),
  });
}

function refOf({ name, version }: EnvironmentVersion, { workspace }: EnvironmentPlace): VersionRef {
  return { kind: 'environment', workspace: workspace.id, name, version };
}

const errorIcon = () => new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));

async function partsOf(
  environment: EnvironmentVersion,
  id: string,
  place: EnvironmentPlace & { asset: VersionRef; build: EnvironmentBuild | undefined },
): Promise<Leaf[]> {
  const { name, version, definition } = environment;
  const { image, conda, pip, build: context, variables = {} } = definition;
  const { asset, build } = place;
  const title = vscode.l10n.t('Open Definition');
  const open = { title, command: COMMANDS.openDefinition, arguments: [asset] };
  const part = (key: string, label: string, description: string, icon: string) =>
    leaf({
      id: `${id}/${key}`,
      label,
      description,
      icon,
      command: open,
      context: rowContext({ kind: 'message' }),
    });
  const lines = (text: string) => {
    const count = text.trim().split('\n').length;
    return count === 1 ? vscode.l10n.t('1 line') : vscode.l10n.t('{0} lines', count);
  };
  const { environments } = place.workspace;
  const [runs = [], { builds }] = await Promise.all([
    environments?.runs(name, version),
    // A list does not ask the targets what is still there.
    environments && environment.builds.length > 0 ? environments.get(name, version) : environment,
  ]);
  return [
    ...(build ? [buildLeaf(build, id, asset)] : []),
    ...(image === undefined ? [] : [valueLeaf(`${id}/image`, vscode.l10n.t('Image'), image, 'vm')]),
    ...(context
      ? [
          part(
            'build',
            vscode.l10n.t('Build'),
            `${context.dockerfile} · ${context.context.slice(0, 12)}`,
            'file-code',
          ),
        ]
      : []),
    ...(conda === undefined ? [] : [part('conda', vscode.l10n.t('Conda File'), lines(conda), 'file-code')]),
    ...(pip === undefined ? [] : [part('pip', vscode.l10n.t('Requirements'), lines(pip), 'file-code')]),
    ...Object.entries(variables).map(([key, value]) =>
      valueLeaf(`${id}/variable/${key}`, key, value, 'symbol-variable'),
    ),
    ...builtLeaves(builds, id, { asset, isBuilding: build !== undefined }),
    ...packageLeaves(environment, id),
    runsLeaf(
      `${id}/runs`,
      runs,
      {
        none: vscode.l10n.t('Used by no run'),
        one: vscode.l10n.t('Used by 1 run'),
        many: (count) => vscode.l10n.t('Used by {0} runs', count),
      },
      place,
    ),
  ];
}

/** A build of this window: its step, or what went wrong with the end of the output. */
function buildLeaf({ target, step, error }: EnvironmentBuild, id: string, asset: VersionRef): Leaf {
  const title = vscode.l10n.t('Show Build Output');
  const output = { title, command: COMMANDS.showBuildOutput, arguments: [asset] };
  if (!error)
    return leaf({
      id: `${id}/building`,
      label: vscode.l10n.t('Building on {0}', target),
      description: step,
      icon: 'loading~spin',
      command: output,
      context: rowContext({ kind: 'message' }),
    });
  const [first = '', ...printed] = messageOf(error).split('\n');
  // That it failed is said above: a narrow side bar has room for the reason.
  const headline = first.replace(/^The environment could not be built\. (?=.)/, '');
  const hint = TrainyardError.is(error) ? error.hint : undefined;
  const again = vscode.l10n.t('Build Again');
  return leaf({
    id: `${id}/failed`,
    label: headline,
    description: vscode.l10n.t('on {0}', target),
    icon: errorIcon(),
    context: rowContext({ kind: 'message' }),
    expanded: true,
    tooltip: () =>
      new vscode.MarkdownString()
        .appendText([headline, hint].filter(Boolean).join('\n\n'))
        .appendCodeblock(printed.join('\n')),
    children: () => [
      ...printed.map((line, i) => messageLeaf(`${id}/failed/${i}`, line, output, 'dash')),
      messageLeaf(`${id}/failed/output`, title, output, 'output'),
      messageLeaf(
        `${id}/failed/again`,
        again,
        { title: again, command: COMMANDS.buildEnvironment, arguments: [asset, target] },
        'refresh',
      ),
    ],
  });
}

function builtLeaves(
  builds: readonly BuiltOn[],
  id: string,
  { asset, isBuilding }: { asset: VersionRef; isBuilding: boolean },
): Leaf[] {
  if (builds.length > 0)
    return builds.map(({ target, at, builtAt, isGone }) => {
      if (isGone) {
        const removed = vscode.l10n.t('Removed; built again when needed');
        return valueLeaf(
          `${id}/built/${target}`,
          vscode.l10n.t('Built on {0}', target),
          removed,
          'circle-slash',
        );
      }
      const row = valueLeaf(`${id}/built/${target}`, vscode.l10n.t('Built on {0}', target), at, 'pass');
      row.item.description = [formatAge(builtAt, Date.now()), at].join(' · ');
      return row;
    });
  if (isBuilding) return [];
  const title = vscode.l10n.t('Build On…');
  const build = { title, command: COMMANDS.buildEnvironment, arguments: [asset] };
  return [
    leaf({
      id: `${id}/unbuilt`,
      label: vscode.l10n.t('Not built yet'),
      description: vscode.l10n.t('Click to build it'),
      icon: 'tools',
      command: build,
      context: rowContext({ kind: 'message' }),
    }),
  ];
}

function packageLeaves(environment: EnvironmentVersion, id: string): Leaf[] {
  if (environment.builds.length === 0) return [];
  const packages = Object.entries(packagesOf(environment) ?? {});
  if (packages.length === 0)
    return [messageLeaf(`${id}/packages/none`, vscode.l10n.t('No Python in it, so no packages'))];
  packages.sort(([a], [b]) => compareNames(a, b));
  return [
    leaf({
      id: `${id}/packages`,
      label: vscode.l10n.t('Packages'),
      description: String(packages.length),
      icon: 'list-unordered',
      context: rowContext({ kind: 'section' }),
      children: () =>
        packages.map(([name, version]) =>
          valueLeaf(`${id}/packages/${name}`, name, version, 'symbol-module'),
        ),
    }),
  ];
}
