/** Where menus and tooltips are put: into the page's main landmark, so that nothing lies outside. */

export function layer(): HTMLElement | null {
  return document.querySelector("main");
}
