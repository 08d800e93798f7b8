/** All in CSS pixels, from the left of the element that holds the plot. */
export interface Around {
  /** The crosshair. */
  at: number;
  /** The area between the axes. */
  area: { left: number; width: number };
  /** Of the element. */
  width: number;
  /** Ends of the page. */
  page: { left: number; right: number };
}

export interface Place {
  isRight: boolean;
  maxWidth: number;
}

/** From the crosshair. */
export const DISTANCE = 12;
/** What stays free at the ends of the page. */
const AIR = 8;
/** Names longer than that are shortened. */
const MOST = 420;
/** How far a tooltip may reach over other charts when the pointer is elsewhere: not as far as to their curves. */
const OVER_NEXT = 48;
const OVER_PREVIOUS = 20;

/**
 * Where the tooltip of the chart that the pointer is on stands: on the side of the crosshair with more room in its plot,
 * over the next chart when names are long; on the other side when the page ends before they do.
 *
 * @param needed width that nothing has to be shortened for; asked only when it matters
 */
export function placeMain(around: Around, needed: () => number): Place {
  const { at, area } = around;
  const isRight = at - area.left < area.width / 2;
  const room = {
    right: around.page.right - AIR - at - DISTANCE,
    left: at - DISTANCE - around.page.left - AIR,
  };
  const [here, there] = isRight ? [room.right, room.left] : [room.left, room.right];
  const isOther = here < MOST && there > here && here < needed();
  return { isRight: isRight !== isOther, maxWidth: Math.min(MOST, isOther ? there : here) };
}

/**
 * Where the tooltips of the other charts stand: all on the same side, so that none lies over another. They may reach over
 * the axis of the next chart, and over the edge of the one before.
 */
export function placeCompanion({ at, width, page }: Around): Place {
  const [start, end] = [-OVER_PREVIOUS, width + OVER_NEXT];
  const isRight = end - at >= at - start;
  const maxWidth = isRight ? Math.min(end, page.right - AIR) - at : at - Math.max(start, page.left + AIR);
  return { isRight, maxWidth: maxWidth - DISTANCE };
}
