/** Addresses: in one line, in the map of the device, on the clipboard. */
interface Address {
  street: string;
  postal_code: string;
  town: string;
}

/** `Marktplatz 1, 61169 Friedberg` */
export function oneLine({ street, postal_code, town }: Address): string {
  return [street, `${postal_code} ${town}`.trim()].filter(Boolean).join(', ');
}

/** Opens the map program of this device; no map is asked for anything before that. */
export function mapLink(address: Address, device: string = navigator.userAgent): string {
  const place = encodeURIComponent(oneLine(address));
  return /iPhone|iPad|iPod|Macintosh/.test(device) ? `maps:?q=${place}` : `geo:0,0?q=${place}`;
}

/** `tel:+49603112345` of a number as people write it. */
export function phoneLink(phone: string): string {
  return `tel:${phone.replace(/\(0\)/, '').replace(/[^\d+]/g, '')}`;
}

/** Put a text on the clipboard; tells whether it lies there. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
