// Does something once for many reasons that come close together.

/** How long further reasons are waited for, in milliseconds. */
const PAUSE = 250;

/** A function that has `work` done soon, once for all calls until then. */
export function soon(work) {
  let timer;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, PAUSE);
  };
}
