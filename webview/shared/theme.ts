/** Colours for what is drawn on a canvas, where CSS variables do not reach. */
export interface Theme {
  foreground: string;
  muted: string;
  grid: string;
  background: string;
  focus: string;
  fontFamily: string;
  /** Line colours of runs, by Run.number modulo 10. */
  runs: string[];
  highContrast: boolean;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    foreground: value('--ty-foreground'),
    muted: value('--ty-muted'),
    grid: value('--ty-grid'),
    background: value('--ty-background'),
    focus: value('--ty-focus'),
    fontFamily: style.fontFamily,
    runs: Array.from({ length: 10 }, (_, i) => value(`--ty-run${i}`)),
    highContrast: document.body.className.includes('high-contrast'),
  };
}

/** The editor changes theme by the classes of the body and the variables in the style of the document's element. */
export function onThemeChange(listener: () => void): { dispose(): void } {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return { dispose: () => observer.disconnect() };
}
