/** y-monaco names a path that Monaco stopped exporting; without the alias its types become `any`. */
import type { MonacoBinding } from "y-monaco";
import type * as Y from "yjs";
import { expectTypeOf, test } from "vitest";

import type { monaco } from "./monaco";

test("y-monaco's types are Monaco's own", () => {
  // Checked by `npm run typecheck`: an alias that is gone lets `skipLibCheck` hide the failure.
  type Arguments = ConstructorParameters<typeof MonacoBinding>;
  expectTypeOf<Arguments[0]>().toEqualTypeOf<Y.Text>();
  expectTypeOf<Arguments[1]>().not.toBeAny();
  expectTypeOf<monaco.editor.ITextModel>().toExtend<Arguments[1]>();
});
