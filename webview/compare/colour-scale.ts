/**
 * Colours for numbers, even to the eye: lightness and hue change by equal steps in OKLCH, at one chroma that sRGB has all
 * along the way. Lightness alone tells the order, so that every eye can see it, and all of the scale stands out against
 * the background of its theme. The high end has the most contrast.
 */
const SCALES = {
  dark: { lightness: [0.56, 0.9], hue: [285, 455] },
  light: { lightness: [0.68, 0.3], hue: [430, 285] },
} as const;
const CHROMA = 0.115;

export type ScaleKind = keyof typeof SCALES;

export interface Oklch {
  lightness: number;
  chroma: number;
  /** Degrees. */
  hue: number;
}

/** @param place 0 is the low end, 1 the high one */
export function colourAt(place: number, kind: ScaleKind): Oklch {
  const { lightness, hue } = SCALES[kind];
  const between = ([from, to]: readonly [number, number]) => from + (to - from) * place;
  return { lightness: between(lightness), chroma: CHROMA, hue: between(hue) % 360 };
}

export function cssColour({ lightness, chroma, hue }: Oklch): string {
  return `oklch(${lightness.toFixed(3)} ${chroma} ${hue.toFixed(1)})`;
}
