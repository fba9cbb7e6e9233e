/** The page at /docs: Swagger UI over the server's own OpenAPI document, without a network. */

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

import { BASE_PATH } from "../api/base";

SwaggerUI({
  dom_id: "#docs",
  url: `${BASE_PATH}openapi.json`,
  deepLinking: true,
  // By default a badge sends the document's address to a validator on the internet.
  validatorUrl: null,
});
