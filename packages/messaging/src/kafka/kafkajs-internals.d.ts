// The one internal of kafkajs that is mended, see request-queue.ts.
declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** Requests of one connection that wait for their turn or their answer. */
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
  }
}
