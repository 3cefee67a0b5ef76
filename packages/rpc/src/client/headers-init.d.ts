declare global {
  /** Connect's types name the DOM's `HeadersInit`, which Node has in all but name. */
  type HeadersInit = ConstructorParameters<typeof Headers>[0];
}

export {};
