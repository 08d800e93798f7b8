/** Begins each line that the suites print, among all that a window has to say. */
export const MARK = 'test: ';
