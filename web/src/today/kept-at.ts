/** The address under which the list of today is kept. */
export const KEPT_AT = "/today/kept";
