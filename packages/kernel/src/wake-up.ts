/** A sleep that can be cut short. A call that comes while nobody sleeps cuts the next sleep short. */
export class WakeUp {
  #pending = false;
  #resolve: (() => void) | undefined;

  /** Ends the sleep under way, or the next one at once. */
  call(): void {
    if (this.#resolve === undefined) this.#pending = true;
    else this.#resolve();
  }

  /** Waits until called, at most `ms` milliseconds. */
  async sleep(ms: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#resolve = (): void => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resolve = undefined;
    }
    this.#pending = false;
  }
}
