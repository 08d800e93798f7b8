import type { Box } from './frame.js';

/** Knows how wide texts are, in CSS pixels. */
export interface Ruler {
  measure(text: string, font: Font): number;
}

/** What a chart is drawn on: the screen, or a file. Lengths are CSS pixels. */
export interface Surface extends Ruler {
  /** Pixels of the surface in a CSS pixel. */
  readonly ratio: number;
  newPath(): Path;
  stroke(path: Path, stroke: Stroke): void;
  fill(path: Path, colour: string, alpha?: number): void;
  fillBox(box: Box, colour: string): void;
  /** What `draw` draws is seen inside of the box only. */
  clipped(box: Box, draw: () => void): void;
  /** Vertically in the middle of y. */
  text(text: string, x: number, y: number, look: TextLook): void;
}

/** The part of Path2D that is used; arcs are whole circles. */
export interface Path {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
  arc(x: number, y: number, radius: number, start: number, end: number): void;
}

export interface Stroke {
  colour: string;
  width: number;
  alpha?: number;
  /** Lengths of line and gap. */
  dash?: readonly number[];
  /** Whether it turns at each pixel: a screen may leave out what cannot be seen then. */
  isDense?: boolean;
}

export interface Font {
  size: number;
  isBold?: boolean;
}

export interface TextLook extends Font {
  colour: string;
  align: 'left' | 'center' | 'right';
}

/** A line of whole pixels of the surface, about a CSS pixel wide. */
export function hairline({ ratio }: Pick<Surface, 'ratio'>): {
  width: number;
  snap: (place: number) => number;
} {
  const pixels = Math.max(1, Math.floor(ratio));
  const half = (pixels % 2) / 2;
  return { width: pixels / ratio, snap: (place) => (Math.floor(place * ratio) + half) / ratio };
}

/** A circle as a part of a path. */
export function circle(path: Path, x: number, y: number, radius: number): void {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}
