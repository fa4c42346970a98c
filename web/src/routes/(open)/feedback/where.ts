/** Which page somebody speaks of. */
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** The address of a page without the ids in it: they are nobody's business. */
export function nameOfPage(path: string | undefined): string {
  return (path ?? '').replace(ID, '…').slice(0, 200);
}
