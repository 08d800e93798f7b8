import type { Page } from 'playwright-core';

export interface Recorded {
  /** `table→host show`, `host→table begin` */
  readonly seen: ReadonlySet<string>;
}

/**
 * Text, since what compiles the tests would put helpers into a function. The editor gives each page its API, which the
 * page takes once: from then on what it sends and gets is looked at, and goes its way.
 */
const LISTEN = `{
  let acquire;
  Object.defineProperty(window, 'acquireVsCodeApi', {
    configurable: true,
    get: () => acquire,
    set(given) {
      acquire = () => {
        const api = given();
        const script = document.querySelector('script[type=module]')?.getAttribute('src') ?? '';
        const page = /\\/(\\w+)\\.js/.exec(script)?.[1];
        window.addEventListener('message', ({ data }) => {
          if (typeof data?.type === 'string') window.trainyardSaw('host→' + page + ' ' + data.type);
        });
        const postMessage = (message, transfer) => {
          window.trainyardSaw(page + '→host ' + message.type);
          api.postMessage(message, transfer);
        };
        return { ...api, postMessage };
      };
    },
  });
}`;

/** The types of the messages that the pages of the panels and their hosts say to each other in the real editor. */
export async function recordMessages(page: Page): Promise<Recorded> {
  const seen = new Set<string>();
  await page.exposeFunction('trainyardSaw', (text: string) => {
    seen.add(text);
  });
  await page.addInitScript({ content: LISTEN });
  return { seen };
}
