/** Written in by the build; a run from source has none. */
declare const __VERSION__: string | undefined;

export const VERSION: string = typeof __VERSION__ === 'undefined' ? '0.0.0' : __VERSION__;
