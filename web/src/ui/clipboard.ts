/** Copying text where the async clipboard API is missing (plain http) or refuses. */

/** Resolves with whether the text is on the clipboard now; never rejects. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Absent on insecure origins, whatever lib.dom says.
    const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
    if (clipboard) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // No permission, or the page is not focused: try the old way.
  }
  return copyByCommand(text);
}

function copyByCommand(text: string): boolean {
  const active = document.activeElement;
  // Inside a modal dialog focus is trapped: the helper has to live in it.
  const parent = active?.closest('[role="dialog"]') ?? document.body;
  const helper = document.createElement("textarea");
  // Something has to be selected for there to be a copy event. The text itself comes with the
  // event: as a field's content a long one freezes the page.
  helper.value = "text";
  helper.readOnly = true;
  helper.setAttribute("aria-hidden", "true");
  helper.style.cssText = "position:fixed;top:0;left:0;width:1px;height:1px;opacity:0;";
  let copied = false;
  helper.addEventListener("copy", (event) => {
    event.clipboardData?.setData("text/plain", text);
    copied = event.clipboardData !== null;
    event.preventDefault();
    event.stopPropagation();
  });
  parent.append(helper);
  try {
    helper.focus({ preventScroll: true });
    helper.select();
    helper.setSelectionRange(0, helper.value.length);
    // Deprecated, and the only way on plain http.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand("copy") && copied;
  } catch {
    return false;
  } finally {
    helper.remove();
    if (active instanceof HTMLElement) active.focus({ preventScroll: true });
  }
}
