/** What Monaco asks of a browser and jsdom does not have; import it before the editor's modules. */

const nothing = (): void => undefined;

Object.assign(globalThis, {
  matchMedia: () => ({
    matches: false,
    addEventListener: nothing,
    removeEventListener: nothing,
  }),
  CSS: { escape: (name: string) => name },
  // Inside Node Monaco asks the process where it runs, and this one before Node's: on Windows it
  // gives models CRLF, which the documents must not get.
  vscode: { process: { platform: "win32", env: {}, versions: {}, cwd: () => "/" } },
});
