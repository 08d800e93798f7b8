import assert from 'node:assert/strict';
import { circle } from '../../../webview/charts/surface.js';
import { SvgSurface } from '../../../webview/charts/svg-surface.js';

describe('an SVG', () => {
  const surface = () => new SvgSurface('"Segoe UI", sans-serif', { measure: (text) => text.length * 6 });

  it('has what was drawn on it, in order, inside of what it was clipped to', () => {
    const svg = surface();
    svg.fillBox({ left: 0, top: 0, width: 20, height: 10 }, '#ffffff');
    svg.clipped({ left: 1, top: 1, width: 8, height: 8 }, () => {
      const path = svg.newPath();
      path.moveTo(0, 1 / 3);
      path.lineTo(10, 2);
      svg.stroke(path, { colour: '#ff0000', width: 1.5, dash: [6, 3], alpha: 0.5 });
    });
    assert.equal(
      svg.document(20, 10, 'loss'),
      `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" viewBox="0 0 20 10" font-family="&quot;Segoe UI&quot;, sans-serif" role="img">
<title>loss</title>
<rect x="0" y="0" width="20" height="10" fill="#ffffff"/>
<clipPath id="clip1"><rect x="1" y="1" width="8" height="8"/></clipPath>
<g clip-path="url(#clip1)">
<path d="M0 0.33L10 2" fill="none" stroke="#ff0000" stroke-width="1.5" stroke-opacity="0.5" stroke-dasharray="6 3" stroke-linejoin="round"/>
</g>
</svg>
`,
    );
  });

  it('takes any text for what it says', () => {
    const svg = surface();
    svg.text('<script>"a" & b\u0001', 1, 2, { colour: '#000000', size: 10, align: 'right' });
    const text = svg.document(1, 1, '</title>');
    assert.ok(text.includes('&lt;script&gt;&quot;a&quot; &amp; b\ufffd</text>'));
    assert.ok(text.includes('text-anchor="end"'));
    assert.ok(text.includes('<title>&lt;/title&gt;</title>'));
  });

  it('has whole circles, and nothing for an empty path', () => {
    const svg = surface();
    svg.fill(svg.newPath(), '#000000');
    const dot = svg.newPath();
    circle(dot, 5, 5, 2);
    svg.fill(dot, '#000000');
    assert.equal(svg.document(1, 1, '').match(/<path/g)?.length, 1);
    assert.ok(svg.document(1, 1, '').includes('a2 2 0 1 0 -4 0a2 2 0 1 0 4 0'));
  });
});
