declare module 'virtual:request-fields' {
  /** The fields of requests by the name of their schema: see `console/request-fields.ts`. */
  export const requestFields: Readonly<Record<string, readonly unknown[]>>;
}
