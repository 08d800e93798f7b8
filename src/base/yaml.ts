/** Of the library, as one part of the build: a dynamic import of the library itself has no named exports there. */
export { parseDocument } from 'yaml';
