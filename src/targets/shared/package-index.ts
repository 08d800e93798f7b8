/** Where this person's pip and uv get packages from, so that others do, too. Values may hold passwords: never write them down. */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { isObject } from '../../base/json.js';
import { disk } from '../../job/disk.js';

/** Options that say where packages come from, by pip's names; several values of one are separated by spaces. */
export type IndexOptions = Readonly<Partial<Record<IndexOption, string>>>;

const NAMES = ['index-url', 'extra-index-url', 'find-links', 'trusted-host', 'no-index'] as const;
type IndexOption = (typeof NAMES)[number];

export interface PersonsSettings {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** The person's folder; absolute. */
  home: string;
  /** The text of a file; undefined when there is none. */
  textOf: (file: string) => string | undefined;
}

const ofThisPerson = (): PersonsSettings => ({
  env: process.env,
  platform: process.platform,
  home: os.homedir(),
  textOf: (file) => disk.text(file),
});

/** What pip does here, or where nobody told pip, what uv does. */
export async function indexOptions(settings = ofThisPerson()): Promise<IndexOptions> {
  const pip = pipOptions(settings);
  if (Object.keys(pip).length > 0) return pip;
  return uvOptions(settings);
}

/** Variables that have uv get packages from where pip does, unless the person told uv itself. */
export async function variablesForUv(settings = ofThisPerson()): Promise<Record<string, string>> {
  if (Object.keys(await uvOptions(settings)).length > 0) return {};
  const pip = pipOptions(settings);
  return Object.fromEntries(
    Object.entries({
      UV_INDEX_URL: pip['index-url'],
      UV_EXTRA_INDEX_URL: pip['extra-index-url'],
      UV_FIND_LINKS: pip['find-links']?.split(' ').join(),
      UV_INSECURE_HOST: pip['trusted-host'],
      UV_NO_INDEX: pip['no-index'],
    }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** A pip.conf. What is a path of this machine is left out. @returns '' when there is nothing to say */
export function pipConf(options: IndexOptions): string {
  const lines = NAMES.flatMap((name) => {
    const values = (options[name] ?? '').split(' ').filter(Boolean);
    const told = name === 'find-links' ? values.filter((value) => /^https?:/i.test(value)) : values;
    return told.length === 0 ? [] : [`${name} =${told.map((value) => `\n    ${value}`).join('')}`];
  });
  return lines.length === 0 ? '' : `[global]\n${lines.join('\n')}\n`;
}

/** Variables count more than the person's file, and that more than the system's. */
function pipOptions({ env, platform, home, textOf }: PersonsSettings): IndexOptions {
  const own = env['PIP_CONFIG_FILE'];
  const config = env['XDG_CONFIG_HOME'] || path.join(home, '.config');
  const files =
    platform === 'win32'
      ? [
          path.join(env['PROGRAMDATA'] ?? 'C:\\ProgramData', 'pip', 'pip.ini'),
          path.join(home, 'pip', 'pip.ini'),
          path.join(env['APPDATA'] ?? home, 'pip', 'pip.ini'),
        ]
      : [
          ...(env['XDG_CONFIG_DIRS'] || '/etc/xdg')
            .split(':')
            .map((folder) => path.join(folder, 'pip', 'pip.conf')),
          '/etc/pip.conf',
          path.join(home, '.pip', 'pip.conf'),
          ...(platform === 'darwin'
            ? [path.join(home, 'Library', 'Application Support', 'pip', 'pip.conf')]
            : []),
          path.join(config, 'pip', 'pip.conf'),
        ];
  // The name of a place without files: pip reads none then.
  const read = own === '/dev/null' || own === 'nul' ? [] : [...files, ...(own === undefined ? [] : [own])];
  const options: Partial<Record<IndexOption, string>> = {};
  for (const file of read) Object.assign(options, optionsIn(textOf(file) ?? ''));
  for (const name of NAMES) {
    const value = words(env[`PIP_${name.toUpperCase().replaceAll('-', '_')}`] ?? '');
    if (value !== '') options[name] = value;
  }
  return options;
}

/** Of a pip.conf: those for `pip install` count more than those for all commands. */
function optionsIn(text: string): IndexOptions {
  const sections: Record<string, Record<string, string>> = {};
  let [section, name] = ['', ''];
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const [, head] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, key, first = ''] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (head !== undefined) [section, name] = [head, ''];
    else if (key !== undefined) {
      name = key.toLowerCase().replaceAll('_', '-');
      (sections[section] ??= {})[name] = first;
    } else if (name !== '' && /^\s/.test(line)) {
      const values = (sections[section] ??= {});
      values[name] = `${values[name] ?? ''} ${line.trim()}`;
    }
  }
  const all = { ...sections['global'], ...sections['install'] };
  return Object.fromEntries(
    NAMES.map((one) => [one, words(all[one] ?? '')]).filter(([, value]) => value !== ''),
  );
}

async function uvOptions({ env, platform, home, textOf }: PersonsSettings): Promise<IndexOptions> {
  const config =
    platform === 'win32' ? (env['APPDATA'] ?? home) : env['XDG_CONFIG_HOME'] || path.join(home, '.config');
  const files = [
    ...(platform === 'win32' ? [] : ['/etc/uv/uv.toml']),
    path.join(config, 'uv', 'uv.toml'),
    ...(env['UV_CONFIG_FILE'] === undefined ? [] : [env['UV_CONFIG_FILE']]),
  ];
  const texts = files.map(textOf).filter((text) => text !== undefined);
  const tables = texts.length === 0 ? [] : await tablesOf(texts);
  const all = tables.map(optionsOfTable).reduce((sum, one) => ({ ...sum, ...one }), {});
  const unnamed = (text = '') => words(text.replace(/(^|\s)[\w.-]+=(?=https?:)/g, '$1'));
  const first = unnamed(env['UV_DEFAULT_INDEX'] ?? env['UV_INDEX_URL'] ?? all['index-url']);
  const others = unnamed(env['UV_INDEX'] ?? env['UV_EXTRA_INDEX_URL'] ?? all['extra-index-url']);
  const host = words(env['UV_INSECURE_HOST'] ?? '');
  return {
    ...(first !== '' && { 'index-url': first }),
    ...(others !== '' && { 'extra-index-url': others }),
    ...(host !== '' && { 'trusted-host': host }),
  };
}

async function tablesOf(texts: readonly string[]): Promise<Record<string, unknown>[]> {
  const { parse, TomlError } = await import('smol-toml');
  return texts.flatMap((text): Record<string, unknown>[] => {
    try {
      return [parse(text)];
    } catch (error) {
      // uv itself says what is wrong with its file.
      if (!(error instanceof TomlError)) throw error;
      return [];
    }
  });
}

function optionsOfTable(table: Record<string, unknown>): IndexOptions {
  const indexes = Array.isArray(table['index']) ? table['index'].filter(isObject) : [];
  const urls = (wanted: boolean) =>
    indexes.flatMap(({ url, default: is = false }) =>
      typeof url === 'string' && is === wanted ? [url] : [],
    );
  const more = table['extra-index-url'];
  const first = urls(true)[0] ?? table['index-url'];
  const others = [...urls(false), ...(Array.isArray(more) ? more.map(String) : [])];
  return {
    ...(typeof first === 'string' && { 'index-url': first }),
    ...(others.length > 0 && { 'extra-index-url': others.join(' ') }),
  };
}

const words = (text: string) => text.split(/\s+/).filter(Boolean).join(' ');
