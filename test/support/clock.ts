import { mock } from 'node:test';

/** Not the one that tests turn. */
const nextTurn = setImmediate;

/**
 * Gives each test of this `describe` a clock of its own, which stands still: timers and the date go on by `pass`. So a
 * test takes no time, and a machine is never too slow for it.
 */
export function standStill(): void {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: Date.now() }));
  afterEach(() => mock.timers.reset());
}

/** Lets so many milliseconds pass, and all happen that follows from them in this process. */
export async function pass(milliseconds: number): Promise<void> {
  await turn();
  for (let passed = 0; passed < milliseconds; passed++) {
    mock.timers.tick(1);
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
