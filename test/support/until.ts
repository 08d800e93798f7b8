import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until there is something (neither undefined nor false), and answers that. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 60_000,
): Promise<T> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`Waited ${milliseconds / 1000} s for ${what}.`);
}

/** Tries an assertion again and again until it holds; fails with what it says last. */
export async function holds(assertion: () => Promise<void>, milliseconds = 60_000): Promise<void> {
  for (const end = Date.now() + milliseconds; ; await sleep(50))
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
}
