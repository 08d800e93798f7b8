import { endpoint } from '../endpoint.js';

/** What this machine is doing. */
export const read = endpoint({}, async (_input, { jobs }) => ({ compute: await jobs.compute() }));
