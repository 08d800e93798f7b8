import type { Box } from './frame.js';
import type { Font, Path, Ruler, Stroke, Surface, TextLook } from './surface.js';

/** A file of vectors. */
export class SvgSurface implements Surface {
  readonly ratio = 1;
  readonly #fontFamily: string;
  readonly #ruler: Ruler;
  readonly #parts: string[] = [];
  #clips = 0;

  /** @param ruler of the same fonts */
  constructor(fontFamily: string, ruler: Ruler) {
    this.#fontFamily = fontFamily;
    this.#ruler = ruler;
  }

  measure(text: string, font: Font): number {
    return this.#ruler.measure(text, font);
  }

  newPath(): SvgPath {
    return new SvgPath();
  }

  stroke(path: Path, { colour, width, alpha = 1, dash = [] }: Stroke): void {
    this.#path(path, {
      fill: 'none',
      stroke: colour,
      'stroke-width': round(width),
      'stroke-opacity': alpha === 1 ? undefined : alpha,
      'stroke-dasharray': dash.length === 0 ? undefined : dash.join(' '),
      'stroke-linejoin': 'round',
    });
  }

  fill(path: Path, colour: string, alpha = 1): void {
    this.#path(path, { fill: colour, 'fill-opacity': alpha === 1 ? undefined : alpha });
  }

  fillBox({ left, top, width, height }: Box, colour: string): void {
    this.#parts.push(element('rect', { ...boxOf({ left, top, width, height }), fill: colour }));
  }

  clipped(box: Box, draw: () => void): void {
    const id = `clip${++this.#clips}`;
    this.#parts.push(`<clipPath id="${id}">${element('rect', boxOf(box))}</clipPath>`);
    this.#parts.push(`<g clip-path="url(#${id})">`);
    draw();
    this.#parts.push('</g>');
  }

  text(text: string, x: number, y: number, { colour, size, align, isBold }: TextLook): void {
    const attributes = {
      x: round(x),
      // Not dominant-baseline, which few programs but browsers know: letters are about 0.7 of their size high.
      y: round(y + size * 0.35),
      fill: colour,
      'font-size': size,
      'font-weight': isBold ? 'bold' : undefined,
      'text-anchor': { left: undefined, center: 'middle', right: 'end' }[align],
    };
    this.#parts.push(`<text${attributesOf(attributes)}>${escaped(text)}</text>`);
  }

  /** @param title what the picture is called, for those who do not see it */
  document(width: number, height: number, title: string): string {
    const root = {
      xmlns: 'http://www.w3.org/2000/svg',
      width: round(width),
      height: round(height),
      viewBox: `0 0 ${round(width)} ${round(height)}`,
      'font-family': this.#fontFamily,
      role: 'img',
    };
    return `<svg${attributesOf(root)}>\n<title>${escaped(title)}</title>\n${this.#parts.join('\n')}\n</svg>\n`;
  }

  #path(path: Path, attributes: Attributes): void {
    const d = (path as SvgPath).toString();
    if (d !== '') this.#parts.push(element('path', { d, ...attributes }));
  }
}

class SvgPath implements Path {
  #d = '';

  moveTo(x: number, y: number): void {
    this.#d += `M${round(x)} ${round(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#d += `L${round(x)} ${round(y)}`;
  }

  closePath(): void {
    this.#d += 'Z';
  }

  /** Two halves: an arc to where it starts is none. */
  arc(x: number, y: number, radius: number): void {
    const r = round(radius);
    this.#d += `M${round(x + radius)} ${round(y)}a${r} ${r} 0 1 0 ${round(-2 * radius)} 0a${r} ${r} 0 1 0 ${round(2 * radius)} 0`;
  }

  toString(): string {
    return this.#d;
  }
}

type Attributes = Record<string, string | number | undefined>;

function boxOf({ left, top, width, height }: Box): Attributes {
  return { x: round(left), y: round(top), width: round(width), height: round(height) };
}

function element(name: string, attributes: Attributes): string {
  return `<${name}${attributesOf(attributes)}/>`;
}

function attributesOf(attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

/** Hundredths of a pixel are all that can be seen. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // Signs that XML has no way to write.
      // eslint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}
