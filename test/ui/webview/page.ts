import type { Browser, Page } from 'playwright-core';
import { type FakeHost, installFakeHost } from './fake-host.js';
import { type ThemeFixture, THEMES } from './themes.js';

declare global {
  interface Window {
    fake: FakeHost;
  }
}

interface PanelOptions<Host> {
  url: string;
  /** Puts the editor's side into the page. It must not use anything from outside of its function. */
  install: (host: Host) => void;
  host: Host;
  theme?: keyof typeof THEMES;
  width?: number;
  height?: number;
  scale?: number;
  /** What the page takes for the time of day, at rest: ms since the epoch. */
  now?: number;
}

/** Opens the charts page over a fake host. Errors of the page, and what its policy refused, end up in `errors`. */
export function openCharts(
  browser: Browser,
  options: Omit<PanelOptions<Parameters<typeof installFakeHost>[0]>, 'install'>,
): ReturnType<typeof openPanel> {
  return openPanel(browser, { ...options, install: installFakeHost });
}

export async function openPanel<Host>(
  browser: Browser,
  { url, install, host, theme = 'dark', width = 1200, height = 800, scale = 1, now }: PanelOptions<Host>,
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  if (now !== undefined) await page.clock.setFixedTime(now);
  // tsx names functions by a helper that the page does not have.
  await page.addInitScript('window.__name = (f) => f');
  await page.addInitScript(reportViolations);
  await page.addInitScript(install as (host: unknown) => void, host);
  await page.addInitScript(applyTheme, THEMES[theme]);
  await page.goto(url);
  return { page, errors };
}

function reportViolations(): void {
  document.addEventListener(
    'securitypolicyviolation',
    ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
      console.error(`${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`),
  );
}

export function setTheme(page: Page, theme: keyof typeof THEMES): Promise<void> {
  return page.evaluate(applyTheme, THEMES[theme]);
}

/** As the editor does it: variables on the document's element, the kind of theme as a class of the body. */
function applyTheme({ bodyClass, variables }: ThemeFixture): void {
  const apply = () => {
    document.documentElement.removeAttribute('style');
    for (const [name, value] of Object.entries(variables))
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    document.body.className = bodyClass;
  };
  if (document.body) apply();
  else
    new MutationObserver((_records, observer) => {
      if (!document.body) return;
      observer.disconnect();
      apply();
    }).observe(document, { childList: true, subtree: true });
}
