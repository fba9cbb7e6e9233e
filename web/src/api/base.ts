/**
 * Where the server is, of which this page came: at the root of its origin, or below a path that a
 * proxy put it at. The page's files say so, as they are loaded relative to the page.
 */

const { url } = import.meta;

/** Begins and ends with a slash. Built scripts are in the folder `assets` below it. */
export const BASE_PATH: string = import.meta.env.PROD ? new URL("..", url).pathname : "/";

/** The server's address, without a trailing slash: `https://host`, or `https://host/interviews`. */
export function serverAt(origin: string): string {
  return origin + BASE_PATH.slice(0, -1);
}
