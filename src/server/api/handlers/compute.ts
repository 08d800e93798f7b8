import { endpoint } from '../endpoint.js';

/** The load of this machine. */
export const read = endpoint({}, async (_input, { jobs }) => ({ compute: await jobs.compute() }));
