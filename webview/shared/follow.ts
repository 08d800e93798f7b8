import type { ReactiveController } from 'lit';

/** For an element's `addController`: keeps a subscription for as long as the element is on the page. */
export function follow(subscribe: () => { dispose(): void }): ReactiveController {
  let subscription: { dispose(): void } | undefined;
  return {
    hostConnected() {
      subscription = subscribe();
    },
    hostDisconnected() {
      subscription?.dispose();
    },
  };
}
