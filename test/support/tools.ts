/** Plain scripts of the project's own tools (.ci/tools), which have no types. */
export async function tool<T>(name: string): Promise<T> {
  return (await import(new URL(`../../.ci/tools/${name}`, import.meta.url).href)) as T;
}

export async function freePort(): Promise<number> {
  return (await tool<{ freePort(): Promise<number> }>('open-editor.mjs')).freePort();
}
