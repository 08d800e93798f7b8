import assert from 'node:assert/strict';
import { contentSecurityPolicy, newNonce, webviewHtml } from '../../../src/extension/panels/webview-html.js';

const PARTS = {
  title: 'Charts <b>',
  language: 'de',
  strings: { Retry: '"Nochmal" <b>' },
  script: 'https://x.test/charts.js?a=1&b="2"',
  style: 'https://x.test/charts.css',
  cspSource: 'https://x.test',
  nonce: 'bm9uY2U=',
};

describe('webviewHtml', () => {
  it('forbids everything but its own script and style', () => {
    const policy = contentSecurityPolicy(PARTS);
    assert.match(policy, /^default-src 'none'; script-src 'nonce-bm9uY2U='; /);
    assert.doesNotMatch(policy, /unsafe|\*/);
  });

  it('escapes what it is given', () => {
    const html = webviewHtml(PARTS);
    assert.ok(html.includes('<title>Charts &lt;b></title>'));
    assert.ok(html.includes('src="https://x.test/charts.js?a=1&amp;b=&quot;2&quot;"'));
  });

  it('is in the language of the editor, and has its texts with it', () => {
    const html = webviewHtml(PARTS);
    assert.ok(html.includes('<html lang="de">'));
    assert.ok(
      html.includes(
        '<meta name="strings" content="{&quot;Retry&quot;:&quot;\\&quot;Nochmal\\&quot; &lt;b>&quot;}">',
      ),
      html,
    );
  });

  it('has no inline script or style', () => {
    assert.doesNotMatch(webviewHtml(PARTS), /<style|style=|<script(?![^>]*\bsrc=)/);
  });

  it('never uses a nonce twice', () => {
    assert.notEqual(newNonce(), newNonce());
  });
});
