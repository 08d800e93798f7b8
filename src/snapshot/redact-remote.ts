/**
 * A remote's address without credentials: user and password of URLs, the whole query and fragment. The user of ssh and
 * scp-like addresses (`git@host:path`) is a part of the address and stays, unless it has a password. Local paths come
 * back as they are.
 */
export function redactRemote(address: string): string {
  // A remote helper's name in front: `helper::address`.
  const helper = /^[a-z][a-z0-9+.-]*::/i.exec(address)?.[0];
  if (helper !== undefined) return helper + redactRemote(address.slice(helper.length));
  const url = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(address);
  if (url) {
    const [, scheme = '', rest = ''] = url;
    const { authority, path } = splitAuthority(rest);
    const at = authority.lastIndexOf('@');
    const host = authority.slice(at + 1);
    const user = at < 0 ? '' : authority.slice(0, at);
    const kept = isSsh(scheme) && isLogin(user) ? `${user}@` : '';
    return `${scheme}://${kept}${host}${withoutQuery(path)}`;
  }
  // scp-like: [user[:password]@]host:path, where no slash comes before the first colon after the host
  const at = scpUserEnd(address);
  if (at < 0) return address;
  const user = address.slice(0, at);
  return `${isLogin(user) ? `${user}@` : ''}${withoutQuery(address.slice(at + 1))}`;
}

/**
 * What stands before the path, up to the first `/`, `?` or `#`; where that is no `host:port`, a password with
 * such a character unescaped, up to the next one after the last `@`.
 */
function splitAuthority(rest: string): { authority: string; path: string } {
  const [plain = ''] = /^[^/?#]*/.exec(rest) ?? [];
  const isHost = /^([^:@]*|\[[^\]]*\])(:\d*)?$/.test(plain.slice(plain.lastIndexOf('@') + 1));
  const from = isHost ? 0 : rest.lastIndexOf('@') + 1;
  const end = rest.slice(from).search(/[/?#]/);
  const cut = end < 0 ? rest.length : from + end;
  return { authority: rest.slice(0, cut), path: rest.slice(cut) };
}

/** Where the user of a scp-like address ends; -1 when the address is a path. */
function scpUserEnd(address: string): number {
  const slash = address.search(/[/\\]/);
  const head = slash < 0 ? address : address.slice(0, slash);
  const at = head.lastIndexOf('@');
  return at > 0 && head.indexOf(':', at) > at + 1 ? at : -1;
}

/** A login name without a password; access tokens are longer than login names are. */
function isLogin(user: string): boolean {
  return /^[A-Za-z0-9_.-]{1,32}$/.test(user) && !/^(gh[a-z]_|github_pat_|glpat-|x-)/.test(user);
}

function isSsh(scheme: string): boolean {
  return /^(git\+)?ssh(\+git)?$/i.test(scheme);
}

function withoutQuery(text: string): string {
  return text.replace(/[?#].*$/s, '');
}
