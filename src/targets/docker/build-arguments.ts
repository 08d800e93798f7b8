/** What a build is told of this machine that must not stay in its image: proxies, and where packages come from. Pure. */

/**
 * The arguments that every engine knows without ARG, and keeps neither in an image nor in its history, as long as the Dockerfile does
 * not declare them. No tool needs FTP_PROXY any more, so it carries a pip.conf to the builds that are ours.
 */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'] as const;
export const SETTINGS_ARGUMENT = 'FTP_PROXY';
/** What a Dockerfile may declare to get this machine's. */
const INDEXES = {
  PIP_INDEX_URL: 'index-url',
  PIP_EXTRA_INDEX_URL: 'extra-index-url',
  PIP_TRUSTED_HOST: 'trusted-host',
  UV_INDEX_URL: 'index-url',
  UV_DEFAULT_INDEX: 'index-url',
  UV_EXTRA_INDEX_URL: 'extra-index-url',
  UV_INDEX: 'extra-index-url',
} as const;

export interface BuildArguments {
  values: Record<string, string>;
  /** Names of those that the Dockerfile declares and does not get: they hold a password, which its image would keep. */
  withheld: string[];
  /** Some are addresses of this machine itself. */
  needsHost: boolean;
}

/**
 * @param dockerfile its text
 * @param isOurs whether its commands know SETTINGS_ARGUMENT
 * @param indexes by pip's names
 */
export function buildArguments(
  { dockerfile, isOurs }: { dockerfile: string; isOurs: boolean },
  env: Readonly<Record<string, string | undefined>>,
  { indexes, pipConf }: { indexes: Readonly<Record<string, string | undefined>>; pipConf: string },
): BuildArguments {
  const declared = new Set(
    [...dockerfile.matchAll(/^\s*ARG\s+(.+)$/gim)].flatMap(([, names = '']) =>
      names.split(/\s+/).map((one) => one.replace(/=.*/, '')),
    ),
  );
  const known: Record<string, string> = {};
  for (const name of PROXIES) {
    const value = env[name] || env[name.toLowerCase()];
    if (value) Object.assign(known, { [name]: value, [name.toLowerCase()]: value });
  }
  for (const [name, option] of Object.entries(INDEXES)) {
    const value = indexes[option];
    if (value !== undefined && declared.has(name)) known[name] = value;
  }
  const withheld = Object.keys(known).filter((name) => declared.has(name) && hasPassword(known[name] ?? ''));
  const values = Object.fromEntries(Object.entries(known).filter(([name]) => !withheld.includes(name)));
  if (isOurs && pipConf !== '') values[SETTINGS_ARGUMENT] = pipConf;
  const told = Object.entries(values).filter(([name]) => !/^no_proxy$/i.test(name));
  return { values, withheld, needsHost: told.some(([, value]) => isOfThisMachine(value)) };
}

/** A script that commands of a build read first, so that pip finds the settings. They are in memory, and only until the commands end. */
export const READ_SETTINGS = `export PIP_CONFIG_FILE=/dev/shm/trainyard-pip.conf
trap 'rm -f "$PIP_CONFIG_FILE"' EXIT
printf %s "$${SETTINGS_ARGUMENT}" > "$PIP_CONFIG_FILE"
unset ${SETTINGS_ARGUMENT}
`;

function hasPassword(value: string): boolean {
  return /\/\/[^\s/@]+@/.test(value);
}

function isOfThisMachine(value: string): boolean {
  return /\/\/([^\s/@]*@)?(localhost|127(\.\d+){3}|\[::1\])([:/\s]|$)/i.test(value);
}
