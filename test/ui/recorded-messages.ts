import type { Page } from 'playwright-core';

/** Types of the messages that pages and hosts of the panels say to each other, as they pass through the real editor. */
export interface Recorded {
  /** `table→host show`, `host→table begin` */
  readonly seen: ReadonlySet<string>;
}

/** Listens in every page that opens from now on. The pages are as they are: only what they send and get is looked at. */
export async function recordMessages(page: Page): Promise<Recorded> {
  const seen = new Set<string>();
  await page.exposeFunction('trainyardSaw', (text: string) => {
    seen.add(text);
  });
  await page.addInitScript(() => {
    interface Api {
      postMessage(message: { type?: string }, transfer?: unknown): void;
    }
    const here = window as unknown as Record<string, unknown>;
    // The editor gives the page its API; each page takes it once.
    let acquire: (() => Api) | undefined;
    Object.defineProperty(here, 'acquireVsCodeApi', {
      configurable: true,
      set(given: () => Api) {
        acquire = () => {
          const api = given();
          const saw = here['trainyardSaw'] as (text: string) => void;
          const name = () =>
            /\/(\w+)\.js/.exec(
              document.querySelector('script[type=module]')?.getAttribute('src') ?? '',
            )?.[1] ?? '?';
          window.addEventListener('message', ({ data }: MessageEvent<{ type?: string }>) => {
            if (typeof data?.type === 'string') saw(`host→${name()} ${data.type}`);
          });
          return {
            ...api,
            postMessage(message: { type?: string }, transfer?: unknown) {
              saw(`${name()}→host ${message.type}`);
              api.postMessage(message, transfer);
            },
          };
        };
      },
      get: () => acquire,
    });
  });
  return { seen };
}
