import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../support/chromium.js';
import { openPanel } from './page.js';
import { servePanel } from './server.js';

type Opening<Host> = Omit<Parameters<typeof openPanel<Host>>[1], 'url' | 'install'>;

/**
 * Serves a built panel to the tests of this `describe`, in one browser, over the fake host that `install` puts into its
 * pages. What is answered opens a page. It is closed after its test, whatever that was about: nothing may have failed
 * in it, and the policy must have held.
 */
export function pagesOf<Host>(
  panel: string,
  install: (host: Host) => void,
): (opening: Opening<Host>) => Promise<Page> {
  let server: Awaited<ReturnType<typeof servePanel>>;
  let browser: Browser;
  let open: Awaited<ReturnType<typeof openPanel>> | undefined;

  before(async () => {
    server = await servePanel(panel);
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    const { page, errors } = open ?? {};
    open = undefined;
    await page?.close();
    assert.deepEqual(errors ?? [], []);
  });

  return async (opening) => {
    open = await openPanel(browser, { url: server.url, install, ...opening });
    return open.page;
  };
}
