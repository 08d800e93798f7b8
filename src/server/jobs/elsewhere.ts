/** What MLflow's client, Weights & Biases and others print of a run that they log: `View run x at: https://…`. */
const ADDRESS =
  /\bview (?:run|experiment|project)\b[^\r\n]{0,300}?\bat:? {0,3}(https?:\/\/[^\s'"<>]{1,1000})/i;
// eslint-disable-next-line no-control-regex
const STYLE = /\x1b\[[\d;]*m/g;

/** Addresses of runs on other servers than this one, at `ownUrls`, that the lines of a job's output name. */
export function elsewhereIn(lines: readonly string[], ownUrls: readonly string[]): string[] {
  const found = lines.flatMap((line) => {
    // Most lines have no address.
    if (!/view /i.test(line)) return [];
    const address = ADDRESS.exec(line.replace(STYLE, ''))?.[1];
    return address === undefined ? [] : [withoutPassword(address.replace(/[.,;)\]]+$/, ''))];
  });
  return [...new Set(found)].filter((address) => !ownUrls.some((own) => isAt(address, own)));
}

function isAt(address: string, server: string): boolean {
  return URL.canParse(address) && URL.canParse(server) && new URL(address).host === new URL(server).host;
}

/** An address may hold a user and a password. */
export function withoutPassword(address: string): string {
  return address.replace(/^(https?:\/\/)[^/@\s]*@/, '$1');
}
