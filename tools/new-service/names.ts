/** A new service's name in the forms that files need. */
export interface ServiceNames {
  /** `wishlist` */
  readonly name: string;
  /** `Wishlist` */
  readonly Name: string;
  /** `WISHLIST` */
  readonly NAME: string;
}

/** The forms of a service's name; undefined when it is not one lower-case word of 2 to 30 letters. */
export function placeholdersFor(name: string | undefined): ServiceNames | undefined {
  if (name === undefined || !/^[a-z]{2,30}$/.test(name)) return undefined;
  return { name, Name: name.charAt(0).toUpperCase() + name.slice(1), NAME: name.toUpperCase() };
}

/** Fills a template's `__name__`, `__Name__` and `__NAME__`. */
export function render(template: string, names: ServiceNames): string {
  return template
    .replaceAll('__name__', names.name)
    .replaceAll('__Name__', names.Name)
    .replaceAll('__NAME__', names.NAME);
}
