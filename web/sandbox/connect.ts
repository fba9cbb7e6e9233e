/** How a frame of the sandbox gets the one port over which it hears its page, and nobody else. */

/** What the frame says when it listens, and what the page sends the port with. */
export const READY = "codeinterview:ready";
export const CONNECT = "codeinterview:connect";

/** Ask the page for a port; the first that comes is the only one taken. */
export function acceptPort(onPort: (port: MessagePort) => void): void {
  const connect = (event: MessageEvent<unknown>): void => {
    const [port] = event.ports;
    const fromPage = event.source === window.parent && event.origin === location.origin;
    if (!fromPage || event.data !== CONNECT || port === undefined) return;
    window.removeEventListener("message", connect);
    onPort(port);
  };
  window.addEventListener("message", connect);
  window.parent.postMessage(READY, location.origin);
}
