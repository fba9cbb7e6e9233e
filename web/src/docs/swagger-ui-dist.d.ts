/** The part of Swagger UI that /docs uses; the package brings no types. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Options {
    readonly dom_id: string;
    readonly url: string;
    readonly deepLinking?: boolean;
    readonly validatorUrl?: string | null;
  }
  export default function SwaggerUI(options: Options): unknown;
}
